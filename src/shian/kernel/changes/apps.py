from ..app import ShianApp


class ChangesConfig(ShianApp):
    name = "shian.kernel.changes"
    label = "changes"
