"""What must stand before a row goes, or comes back: rows in use do not retire, rows do not return below retired ones."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils.translation import gettext as _

from ..scopes.entity import Entity
from .diffs import label_of

FIRST = 3
"""So many are named; the rest is a number."""


def refuse_while_used(rows: Sequence[Entity], *relations: str) -> None:
    """Raises ValidationError for each of ``rows`` that live rows outside the set still hang on."""
    going = [row.pk for row in rows]
    errors = []
    for name in relations:
        link = type(rows[0])._meta.get_field(name) if rows else None
        if link is None:
            return
        live = link.related_model._base_manager.filter(retired_at=None)
        if issubclass(link.related_model, type(rows[0])):
            live = live.exclude(pk__in=going)
        by = link.field.name
        counts = dict(live.filter(**{f"{by}__in": going}).order_by().values_list(by).annotate(Count("pk")))
        for row in rows:
            if n := counts.get(row.pk):
                first = "、".join(map(label_of, live.filter(**{by: row.pk}).order_by("pk")[:FIRST]))
                told = {
                    "name": label_of(row),
                    "n": n,
                    "what": link.related_model._meta.verbose_name,
                    "first": first,
                }
                text = (
                    _("“%(name)s”还有 %(n)s 个在用的%(what)s：%(first)s")
                    if n <= FIRST
                    else _("“%(name)s”还有 %(n)s 个在用的%(what)s：%(first)s等")
                )
                errors.append(text % told)
    if errors:
        raise ValidationError([*errors, _("请先停用或转移它们")])


def refuse_below_retired(rows: Sequence[Entity], *fields: str) -> None:
    """Raises ValidationError for each of ``rows`` whose parent by one of ``fields`` is retired and stays so."""
    coming = {(type(row), row.pk) for row in rows}
    errors = []
    for name in fields:
        for row in rows:
            above = getattr(row, name)
            if above is not None and above.retired_at and (type(above), above.pk) not in coming:
                told = {
                    "name": label_of(row),
                    "field": row._meta.get_field(name).verbose_name,
                    "above": label_of(above),
                }
                errors.append(_("“%(name)s”的%(field)s“%(above)s”已停用，请先恢复它") % told)
    if errors:
        raise ValidationError(errors)


def refuse_twins(rows: Sequence[Entity]) -> None:
    """Raises ValidationError where a row coming back would stand beside a live one of the same key."""
    for row in rows:
        try:
            row.validate_constraints(exclude=())
        except ValidationError:
            raise ValidationError(
                _("已有与“%(name)s”同名的记录在用，请先改名或停用它") % {"name": label_of(row)}
            ) from None
