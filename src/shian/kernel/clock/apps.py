from ..app import ShianApp


class ClockConfig(ShianApp):
    name = "shian.kernel.clock"
    label = "clock"
