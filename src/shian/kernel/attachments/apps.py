from shian.kernel.app import ShianApp


class AttachmentsConfig(ShianApp):
    name = "shian.kernel.attachments"
    label = "attachments"
    resource_urls = "urls"
