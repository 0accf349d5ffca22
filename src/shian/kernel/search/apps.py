from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "shian.kernel.search"
    label = "search"
