"""Bulk verbs: the same form, actions, rights and change rows as for a single row, refusals row by row."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_POST

from shian.kernel.changes.writer import StaleObject
from shian.kernel.day import today
from shian.kernel.jobs.actions import enqueue
from shian.kernel.jobs.kinds import Step, job
from shian.kernel.jobs.models import Job
from shian.kernel.resources import registry
from shian.kernel.resources.filters import apply
from shian.kernel.resources.forms import form_class, save_form
from shian.kernel.resources.resource import Resource
from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.numbers import keys as whole_keys
from shian.kernel.scopes.veil import stored

INLINE = 500
"""More rows than this are worked off by a job."""
CHUNK = 200
REFUSALS = (ValidationError, PermissionDenied, StaleObject, IntegrityError)


@dataclass(frozen=True)
class Bulk:
    """What one bulk verb does: ``do(resource, obj, values, how)`` writes one row or raises a refusal."""

    title: str
    do: Callable[[Resource, object, Mapping, dict], object]
    retired: bool = False
    """Works on rows out of use."""
    newest_first: bool = False
    """What hangs on another row was mostly made after it."""


def _edit(resource: Resource, obj, values: Mapping, how: dict) -> None:
    data = stored(how["actor"], obj, resource.form_fields) | values
    form = form_class(resource)(data, instance=obj, actor=how["actor"], resource=resource)
    if not form.is_valid():
        raise ValidationError([f"{form.fields[n].label if n in form.fields else ''} {' '.join(e)}".strip()
                               for n, e in form.errors.items()])  # fmt: skip
    save_form(resource=resource, form=form, parts=(), **how)


VERBS = {
    "edit": Bulk(gettext_lazy("批量修改%(label)s"), _edit),
    "retire": Bulk(
        gettext_lazy("停用%(label)s"),
        lambda r, obj, _v, how: r.actions.retire(rows=[obj], **how),
        newest_first=True,
    ),
    "restore": Bulk(
        gettext_lazy("恢复%(label)s"),
        lambda r, obj, _v, how: r.actions.restore(rows=[obj], **how),
        retired=True,
    ),
}


def why_not(error: Exception) -> str:
    """A refusal in words."""
    if isinstance(error, ValidationError):
        return "；".join(error.messages)
    return _("与已有的记录冲突") if isinstance(error, IntegrityError) else str(error)


def work_off(rows: Iterable, do: Callable[[object], object]) -> list[tuple[object, str]]:
    """``do(row)`` for each, in its own transaction; those refused come again as long as others give way."""
    left, refused = list(rows), []
    while left:
        refused = []
        for row in left:
            try:
                with transaction.atomic():
                    do(row)
            except REFUSALS as error:
                refused.append((row, why_not(error)))
        if len(refused) == len(left):
            break
        left = [row for row, _why in refused]
    return refused


def change_rows(
    *,
    actor: Actor,
    resource: Resource,
    verb: str,
    keys: list[int],
    values: Mapping,
    reason: str,
    batch: uuid.UUID,
) -> dict:
    """Does ``verb`` to the rows ``keys``; {"done": n, "refused": [[label, why], …]}."""
    bulk = VERBS[verb]
    how = {"actor": actor, "verb": resource.permission(verb), "reason": reason, "batch": batch}
    mine = resource.model.objects.for_actor(actor).filter(pk__in=keys, retired_at__isnull=not bulk.retired)
    rows = list(mine.order_by("-pk" if bulk.newest_first else "pk"))

    def do(row) -> None:
        bulk.do(resource, mine.get(pk=row.pk), values, how)

    refused = [[str(row), why] for row, why in work_off(rows, do)]
    result = {"done": len(rows) - len(refused), "refused": refused}
    if missing := len(set(keys)) - len(rows):
        refused.append([_("%(n)s 条记录") % {"n": missing}, _("不存在、已停用或您无权查看")])
    return result


def bulk_form(resource: Resource, actor: Actor, names: list[str], data=None) -> forms.Form:
    """The single-edit fields, none required; ``names`` are those the person ticked to set."""
    form = form_class(resource)(data, instance=resource.model(), actor=actor, resource=resource)
    for name, field in list(form.fields.items()):
        if name == "reason" or isinstance(field, forms.FileField):
            del form.fields[name]
        else:
            field.required = field.required and name in names
    return form


@require_POST
def bulk_edit(request: HttpRequest, resource: Resource) -> HttpResponse:
    """Step 1 shows the chosen rows and asks (for the fields to set); step 2 (``apply``) does it here or as a job."""
    actor, verb = request.actor, request.POST.get("verb", "edit")
    if verb not in VERBS:
        raise Http404
    if not resource.editable or not resource.may(actor, verb):
        raise PermissionDenied(_("您没有进行此批量操作的权限"))
    applied = "apply" in request.POST
    keys = chosen(request, resource, retired=VERBS[verb].retired)
    names = [n for n in request.POST.getlist("set") if n in resource.form_fields] if verb == "edit" else []
    form = bulk_form(resource, actor, names, request.POST if applied else None) if verb == "edit" else None
    context = {"resource": resource, "form": form, "keys": keys, "count": len(keys), "names": names, "verb": verb,
               "title": str(VERBS[verb].title) % {"label": resource.label}}  # fmt: skip
    if not applied or (form and not names):
        context["nothing"] = applied
        return render(request, "ui/bulk.html", context)
    if form and {n: e for n, e in form.errors.items() if n in names}:
        return render(request, "ui/bulk.html", context, status=422)
    values = {n: form[n].value() for n in names} if form else {}
    task = {"verb": verb, "keys": keys, "values": values, "reason": request.POST.get("reason", "")}
    if len(keys) > INLINE:
        keys.sort(reverse=VERBS[verb].newest_first)
        args = task | {"resource": resource.name, "batch": str(uuid.uuid4())}
        row = enqueue(actor, "resources.bulk", args, title=context["title"])
        return redirect(f"/jobs/{row.pk}/")
    result = change_rows(actor=actor, resource=resource, batch=uuid.uuid4(), **task)
    return render(request, "ui/bulk_result.html", context | result)


def bulk_report(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """What a bulk verb that ran as a job did, and row by row what it refused."""
    row = get_object_or_404(Job.objects.for_actor(request.actor), pk=pk, kind="resources.bulk")
    result = {"done": row.cursor.get("done", 0), "refused": row.cursor.get("refused", [])}
    return render(request, "ui/bulk_result.html", {"resource": resource, "title": row.title} | result)


def chosen(request: HttpRequest, resource: Resource, *, retired: bool = False) -> list[int]:
    """The ticked rows, or every row the list's conditions match."""
    if request.POST.get("all_matching"):
        params = QueryDict(request.POST.get("query", ""))
        rows = resource.visible(request.actor, retired=retired)
        rows, _f = apply(resource, rows, params, request.actor, today(), request)
        return list(rows.order_by("pk").values_list("pk", flat=True))
    return whole_keys(request.POST.getlist("pk"))


@job("resources.bulk", title=gettext_noop("批量修改"))
def bulk_step(row, cursor: dict):
    args = row.args
    resource = registry.get(args["resource"])
    start = cursor.get("at", 0)
    chunk = args["keys"][start : start + CHUNK]
    result = change_rows(
        actor=row.actor(), resource=resource, verb=args.get("verb", "edit"), keys=chunk, values=args["values"],
        reason=args["reason"], batch=uuid.UUID(args["batch"]),
    )  # fmt: skip
    done = cursor.get("done", 0) + result["done"]
    refused = cursor.get("refused", []) + result["refused"]
    at = start + len(chunk)
    return Step(
        {"at": at, "done": done, "refused": refused[:1000]},
        done=at,
        total=len(args["keys"]),
        message=_("已修改 %(done)s 条，未修改 %(refused)s 条") % {"done": done, "refused": len(refused)},
        finished=at >= len(args["keys"]),
        url=f"/{resource.name}/bulk/{row.pk}/",
    )
