from django.apps import AppConfig


class ClockConfig(AppConfig):
    name = "shian.kernel.clock"
    label = "clock"
