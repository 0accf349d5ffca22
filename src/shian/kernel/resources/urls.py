"""Addresses of every resource, resolved at request time so that a new one is served at once."""

from django.urls import path

from . import converter as converter
from . import views

app_name = "resources"
urlpatterns = [
    path("<res:resource>/new/", views.create_page, name="create"),
    path("<res:resource>/<int:pk>/", views.detail_page, name="detail"),
    path("<res:resource>/<int:pk>/edit/", views.edit_page, name="edit"),
    path("<res:resource>/<int:pk>/retire/", views.retire, name="retire"),
    path("<res:resource>/<int:pk>/restore/", views.restore, name="restore"),
]
