from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "shian.kernel.ui"
    label = "ui"
