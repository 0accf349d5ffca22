"""Addresses. An app's own pages come before the generic ones of its resources."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from . import pages

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("healthz", login_not_required(pages.health)),
    path("", include("shian.kernel.attachments.urls")),
    path("api/v1/", include("shian.kernel.resources.api")),
    path("api/v1/", include("shian.kernel.handling.api")),
    path("choices/", include("shian.kernel.choices.urls")),
    path("files/", include("shian.kernel.files.urls")),
    path("", include("shian.kernel.people.urls")),
    path("ui/", include("shian.kernel.ui.urls")),
    path("jobs/", include("shian.kernel.jobs.urls")),
    path("notices/", include("shian.kernel.notices.urls")),
    path("search/", include("shian.kernel.search.urls")),
    path("flows/", include("shian.kernel.flows.urls")),
    path("", include("shian.kernel.inbox.urls")),
    path("", include("shian.apps.plans.urls")),
    path("", include("shian.kernel.imports.urls")),
    path("", include("shian.kernel.listing.urls")),
    path("", include("shian.kernel.resources.urls")),
    path("", include("shian.kernel.handling.urls")),
]

handler500 = "shian.kernel.ui.views.server_error"
