"""Below ``files/``."""

from django.urls import path

from . import pages

urlpatterns = [
    path("<int:pk>/", pages.download, name="file_by_id"),
    path("<int:pk>/<slug:copy>/", pages.copy, name="file_copy"),
    path("<int:pk>/<str:name>", pages.download, name="file"),
]
