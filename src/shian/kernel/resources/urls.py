"""Addresses of every resource, resolved at request time so that a new one is served at once."""

from django.urls import path

from . import converter as converter
from . import views
from .bulk import bulk_edit, bulk_report

app_name = "resources"
urlpatterns = [
    path("<res:resource>/new/", views.create_page, name="create"),
    path("<res:resource>/bulk/", bulk_edit, name="bulk"),
    path("<res:resource>/bulk/<int:pk>/", bulk_report, name="bulk-report"),
    path("<res:resource>/<int:pk>/", views.detail_page, name="detail"),
    path("<res:resource>/<int:pk>/edit/", views.edit_page, name="edit"),
    path("<res:resource>/<int:pk>/retire/", views.retire, name="retire"),
    path("<res:resource>/<int:pk>/restore/", views.restore, name="restore"),
]
