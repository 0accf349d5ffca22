from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "shian.kernel.places"
    label = "places"
