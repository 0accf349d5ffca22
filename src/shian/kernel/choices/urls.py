"""The search box of related rows."""

from django.urls import path

from . import pages

urlpatterns = [path("choices/<str:label>/", pages.choices, name="choices")]
