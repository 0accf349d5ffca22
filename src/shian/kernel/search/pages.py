"""The results page and the suggestions below the search box."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from .queries import grouped, search

LONGEST = 100


@login_required
@require_GET
def results(request):
    q = request.GET.get("q", "").strip()[:LONGEST]
    hits = search(request.actor, q, 100)
    return render(
        request, "search/results.html", {"q": q, "query": q, "groups": grouped(hits), "count": len(hits)}
    )


@login_required
@require_GET
def suggest(request):
    q = request.GET.get("q", "").strip()[:LONGEST]
    hits = search(request.actor, q, 8)
    more = reverse("search") + "?" + urlencode({"q": q})
    return render(request, "ui/_suggestions.html", {"query": q, "groups": grouped(hits), "more_url": more})
