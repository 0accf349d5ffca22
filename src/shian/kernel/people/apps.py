from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "shian.kernel.people"
    label = "people"
