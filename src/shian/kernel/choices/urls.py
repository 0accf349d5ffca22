"""Below ``choices/``."""

from django.urls import path

from . import pages

urlpatterns = [path("<str:label>/", pages.choices, name="choices")]
