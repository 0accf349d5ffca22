from django.urls import path

from . import pages

app_name = "manual"
urlpatterns = [
    path("help/", pages.index, name="index"),
    path("help/<slug:app>/<slug:name>/", pages.show, name="page"),
]
