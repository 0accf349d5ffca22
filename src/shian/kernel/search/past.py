"""Quick search as of a day: the index knows the words of today; rows that were worded otherwise then are read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import islice

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from shian.core.text import query_tokens
from shian.kernel.changes.models import StateSpan
from shian.kernel.changes.past import end_of, turn_back
from shian.kernel.scopes.entity import Entity

from .actions import document
from .registry import Searchable, searchables, value_of

MOST = 20_000
"""So many rows are read for one search; more than these have to be narrowed by a filter first."""
CHUNK = 2000


def found_then(rows: QuerySet, text: str, present: Q, begins: Sequence[str], day: dt.date) -> QuerySet:
    """Those of ``rows`` whose words at the end of ``day`` answer ``text``.

    ``present``: the same question to today's index and columns; ``begins``: lookups that ``text`` may be the beginning of.
    Raises ValidationError when too many rows were worded otherwise.
    """
    otherwise = _worded_otherwise(rows.model, begins, day)
    read = rows.filter(otherwise).order_by()
    if len(read.values("pk")[: MOST + 1]) > MOST:
        raise ValidationError(_("那一天与现在名称不同的记录超过 %(n)s 条，请先用筛选缩小范围再查找") % {"n": MOST})
    known = searchables().get(rows.model._meta.label_lower)
    hits = [row.pk for row in _turned_back(read, day) if _answers(row, text, known, begins)]
    return rows.filter((present & ~otherwise) | Q(pk__in=hits))


def _worded_otherwise(model: type[Entity], begins: Sequence[str], day: dt.date) -> Q:
    """Rows of which a word has changed since ``day``, and those that have left the index."""
    known = searchables().get(model._meta.label_lower)
    heads = {path.partition("__")[0] for path in (*(known.fields if known else ()), *begins)}
    names = [n for n in model.tracked if n in heads or _in_titles(model._meta.get_field(n))]
    ended = StateSpan.unscoped.filter(
        object_type=model._meta.label_lower, object_id=OuterRef("pk"), field__in=names, until__gte=end_of(day)
    )
    return Q(Exists(ended)) | Q(retired_at__isnull=False)


def _in_titles(field: models.Field) -> bool:
    """Whether a row's title may be made of it: words and relations are, states and dates are not."""
    return field.is_relation or (isinstance(field, models.CharField | models.TextField) and not field.choices)


def _turned_back(rows: QuerySet, day: dt.date) -> Iterator[Entity]:
    found = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        turn_back(chunk, day)
        yield from chunk


def _answers(row: Entity, text: str, known: Searchable | None, begins: Sequence[str]) -> bool:
    if any(value_of(row, path).startswith(text) for path in begins):
        return True
    pieces = query_tokens(text)[:12]
    stored = document(known, row).tokens if known and pieces else ()
    return bool(stored) and all(any(token.startswith(piece) for token in stored) for piece in pieces)
