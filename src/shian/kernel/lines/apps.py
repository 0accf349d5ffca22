from ..app import ShianApp


class LinesConfig(ShianApp):
    name = "shian.kernel.lines"
    label = "lines"
