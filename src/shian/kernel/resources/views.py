"""Detail and form of any resource."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shian.kernel.changes import onetime
from shian.kernel.changes.past import timeline
from shian.kernel.changes.presentation import described
from shian.kernel.changes.queries import history
from shian.kernel.changes.writer import StaleObject
from shian.kernel.flows.presentation import detail
from shian.kernel.flows.submit import put_errors
from shian.kernel.scopes.detail import masked, sees_personal
from shian.kernel.scopes.numbers import whole

from . import tables
from .forms import difference, form_class, save_form
from .parts import Column
from .resource import Resource


def find(request: HttpRequest, resource: Resource, pk: int, verb: str = "view"):
    """The live or retired row ``pk`` if the actor may see it; 404 otherwise, 403 without the verb's right."""
    obj = resource.model.objects.for_actor(request.actor).filter(pk=pk).first()
    if obj is None:
        raise Http404(_("没有这条记录，或您无权查看"))
    if verb != "view" and not resource.may(request.actor, verb, obj):
        raise PermissionDenied(_("您没有权限进行此操作"))
    return obj


def detail_page(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    obj = find(request, resource, pk)
    if resource.url_of and resource.url(obj) != request.path:
        return redirect(resource.url(obj))
    actor = request.actor
    shown = [
        {"label": s.title, "fields": [_fact(resource, obj, name, actor) for name in s.fields]}
        for s in resource.shown
    ]
    editable = resource.editable and obj.retired_at is None
    changes = history(obj, also=[each for f in resource.features for each in f.also(resource, obj)])
    flow = detail(resource.case, obj, actor)
    context = {
        "resource": resource,
        "object": obj,
        "title": str(obj),
        "subtitle": resource.label,
        "state": {"label": _("已停用"), "tone": "secondary", "icon": "archive"} if obj.retired_at else flow["state"],
        "menu": flow["menu"],
        "panels": [
            {"name": "overview", "label": _("概况"), "fields": shown},
            *resource.panels(obj, actor),
            *flow["panels"],
            *_past(obj, actor),
            {"name": "changes", "label": _("变更记录"), "count": len(changes), "changes": described(changes, of=obj)},
        ],
        "edit_url": f"/{resource.name}/{pk}/edit/" if editable and resource.may(actor, "edit", obj) else "",
        "actions": [*flow["actions"], *_retirement(resource, obj, actor)],
        "short_url": request.build_absolute_uri(resource.url(obj)),
        "version": obj.version,
        "once_key": uuid.uuid4().hex,
    }
    return render(request, "ui/detail.html", context)


def _past(obj, actor) -> list[dict]:
    """The timeline of a row whose model keeps history (历程)."""
    spans = timeline(obj, personal=sees_personal(actor, obj)) if obj.tracked else []
    shown = {"name": "past", "label": _("历程"), "template": "ui/_timeline.html", "count": len(spans)}
    return [shown | {"spans": spans}] if spans else []


def _retirement(resource: Resource, obj, actor) -> list[dict]:
    if not resource.editable or not resource.may(actor, "restore" if obj.retired_at else "retire", obj):
        return []
    if obj.retired_at:
        return [{"label": _("恢复"), "url": f"/{resource.name}/{obj.pk}/restore/", "icon": "restore"}]
    confirm = _("停用后不再出现在列表和选项中，历史保留，可以恢复。确定停用吗？")
    return [
        {"label": _("停用"), "url": f"/{resource.name}/{obj.pk}/retire/", "icon": "archive", "tone": "danger",
         "confirm": confirm}
    ]  # fmt: skip


def _fact(resource: Resource, obj, name: str, actor) -> dict:
    value = tables.value_of(obj, name)
    text = tables.text_of(obj, name, value)
    if text and name in obj.personal and not sees_personal(actor, obj):
        text = masked(text)
    url = tables.cell(obj, Column(name), "", "ref").url
    return {"label": resource.field_label(name), "text": text, "url": url}


def create_page(request: HttpRequest, resource: Resource) -> HttpResponse:
    if not resource.editable or not resource.may(request.actor, "create"):
        raise PermissionDenied(_("您没有新增权限"))
    return _form(request, resource, resource.model(), "create")


def edit_page(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    if not resource.editable:
        raise Http404
    return _form(request, resource, find(request, resource, pk, "edit"), "edit")


def _form(request: HttpRequest, resource: Resource, obj, verb: str) -> HttpResponse:
    actor = request.actor
    initial = {} if obj.pk else _own(resource, actor) | request.GET.dict()
    form = form_class(resource)(
        request.POST or None,
        request.FILES or None,
        instance=obj,
        actor=actor,
        resource=resource,
        initial=initial,
    )
    stored, version, conflict = bool(obj.pk), obj.version if obj.pk else None, None
    if answer := onetime.answered(request.POST.get("once_key", ""), actor.user_id):
        return redirect(answer)
    parts = resource.form_parts(obj, actor, request.POST or None, request.FILES or None)
    if request.method == "POST" and all([form.is_valid(), *(part.is_valid() for part in parts)]):
        try:
            return redirect(_save(request, form, parts, resource, verb))
        except onetime.AlreadyDone as done:
            return redirect(done.answer or f"/{resource.name}/")
        except StaleObject as stale:
            version, conflict = stale.current.version, _conflict(stale, resource)
        except ValidationError as error:
            put_errors(form, error)
    context = {
        "resource": resource,
        "form": form,
        "sections": list(form.sections()),
        "parts": parts,
        "title": f"{_('修改') if stored else _('新建')}{resource.label}",
        "version": version,
        "once_key": uuid.uuid4().hex,
        "conflict": conflict,
        "cancel_url": resource.url(obj) if stored else f"/{resource.name}/",
    }
    status = 409 if conflict else 422 if request.method == "POST" else 200
    return render(request, "ui/form.html", context, status=status)


def _own(resource: Resource, actor) -> dict:
    """One's own place and unit; not where a row may do without a place, which then means something."""
    place = resource.model_field("place")
    return {"unit": actor.unit_id} | ({} if place is not None and place.blank else {"place": actor.place_id})


def _conflict(stale: StaleObject, resource: Resource) -> dict:
    last = history(stale.current, limit=1)[0]
    return {
        "who": last.actor_name,
        "at": last.at,
        "rows": difference(stale.obj, stale.current, resource),
        "reload_url": "",
    }


def _save(request: HttpRequest, form, parts: list, resource: Resource, verb: str) -> str:
    """Writes a valid form in one transaction with its one-time key; the address to go to."""
    obj, actor = form.instance, request.actor
    if obj.pk and (read := request.POST.get("version", "")):
        if not (version := whole(read, 2**31 - 1)):
            raise ValidationError(_("version 必须是正整数"))
        obj.version = version
    with transaction.atomic():
        key = onetime.claim(request.POST.get("once_key", ""), actor.user_id)
        reason, name = form.cleaned_data.get("reason", ""), resource.permission(verb)
        save_form(actor=actor, resource=resource, form=form, parts=parts, verb=name, reason=reason)
        answer = resource.url(obj)
        onetime.settle(key, answer)
    return answer


@require_POST
def retire(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    if not resource.editable:
        raise Http404
    obj = find(request, resource, pk, "retire")
    how = {"verb": resource.permission("retire"), "reason": request.POST.get("reason", "")}
    try:
        resource.actions.retire(actor=request.actor, rows=[obj], **how)
    except (ValidationError, StaleObject) as error:
        return _refused(request, resource, obj, error)
    messages.success(request, _("已停用“%(name)s”，可在详情页恢复") % {"name": obj})
    return redirect(f"/{resource.name}/")


def _refused(request: HttpRequest, resource: Resource, obj, error: Exception) -> HttpResponse:
    messages.error(request, " ".join(error.messages) if isinstance(error, ValidationError) else str(error))
    return redirect(resource.url(obj))


@require_POST
def restore(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    if not resource.editable:
        raise Http404
    obj = find(request, resource, pk, "restore")
    try:
        resource.actions.restore(actor=request.actor, rows=[obj], verb=resource.permission("restore"))
    except (ValidationError, StaleObject) as error:
        return _refused(request, resource, obj, error)
    return redirect(resource.url(obj))
