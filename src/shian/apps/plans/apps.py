from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "shian.apps.plans"
    label = "plans"
