"""帮助: what pages there are, and one of them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from .reading import pages


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "manual/index.html", {"pages": pages(), "title": _("帮助")})


@require_GET
def show(request: HttpRequest, app: str, name: str) -> HttpResponse:
    found = pages()
    page = next((p for p in found if (p.app, p.name) == (app, name)), None)
    if page is None:
        raise Http404(_("没有这一页帮助"))
    context = {"page": page, "pages": found, "title": page.title}
    return render(request, "manual/page.html", context)
