"""Bulk edit: the same form, scope check, verb and change row as a single edit, refusals row by row."""

from __future__ import annotations

import uuid

from django import forms
from django.core.exceptions import PermissionDenied
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from ..changes.writer import StaleObject
from ..day import today
from ..jobs.actions import enqueue
from ..jobs.kinds import Step, job
from ..jobs.models import Job
from ..scopes.actor import Actor
from . import registry
from .filters import apply
from .forms import form_class
from .resource import Resource

INLINE = 500
"""More rows than this are edited by a job."""
CHUNK = 200


def edit_rows(
    *, actor: Actor, resource: Resource, keys: list[int], values: dict, reason: str, batch: uuid.UUID
) -> dict:
    """Sets ``values`` on the rows ``keys``; {"done": n, "refused": [[label, why], …]}."""
    rows = resource.model.objects.for_actor(actor).live().filter(pk__in=keys).order_by("pk")
    done, refused = 0, []
    for obj in rows:
        why = _edit_one(actor, resource, obj, values, reason, batch)
        if why:
            refused.append([str(obj), why])
        else:
            done += 1
    missing = len(set(keys)) - done - len(refused)
    if missing:
        refused.append([_("%(n)s 条记录") % {"n": missing}, _("不存在、已停用或您无权查看")])
    return {"done": done, "refused": refused}


def _edit_one(actor: Actor, resource: Resource, obj, values: dict, reason: str, batch: uuid.UUID) -> str:
    data = model_to_dict(obj, resource.form_fields) | values
    form = form_class(resource)(data, instance=obj, actor=actor, resource=resource)
    if not form.is_valid():
        return "；".join(f"{form.fields[n].label if n in form.fields else ''} {' '.join(e)}".strip()
                        for n, e in form.errors.items())  # fmt: skip
    try:
        resource.actions.save(
            actor=actor, rows=[obj], verb=resource.permission("edit"), reason=reason, batch=batch
        )
    except StaleObject as stale:
        return str(stale)
    return ""


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
    """Step 1 shows the form for the chosen rows; step 2 (``apply``) edits them here or as a job."""
    actor = request.actor
    if not resource.editable or not resource.may(actor, "edit"):
        raise PermissionDenied(_("您没有批量修改权限"))
    keys = _keys(request, resource)
    names = [n for n in request.POST.getlist("set") if n in resource.form_fields]
    form = bulk_form(resource, actor, names, request.POST if "apply" in request.POST else None)
    context = {"resource": resource, "form": form, "keys": keys, "count": len(keys), "names": names,
               "title": _("批量修改%(label)s") % {"label": resource.label}}  # fmt: skip
    if "apply" not in request.POST or not names:
        context["nothing"] = "apply" in request.POST
        return render(request, "ui/bulk.html", context)
    bad = {n: e for n, e in form.errors.items() if n in names}
    if bad:
        return render(request, "ui/bulk.html", context, status=422)
    values = {n: form[n].value() for n in names}
    reason = request.POST.get("reason", "")
    if len(keys) > INLINE:
        args = {
            "resource": resource.name,
            "keys": keys,
            "values": values,
            "reason": reason,
            "batch": str(uuid.uuid4()),
        }
        row = enqueue(actor, "resources.bulk", args, title=context["title"])
        return redirect(f"/jobs/{row.pk}/")
    result = edit_rows(
        actor=actor, resource=resource, keys=keys, values=values, reason=reason, batch=uuid.uuid4()
    )
    return render(request, "ui/bulk_result.html", context | result)


def bulk_report(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """What a bulk edit that ran as a job did, and row by row what it refused."""
    row = get_object_or_404(Job.objects.for_actor(request.actor), pk=pk, kind="resources.bulk")
    result = {"done": row.cursor.get("done", 0), "refused": row.cursor.get("refused", [])}
    return render(request, "ui/bulk_result.html", {"resource": resource, "title": row.title} | result)


def _keys(request: HttpRequest, resource: Resource) -> list[int]:
    """The ticked rows, or every row the list's conditions match."""
    if request.POST.get("all_matching"):
        params = QueryDict(request.POST.get("query", ""))
        rows, _f = apply(resource, resource.visible(request.actor), params, request.actor, today(), request)
        return list(rows.order_by("pk").values_list("pk", flat=True))
    return [int(k) for k in request.POST.getlist("pk") if k.isdigit()]


@job("resources.bulk", title=gettext_noop("批量修改"))
def bulk_step(row, cursor: dict):
    args = row.args
    resource = registry.get(args["resource"])
    start = cursor.get("at", 0)
    chunk = args["keys"][start : start + CHUNK]
    result = edit_rows(
        actor=row.actor(), resource=resource, keys=chunk, values=args["values"], reason=args["reason"],
        batch=uuid.UUID(args["batch"]),
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
