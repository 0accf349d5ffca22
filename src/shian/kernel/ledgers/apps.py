from django.apps import AppConfig


class LedgersConfig(AppConfig):
    name = "shian.kernel.ledgers"
    label = "ledgers"
