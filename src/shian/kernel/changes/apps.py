from django.apps import AppConfig


class ChangesConfig(AppConfig):
    name = "shian.kernel.changes"
    label = "changes"
