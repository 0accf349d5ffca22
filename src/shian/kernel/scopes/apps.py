from django.apps import AppConfig


class ScopesConfig(AppConfig):
    name = "shian.kernel.scopes"
    label = "scopes"
