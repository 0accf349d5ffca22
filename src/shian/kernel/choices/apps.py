from ..app import ShianApp


class ChoicesConfig(ShianApp):
    name = "shian.kernel.choices"
    label = "choices"
    urls = "urls"
