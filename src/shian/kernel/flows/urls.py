"""The page of a state table."""

from django.urls import path

from . import pages

app_name = "flows"
urlpatterns = [path("flows/<slug:name>/", pages.flow_page, name="flow")]
