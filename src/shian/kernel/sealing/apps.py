from django.apps import AppConfig


class SealingConfig(AppConfig):
    name = "shian.kernel.sealing"
    label = "sealing"
