from django.apps import AppConfig


class LinesConfig(AppConfig):
    name = "shian.kernel.lines"
    label = "lines"
