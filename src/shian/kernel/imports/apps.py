from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "shian.kernel.imports"
    label = "imports"
