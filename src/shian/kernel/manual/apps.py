from shian.kernel.app import ShianApp


class ManualConfig(ShianApp):
    name = "shian.kernel.manual"
    label = "manual"
    urls = "urls"
