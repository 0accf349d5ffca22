"""Addresses of the list of every resource."""

from django.urls import path

from shian.kernel.resources import converter as converter

from . import pages
from .bulk import bulk_edit, bulk_report
from .export import export

app_name = "listing"
urlpatterns = [
    path("<res:resource>/", pages.list_page, name="list"),
    path("<res:resource>/export.<slug:kind>", export, name="export"),
    path("<res:resource>/bulk/", bulk_edit, name="bulk"),
    path("<res:resource>/bulk/<int:pk>/", bulk_report, name="bulk-report"),
    path("<res:resource>/columns/", pages.choose_columns, name="columns"),
    path("<res:resource>/filter-fields/", pages.filter_fields, name="filter-fields"),
    path("<res:resource>/filters/", pages.save_filter, name="save-filter"),
    path("<res:resource>/filters/<int:pk>/remove/", pages.remove_filter, name="remove-filter"),
]
