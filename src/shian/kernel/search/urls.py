"""Addresses of search."""

from django.urls import path

from . import pages

urlpatterns = [
    path("search/", pages.results, name="search"),
    path("search/suggest/", pages.suggest, name="search_suggest"),
]
