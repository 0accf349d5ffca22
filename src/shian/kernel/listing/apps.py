from shian.kernel.app import ShianApp


class ListingConfig(ShianApp):
    name = "shian.kernel.listing"
    label = "listing"
    resource_urls = "urls"
    manual = ("manual/lists.md",)
