"""The past of rows, out of stored spans: one row's timeline, and a list as it stood at the end of a day.

A list "as of" a day holds the rows that existed then. Tracked fields show, and are filtered, sorted and searched by,
the value of that day; fields without history show what they are now, and who may see a row is decided by today's
rights over where it is now (decision 26).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from shian.kernel.scopes.entity import Entity

from .models import Change, StateSpan
from .presentation import label_of_field, names_of, text_of_value


def day_of(text: str, today: dt.date) -> tuple[dt.date | None, str]:
    """(the day meant by ``?as_of=``, or in words what is wrong with it); (None, "") for an empty one."""
    text = text.strip()
    if not text:
        return None, ""
    try:
        day = parse_date(text) if len(text) == 10 else None
    except ValueError:
        day = None
    if day is None or day.year < 1900:
        return None, _("“%(text)s”不是日期：截止日期请写成 2026-06-30 的样子") % {"text": text[:40]}
    if day > today:
        return None, _("截止日期 %(day)s 在今天之后，还没有记录") % {"day": day}
    return day, ""


def end_of(day: dt.date) -> dt.datetime:
    """The first moment after ``day``, local time."""
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))


def standing(rows: QuerySet, day: dt.date) -> QuerySet:
    """Those of ``rows`` (not narrowed to live ones) that existed at the end of ``day``."""
    end = end_of(day)
    return rows.filter(Q(retired_at=None) | Q(retired_at__gte=end), created_at__lt=end)


def spans_on(label: str, names: Iterable[str], day: dt.date) -> QuerySet:
    """Spans of the fields ``names`` that were open at the end of ``day``."""
    end = end_of(day)
    open_ = Q(until=None) | Q(until__gte=end)
    return StateSpan.unscoped.filter(open_, object_type=label, field__in=list(names), since__lt=end)


def turn_back(rows: Sequence[Entity], day: dt.date) -> None:
    """Gives ``rows`` of one model the values of ``day``, for showing: one query, and one a relation."""
    if not rows or not rows[0].tracked:
        return
    model = type(rows[0])
    spans = spans_on(model._meta.label_lower, model.tracked, day).filter(object_id__in=[row.pk for row in rows])
    held = {(s.object_id, s.field): s.value for s in spans.order_by("since", "pk")}
    for name in model.tracked:
        field = model._meta.get_field(name)
        values = {row.pk: field.to_python(held[row.pk, name]) if not field.is_relation else held[row.pk, name]
                  for row in rows if (row.pk, name) in held}  # fmt: skip
        others = field.related_model._base_manager.in_bulk(set(values.values()) - {None}) if field.is_relation else {}
        for row in rows:
            if row.pk not in values:
                continue
            if field.is_relation:
                setattr(row, name, others.get(values[row.pk]))
            else:
                setattr(row, name, values[row.pk])


def timeline(obj: Entity, *, personal: bool = False) -> list[dict]:
    """Spans of the tracked fields of ``obj``, newest first: what, from when to when, by whom and why.

    Personal ones only where ``personal`` (the viewer's detail is full).
    """
    fields = [name for name in obj.tracked if personal or name not in obj.personal]
    spans = list(
        StateSpan.unscoped.filter(object_type=obj._meta.label_lower, object_id=obj.pk, field__in=fields)
        .order_by("-since", "field", "-pk")[:200]
    )  # fmt: skip
    changes = {
        c.at: c
        for c in Change.unscoped.filter(
            object_type=obj._meta.label_lower, object_id=obj.pk, at__in={s.known_at for s in spans}
        )
    }
    model, out = type(obj), []
    names = names_of((model, s.field, s.value) for s in spans)
    for span in spans:
        why = changes.get(span.known_at)
        out.append(
            {"label": label_of_field(model, span.field), "text": text_of_value(model, span.field, span.value, names),
             "since": span.since, "until": span.until, "known_at": span.known_at,
             "late": span.known_at.date() != span.since.date(),
             "who": why.actor_name if why else "", "reason": (why.reason or why.basis) if why else ""}
        )  # fmt: skip
    return out
