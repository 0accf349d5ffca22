"""Export of exactly what the list shows: same rows, same columns, same order, within the same scope."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from shian.engines.sheets import Column as SheetColumn
from shian.engines.sheets import write_table

from ..day import today
from ..scopes.actor import Actor
from ..scopes.detail import masked, sees_personal
from . import tables
from .columns import shown_columns
from .filters import apply
from .parts import Column, Feature
from .resource import Resource

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 2000
WIDTHS = {"number": 10, "date": 12, "datetime": 17, "bool": 8, "choice": 12, "ref": 24}


@dataclass(frozen=True)
class Exportable(Feature):
    """The list can be taken away as a workbook."""

    def verbs(self) -> tuple[str, ...]:
        return ("export",)

    def list_tools(self, resource: Resource, actor: Actor, params: QueryDict) -> dict:
        if not resource.may(actor, "export"):
            return {}
        kinds = [("xlsx", _("Excel 表格（XLSX）")), ("csv", _("文本表格（CSV）"))]
        base, query = f"/{resource.name}/export", params.urlencode()
        return {"exports": [{"label": label, "url": f"{base}.{kind}?{query}"} for kind, label in kinds]}


def export(request: HttpRequest, resource: Resource, kind: str) -> HttpResponse:
    if resource.feature(Exportable) is None:
        raise Http404
    if not resource.may(request.actor, "export"):
        raise PermissionDenied(_("您没有导出权限"))
    if kind not in {"xlsx", "csv"}:
        raise Http404(_("只能导出 xlsx 或 csv"))
    actor = request.actor
    columns = shown_columns(request, resource)
    rows = resource.visible(actor, columns=columns)
    rows, _filterset = apply(resource, rows, request.GET, actor, today(), request)
    rows = tables.order(resource, rows, request.GET.get("sort", ""))
    name = f"{resource.label}-{timezone.localtime():%Y%m%d-%H%M}.{kind}"
    values = _rows(resource, rows, columns, actor)
    response = _xlsx(resource, columns, values) if kind == "xlsx" else _csv(resource, columns, values)
    quoted = name.encode("utf-8").hex("%", 1)
    response["Content-Disposition"] = f"attachment; filename=\"export.{kind}\"; filename*=UTF-8''%{quoted}"
    return response


def _rows(resource: Resource, rows, columns: list[Column], actor) -> Iterator[list]:
    for obj in rows.iterator(chunk_size=CHUNK):
        hide = obj.personal and not sees_personal(actor, obj)
        yield [_value(obj, c, hide) for c in columns]


def _value(obj, column: Column, hide: bool):
    """Numbers and dates stay numbers and dates; everything else is the text the list shows."""
    value = tables.value_of(obj, column.name)
    if hide and column.name in obj.personal and value:
        return masked(str(value))
    plain = isinstance(value, int | float | dt.date) and not isinstance(value, bool | dt.datetime)
    if plain and not hasattr(obj, f"get_{column.name}_display"):
        return value
    return tables.text_of(obj, column.name, value)


def _xlsx(resource: Resource, columns: list[Column], values: Iterator[list]) -> HttpResponse:
    target = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    heads = [SheetColumn(resource.column_label(c), WIDTHS.get(resource.column_kind(c), 20)) for c in columns]
    write_table(target, heads, values, title=resource.label)
    target.seek(0)
    return FileResponse(target, content_type=XLSX)


def _csv(resource: Resource, columns: list[Column], values: Iterator[list]) -> HttpResponse:
    def blocks() -> Iterator[bytes]:
        buffer = io.StringIO("\ufeff")  # WPS and Excel need the mark to read UTF-8
        buffer.seek(1)
        writer = csv.writer(buffer)
        writer.writerow([resource.column_label(c) for c in columns])
        for row in values:
            writer.writerow([_harmless(v) for v in row])
            if buffer.tell() > 1 << 16:
                yield buffer.getvalue().encode("utf-8")
                buffer.seek(0)
                buffer.truncate()
        yield buffer.getvalue().encode("utf-8")

    return StreamingHttpResponse(blocks(), content_type="text/csv; charset=utf-8")


def _harmless(value):
    """Text a spreadsheet would run as a formula gets a leading apostrophe."""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value
