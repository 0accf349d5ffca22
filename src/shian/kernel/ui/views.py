"""Choosing a look, the style guide, and the page for a failure (the other error pages are Django's own views)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from . import samples
from .context import CHOICES, look

YEAR = 365 * 24 * 3600


@login_not_required
@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """Without scripts: flip ``name`` (theme, print, nav) to its other value and return to the page."""
    name = request.POST.get("name", "")
    if name not in CHOICES:
        raise Http404(_("没有这一项显示设置"))
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    one, other = CHOICES[name]
    response = redirect(target)
    value = other if look(request)[name] == one else one
    response.set_cookie(f"shian_{name}", value, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response


@require_GET
def styleguide(request: HttpRequest, page: str = "components") -> HttpResponse:
    """Every component in every state, with invented data; not served in production."""
    if not (settings.DEBUG or getattr(settings, "DEMO", False) or settings.SHIAN_MODE == "test"):
        raise Http404
    if page not in samples.PAGES:
        raise Http404
    template, context = samples.PAGES[page](request)
    return render(request, template, {"pages": list(samples.PAGES), "page_name": page, **context})


def server_error(request):
    """Rendered without the request: the database behind the shell may be what failed."""
    page = render_to_string("500.html", {"request_id": getattr(request, "request_id", "")})
    return HttpResponse(page, status=500)
