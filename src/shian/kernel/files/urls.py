"""Addresses of files."""

from django.urls import path

from . import pages

urlpatterns = [
    path("files/<int:pk>/", pages.download, name="file_by_id"),
    path("files/<int:pk>/<slug:copy>/", pages.copy, name="file_copy"),
    path("files/<int:pk>/<str:name>", pages.download, name="file"),
]
