from ..app import ShianApp


class HandlingConfig(ShianApp):
    name = "shian.kernel.handling"
    label = "handling"
    resource_urls = "urls"

    def ready(self) -> None:
        from . import api as api  # its addresses stand in the OpenAPI document
