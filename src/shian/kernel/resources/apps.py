from django.utils.module_loading import autodiscover_modules

from ..app import ShianApp


class ResourcesConfig(ShianApp):
    name = "shian.kernel.resources"
    label = "resources"
    resource_urls = "urls"

    def ready(self) -> None:
        autodiscover_modules("resources")
