from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ResourcesConfig(AppConfig):
    name = "shian.kernel.resources"
    label = "resources"

    def ready(self) -> None:
        autodiscover_modules("resources")
