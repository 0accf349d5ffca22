from django.apps import AppConfig


class ListingConfig(AppConfig):
    name = "shian.kernel.listing"
    label = "listing"
