"""Below ``search/``."""

from django.urls import path

from . import pages

urlpatterns = [
    path("", pages.results, name="search"),
    path("suggest/", pages.suggest, name="search_suggest"),
]
