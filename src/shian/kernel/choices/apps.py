from django.apps import AppConfig


class ChoicesConfig(AppConfig):
    name = "shian.kernel.choices"
    label = "choices"
