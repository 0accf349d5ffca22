"""Addresses of the kernel's services alone, so that their tests need no other app."""

from django.http import HttpResponse
from django.urls import include, path

urlpatterns = [
    path("", lambda request: HttpResponse("home"), name="home"),
    path("accounts/", include("allauth.urls")),
    path("files/", include("shian.kernel.files.urls")),
    path("search/", include("shian.kernel.search.urls")),
    path("notices/", include("shian.kernel.notices.urls")),
    path("jobs/", include("shian.kernel.jobs.urls")),
]
