from django.apps import AppConfig


class HandlingConfig(AppConfig):
    name = "shian.kernel.handling"
    label = "handling"

    def ready(self) -> None:
        from . import api as api  # its addresses stand in the OpenAPI document
