"""What the box asks while one types."""

from __future__ import annotations

from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from .queries import SHOWN, as_choice, best, model_of, rows_of

LONGEST = 100


@require_GET
def choices(request: HttpRequest, label: str) -> JsonResponse:
    """``?q=`` the letters, ``?of=`` the field (``people.user.unit``) or question that asks, whose own limit then holds."""
    model = model_of(label)
    rows = rows_of(request.actor, model, request.GET.get("of", "")) if model else None
    if rows is None:
        raise Http404(_("没有这样的选项"))
    q = request.GET.get("q", "").replace("\x00", "")[:LONGEST]
    found = best(rows, q)
    answer = JsonResponse({"results": [as_choice(row) for row in found], "more": len(found) == SHOWN})
    answer["Cache-Control"] = "private, no-store"
    return answer
