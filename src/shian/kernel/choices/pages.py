"""What the box asks while one types."""

from __future__ import annotations

from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from .queries import SHOWN, as_choice, best, field_of, model_of, rows_for

LONGEST = 100


@require_GET
def choices(request: HttpRequest, label: str) -> JsonResponse:
    """``?q=`` the letters, ``?of=`` the field that asks (``people.user.unit``), whose own limit then holds."""
    model, path = model_of(label), request.GET.get("of", "")
    field = field_of(path, model) if model and path else None
    if model is None or (path and field is None):
        raise Http404(_("没有这样的选项"))
    q = request.GET.get("q", "").replace("\x00", "")[:LONGEST]
    found = best(rows_for(request.actor, model, field), q)
    answer = JsonResponse({"results": [as_choice(row) for row in found], "more": len(found) == SHOWN})
    answer["Cache-Control"] = "private, no-store"
    return answer
