"""Addresses. Every app's own pages come before those that each resource gets."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from shian.kernel.app import installed

from . import pages


def _modules() -> list[str]:
    own = [f"{app.name}.{app.urls}" for app in installed() if app.urls]
    return own + [f"{app.name}.{app.resource_urls}" for app in installed() if app.resource_urls]


urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("healthz", login_not_required(pages.health)),
    path("", include("shian.kernel.attachments.urls")),
    path("api/v1/", include("shian.kernel.resources.api")),
    path("api/v1/", include("shian.kernel.handling.api")),
    *(path("", include(module)) for module in _modules()),
]

handler500 = "shian.kernel.ui.views.server_error"
