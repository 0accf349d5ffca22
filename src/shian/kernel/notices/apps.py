from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "shian.kernel.notices"
    label = "notices"
