from shian.kernel.app import ShianApp


class ImportsConfig(ShianApp):
    name = "shian.kernel.imports"
    label = "imports"
    resource_urls = "urls"
    manual = ("manual/import.md",)
