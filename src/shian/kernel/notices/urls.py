"""Addresses of notices."""

from django.urls import path

from . import pages

urlpatterns = [
    path("notices/", pages.notice_list, name="notices"),
    path("notices/read/", pages.notices_read, name="notices_read"),
    path("notices/<int:pk>/open/", pages.notice_open, name="notice_open"),
]
