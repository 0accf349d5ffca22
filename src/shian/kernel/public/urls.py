"""Addresses of the public side; as files they are called alike."""

from django.urls import path

from shian.kernel.resources import converter as converter

from . import pages

urlpatterns = [
    path("public/", pages.index, name="public"),
    path("public/<res:resource>/", pages.listing, name="public-list"),
    path("public/<res:resource>/index.json", pages.listing_json),
    path("public/<res:resource>/page/<int:number>/", pages.listing),
    path("public/<res:resource>/page/<int:number>/index.json", pages.listing_json),
    path("public/<res:resource>/<slug:key>/", pages.detail, name="public-row"),
    path("public/<res:resource>/<slug:key>/index.json", pages.detail_json),
]
