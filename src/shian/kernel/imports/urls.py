"""Addresses of import sessions, below each resource's own."""

from django.urls import path

from shian.kernel.resources import converter as converter

from . import pages as imports

app_name = "imports"
urlpatterns = [
    path("<res:resource>/import/", imports.upload, name="import"),
    path("<res:resource>/import/template.xlsx", imports.template, name="import-template"),
    path("<res:resource>/import/<int:pk>/", imports.session_page, name="session"),
    path("<res:resource>/import/<int:pk>/back/", imports.back_to_mapping, name="session-back"),
    path("<res:resource>/import/<int:pk>/cancel/", imports.cancel_session, name="session-cancel"),
    path("<res:resource>/import/<int:pk>/undo/", imports.undo_session, name="session-undo"),
    path("<res:resource>/import/<int:pk>/errors.xlsx", imports.error_file, name="session-errors"),
]
