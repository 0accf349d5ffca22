"""Addresses below every resource that has attachments."""

from django.urls import path

from shian.kernel.resources import converter as converter

from . import pages

urlpatterns = [
    path("api/v1/<res:resource>/<int:pk>/files/", pages.endpoint),
    path("<res:resource>/<int:pk>/files/", pages.files, name="attachments"),
    path("<res:resource>/<int:pk>/files/<int:row>/text/", pages.text, name="attachment-text"),
    path("<res:resource>/<int:pk>/files/<int:row>/remove/", pages.remove, name="attachment-remove"),
]
