from ..app import ShianApp


class AttachmentsConfig(ShianApp):
    name = "shian.kernel.attachments"
    label = "attachments"
