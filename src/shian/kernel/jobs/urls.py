"""Below ``jobs/``."""

from django.urls import path

from . import pages

urlpatterns = [
    path("", pages.job_list, name="jobs"),
    path("<int:pk>/", pages.job_detail, name="job"),
    path("<int:pk>/cancel/", pages.job_cancel, name="job_cancel"),
    path("<int:pk>/retry/", pages.job_retry, name="job_retry"),
]
