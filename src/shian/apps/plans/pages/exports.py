"""The 任务分解表 as a file."""

from __future__ import annotations

from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from shian.kernel.changes.writer import change
from shian.kernel.day import today
from shian.kernel.places.models import Place
from shian.kernel.scopes.rights import can

from .. import queries
from ..exports import FORMATS, Sheet, sheet_of
from .common import find_document


@require_GET
def document(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """What this viewer sees of the document's tasks."""
    doc = find_document(request, pk)
    sheet = sheet_of(
        queries.ledger(request.actor, document=doc),
        title=f"{doc.title}任务分解表",
        number=doc.number,
        date=doc.date,
    )
    return _send(request, sheet, kind, doc)


@require_GET
def year(request: HttpRequest, kind: str) -> HttpResponse:
    """Every task of a place and year, whatever its source."""
    place = (
        Place.objects.for_actor(request.actor)
        .filter(pk=request.GET.get("place") or request.actor.place_id)
        .first()
    )
    wanted = request.GET.get("year") or str(today().year)
    if place is None or not wanted.isdigit():
        raise Http404(_("没有这个区域或年度"))
    tasks = queries.ledger(request.actor, place=place, year=int(wanted))
    sheet = sheet_of(tasks, title=f"{place.name}{wanted}年食品安全任务分解表", number="", date=today())
    return _send(request, sheet, kind, place)


def _send(request: HttpRequest, sheet: Sheet, kind: str, about) -> HttpResponse:
    if kind not in FORMATS:
        raise Http404
    if not can(request.actor, "task.export"):
        raise PermissionDenied(_("您没有导出任务分解表的权限"))
    content_type, build = FORMATS[kind]
    data = build(sheet)
    with change(request.actor, "task.export") as w:
        w.note(about, {"rows": [None, len(sheet.rows)], "format": [None, kind]})
    response = HttpResponse(data, content_type=content_type)
    name = quote(f"{sheet.title}.{kind}")
    response["Content-Disposition"] = f"attachment; filename=\"tasks.{kind}\"; filename*=UTF-8''{name}"
    return response
