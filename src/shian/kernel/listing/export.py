"""Export of exactly what the list shows: same rows, same columns, same order, within the same scope."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from shian.engines.sheets import Column as SheetColumn
from shian.engines.sheets import write_table
from shian.kernel.changes.past import day_of, turn_back
from shian.kernel.day import today
from shian.kernel.resources import tables
from shian.kernel.resources.filters import apply
from shian.kernel.resources.parts import Column, Feature, Spread
from shian.kernel.resources.resource import Resource
from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.detail import masked, sees_personal
from shian.kernel.scopes.entity import Entity
from shian.kernel.scopes.naming import Names

from .columns import shown_columns

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
        out = [{"label": label, "url": f"{base}.{kind}?{query}"} for kind, label in kinds]
        for spread in _spreads(resource):
            flat = params.copy()
            flat["lines"] = spread.name
            out.append({"label": f"{kinds[0][1]}：{spread.label}", "url": f"{base}.xlsx?{flat.urlencode()}"})
        return {"exports": out}


def _spreads(resource: Resource) -> list[Spread]:
    return [spread for feature in resource.features for spread in feature.spreads(resource)]


def export(request: HttpRequest, resource: Resource, kind: str) -> HttpResponse:
    if resource.feature(Exportable) is None:
        raise Http404
    if not resource.may(request.actor, "export"):
        raise PermissionDenied(_("您没有导出权限"))
    if kind not in {"xlsx", "csv"}:
        raise Http404(_("只能导出 xlsx 或 csv"))
    actor = request.actor
    columns = shown_columns(request, resource)
    day, wrong = day_of(request.GET.get("as_of", ""), today())
    if wrong:
        return HttpResponse(wrong, status=400, content_type="text/plain; charset=utf-8")
    rows = resource.visible(actor, columns=columns, as_of=day)
    rows, _filterset = apply(resource, rows, request.GET, actor, today(), request)
    rows = tables.order(resource, rows, request.GET.get("sort", ""), day=day)
    name = f"{resource.label}-{timezone.localtime():%Y%m%d-%H%M}.{kind}"
    spread = next((s for s in _spreads(resource) if s.name == request.GET.get("lines")), None)
    values = _rows(resource, rows, columns, actor, spread, day)
    heads = [SheetColumn(resource.column_label(c), WIDTHS.get(resource.column_kind(c), 20)) for c in columns]
    heads += [SheetColumn(label, 24) for label in spread.headings] if spread else []
    response = _xlsx(resource, heads, values) if kind == "xlsx" else _csv(heads, values)
    quoted = name.encode("utf-8").hex("%", 1)
    response["Content-Disposition"] = f"attachment; filename=\"export.{kind}\"; filename*=UTF-8''%{quoted}"
    return response


def _rows(
    resource: Resource, rows, columns: list[Column], actor, spread: Spread | None, day: dt.date | None
) -> Iterator[list]:
    """One line a row; with ``spread`` one a child, and one with blanks for a row without."""
    names = {c.name: Names(target, actor) for c in columns if (target := _target(resource, c)) is not None}
    found = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        if day:
            turn_back(chunk, day)
        below = spread.of(chunk, actor) if spread else {}
        for obj in chunk:
            hide = obj.personal and not sees_personal(actor, obj)
            values = [_value(obj, c, hide, names.get(c.name)) for c in columns]
            for line in below.get(obj.pk) or [[""] * len(spread.headings) if spread else []]:
                yield [*values, *line]


def _target(resource: Resource, column: Column) -> type[Entity] | None:
    """The entity a column refers to."""
    found = resource.model_field(column.lookup)
    one = found is not None and (found.many_to_one or found.one_to_one)
    return found.related_model if one and issubclass(found.related_model, Entity) else None


def _value(obj, column: Column, hide: bool, names: Names | None):
    """Numbers and dates stay numbers and dates, a reference is written as an import reads it back; else as listed."""
    value = tables.value_of(obj, column.name)
    if names is not None and value is not None:
        return names.written(value)
    if hide and column.name in obj.personal and value:
        return masked(str(value))
    plain = isinstance(value, int | float | dt.date) and not isinstance(value, bool | dt.datetime)
    if plain and not hasattr(obj, f"get_{column.name}_display"):
        return value
    return tables.text_of(obj, column.name, value)


def _xlsx(resource: Resource, heads: list[SheetColumn], values: Iterator[list]) -> HttpResponse:
    target = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    write_table(target, heads, values, title=resource.label)
    target.seek(0)
    return FileResponse(target, content_type=XLSX)


def _csv(heads: list[SheetColumn], values: Iterator[list]) -> HttpResponse:
    def blocks() -> Iterator[bytes]:
        buffer = io.StringIO("\ufeff")  # WPS and Excel need the mark to read UTF-8
        buffer.seek(1)
        writer = csv.writer(buffer)
        writer.writerow([head.heading for head in heads])
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
