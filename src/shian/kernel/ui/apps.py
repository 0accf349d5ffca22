from ..app import ShianApp


class UiConfig(ShianApp):
    name = "shian.kernel.ui"
    label = "ui"
    urls = "urls"

    def ready(self) -> None:
        from django.core import checks

        from .checks import declarations

        checks.register(declarations)
