"""Saved filters: private, of the unit, or of the place."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shian.kernel.changes.writer import change
from shian.kernel.resources.filters import PAGE_KEYS, filterset_for
from shian.kernel.resources.resource import Resource
from shian.kernel.scopes import verbs
from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.numbers import keys

from .models import SavedFilter

verbs.declare(
    {"savedfilter.save": gettext_lazy("保存常用筛选"), "savedfilter.retire": gettext_lazy("删除常用筛选")}, own=True
)


def conditions_of(resource: Resource, params: QueryDict, actor: Actor, *, relative: bool) -> list[dict]:
    """Typed conditions in ``params``; with ``relative``, one's own unit is stored as "the viewer's unit"."""
    known = set(filterset_for(resource).base_filters)
    mine = {str(actor.unit_id): "@my_unit"} if relative and actor.unit_id else {}
    rows = []
    for name, values in params.lists():
        stem = name.rsplit("_", 1)[0]
        values = [v for v in values if v]
        if not values or (name not in known and stem not in known and name not in {"q", "is"}):
            continue
        found = resource.model_field(name) if name not in PAGE_KEYS else None
        is_unit = found is not None and found.is_relation and found.related_model._meta.label == "people.Unit"
        rows.append({"field": name, "values": [mine.get(v, v) for v in values] if is_unit else values})
    return rows


def active(filterset, params: QueryDict) -> list[dict]:
    """The conditions in force, each with the address of the list without it."""
    out = []
    for name in filterset.form.fields:
        given = [k for k in params if (k == name or k.rsplit("_", 1)[0] == name) and any(params.getlist(k))]
        if not given or _open(filterset.form.fields[name], params.get(name)):
            continue
        rest = params.copy()
        for key in (*given, "page"):
            rest.pop(key, None)
        out.append(
            {
                "label": str(filterset.form.fields[name].label or name),
                "value": _spoken(filterset.form, name, params, given),
                "remove_url": f"?{rest.urlencode()}",
            }
        )
    return out


def refused(filterset) -> list[str]:
    """What is wrong with the conditions given, field by field; such a list shows nothing."""
    form = filterset.form
    return [
        f"{form.fields[name].label if name in form.fields else ''}：{' '.join(texts)}".lstrip("：")
        for name, texts in form.errors.items()
    ]


def _open(field: forms.Field, value: str | None) -> bool:
    """A yes or no that leaves both open is no condition."""
    return isinstance(field, forms.NullBooleanField) and field.to_python(value) is None


def _spoken(form, name: str, params: QueryDict, given: list[str]) -> str:
    field = form.fields[name]
    if isinstance(field, forms.NullBooleanField):
        return _("是") if field.to_python(params.get(name)) else _("否")
    if name in given and hasattr(field, "choices"):
        chosen = set(params.getlist(name))
        if queryset := getattr(field, "queryset", None):
            return "、".join(str(o) for o in queryset.filter(pk__in=keys(chosen)))
        return "、".join(str(text) for value, text in field.choices if str(value) in chosen)
    return _(" 至 ").join(params.get(k, "") for k in sorted(given))


def address(resource: Resource, row: SavedFilter) -> str:
    pairs = [(c["field"], v) for c in row.conditions for v in c["values"]]
    if row.sort:
        pairs.append(("sort", row.sort))
    return f"/{resource.name}/?{urlencode([*pairs, ('saved', row.pk)])}"


def filters_for(resource: Resource, actor: Actor) -> list[dict]:
    rows = (
        SavedFilter.objects.for_actor(actor).live().filter(resource=resource.name).order_by("shared", "name")
    )
    return [
        {
            "label": r.name,
            "url": address(resource, r),
            "shared": "" if r.shared == "private" else r.get_shared_display(),
            "delete_url": f"/{resource.name}/filters/{r.pk}/remove/" if r.owner_id == actor.user_id else "",
        }
        for r in rows
    ]


def save(*, actor: Actor, resource: Resource, name: str, shared: str, query: str) -> SavedFilter:
    """Stores the conditions of a list; in a shared filter one's own unit becomes the viewer's unit."""
    if not name:
        raise ValidationError({"name": _("请填写筛选名称")})
    if shared not in dict(SavedFilter.SHARED):
        raise ValidationError({"shared": _("可见范围只能是：仅自己、本单位、本地区")})
    params = QueryDict(query)
    row = SavedFilter(
        resource=resource.name,
        name=name[:60],
        owner_id=actor.user_id,
        unit_id=actor.unit_id,
        shared=shared,
        conditions=conditions_of(resource, params, actor, relative=shared != "private"),
        sort=params.get("sort", "")[:60],
    )
    with change(actor, "savedfilter.save") as w:
        w.save(row)
    return row


def remove(*, actor: Actor, resource: Resource, pk: int) -> None:
    row = SavedFilter.objects.for_actor(actor).live().filter(pk=pk, resource=resource.name).first()
    if row is None or row.owner_id != actor.user_id:
        raise PermissionDenied(_("只能删除自己保存的筛选"))
    with change(actor, "savedfilter.retire") as w:
        w.retire(row)
