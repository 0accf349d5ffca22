from ..app import ShianApp


class SealingConfig(ShianApp):
    name = "shian.kernel.sealing"
    label = "sealing"
