from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    name = "shian.kernel.resources"
    label = "resources"
