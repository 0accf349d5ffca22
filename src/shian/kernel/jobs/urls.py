"""Addresses of jobs."""

from django.urls import path

from . import pages

urlpatterns = [
    path("jobs/", pages.job_list, name="jobs"),
    path("jobs/<int:pk>/", pages.job_detail, name="job"),
    path("jobs/<int:pk>/cancel/", pages.job_cancel, name="job_cancel"),
    path("jobs/<int:pk>/retry/", pages.job_retry, name="job_retry"),
]
