"""Below ``notices/``."""

from django.urls import path

from . import pages

urlpatterns = [
    path("", pages.notice_list, name="notices"),
    path("read/", pages.notices_read, name="notices_read"),
    path("<int:pk>/open/", pages.notice_open, name="notice_open"),
]
