"""List, detail and form of any resource."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..changes import onetime
from ..changes.presentation import described
from ..changes.queries import history
from ..changes.writer import StaleObject
from ..day import today
from ..scopes.detail import masked, sees_personal
from . import saved, tables
from .columns import shown_columns
from .filters import apply
from .forms import difference, form_class, save_form
from .parts import Column
from .resource import Resource

PER_PAGE = (25, 50, 100, 200)


def list_page(request: HttpRequest, resource: Resource) -> HttpResponse:
    actor, params = request.actor, request.GET
    columns = shown_columns(request, resource)
    rows, filterset = apply(
        resource, resource.visible(actor, columns=columns), params, actor, today(), request
    )
    per_page = (
        int(n) if (n := params.get("per_page", "")).isdigit() and int(n) in PER_PAGE else tables.PAGE_SIZE
    )
    paginator = tables.CappedPaginator(rows.order_by(*resource.ordering), per_page, exact="exact" in params)
    big = paginator.capped and rows.order_by()[: tables.BIG + 1].count() > tables.BIG
    paginator.object_list = tables.order(resource, rows, params.get("sort", ""), big=big)
    page = paginator.get_page(params.get("page"))
    exact = params.copy()
    exact["exact"] = "1"
    context = {
        "resource": resource,
        "title": resource.label,
        "table": tables.listing(resource, list(page.object_list), columns, params, big=big),
        "page": page,
        "count_label": paginator.count_label,
        "exact_count_url": f"?{exact.urlencode()}" if paginator.capped else "",
        "filterset_form": filterset.form if resource.filters or resource.conditions else None,
        "filter_names": _filter_names(filterset),
        "filters_url": f"/{resource.name}/filter-fields/?{params.urlencode()}",
        "active_filters": saved.active(filterset, params),
        "all_columns": [
            {"name": c.name, "label": resource.column_label(c), "shown": c in columns}
            for c in resource.columns
        ],
        "saved_filters": saved.filters_for(resource, actor),
        "save_filter_url": f"/{resource.name}/filters/" if actor.user_id else "",
        "query": params.get("q", ""),
        **_verbs(resource, actor, params),
    }
    return render(request, "ui/list.html", context)


def _filter_names(filterset) -> str:
    return " ".join(["page", *filterset.form.fields])


def filter_fields(request: HttpRequest, resource: Resource) -> HttpResponse:
    """The fields of the filter panel: fetched when it is opened, since its choices cost more than the list."""
    rows = resource.visible(request.actor)
    _rows, filterset = apply(resource, rows, request.GET, request.actor, today(), request)
    context = {
        "filterset_form": filterset.form,
        "filter_names": _filter_names(filterset),
        "hidden_params": True,
    }
    return render(request, "ui/_filter_fields.html", context)


def _verbs(resource: Resource, actor, params) -> dict:
    """What the actor may do from the list."""
    base = f"/{resource.name}/"
    edit = resource.editable and resource.may(actor, "edit")
    create = (resource.editable or resource.create_at) and resource.may(actor, "create")
    out = {
        "bulk_verbs": [{"name": "edit", "label": _("批量修改"), "icon": "edit"}] if edit else [],
        "bulk_url": f"{base}bulk/",
        "create_url": (resource.create_at or f"{base}new/") if create else "",
    }
    for feature in resource.features:
        out |= feature.list_tools(resource, actor, params)
    return out


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
    changes = history(obj)
    context = {
        "resource": resource,
        "object": obj,
        "title": str(obj),
        "subtitle": resource.label,
        "state": {"label": _("已停用"), "tone": "secondary", "icon": "archive"} if obj.retired_at else None,
        "panels": [
            {"name": "overview", "label": _("概况"), "fields": shown},
            *resource.panels(obj, actor),
            {"name": "changes", "label": _("变更记录"), "count": len(changes), "changes": described(changes)},
        ],
        "edit_url": f"/{resource.name}/{pk}/edit/" if editable and resource.may(actor, "edit", obj) else "",
        "actions": _retirement(resource, obj, actor),
        "short_url": request.build_absolute_uri(resource.url(obj)),
        "version": obj.version,
        "once_key": uuid.uuid4().hex,
    }
    return render(request, "ui/detail.html", context)


def _retirement(resource: Resource, obj, actor) -> list[dict]:
    if not resource.editable or not resource.may(actor, "retire", obj):
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
    initial = {} if obj.pk else {"place": actor.place_id, "unit": actor.unit_id} | request.GET.dict()
    form = form_class(resource)(
        request.POST or None,
        request.FILES or None,
        instance=obj,
        actor=actor,
        resource=resource,
        initial=initial,
    )
    version, conflict = obj.version if obj.pk else None, None
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
            form.add_error(None, error)
    context = {
        "resource": resource,
        "form": form,
        "sections": list(form.sections()),
        "parts": parts,
        "title": f"{_('修改') if obj.pk else _('新建')}{resource.label}",
        "version": version,
        "once_key": uuid.uuid4().hex,
        "conflict": conflict,
        "cancel_url": resource.url(obj) if obj.pk else f"/{resource.name}/",
    }
    status = 409 if conflict else 422 if request.method == "POST" else 200
    return render(request, "ui/form.html", context, status=status)


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
    if obj.pk and (read := request.POST.get("version", "")).isdigit():
        obj.version = int(read)
    with transaction.atomic():
        key = onetime.claim(request.POST.get("once_key", ""), actor.user_id)
        reason, name = form.cleaned_data.get("reason", ""), resource.permission(verb)
        save_form(actor, resource, form, parts, verb=name, reason=reason)
        answer = resource.url(obj)
        onetime.settle(key, answer)
    return answer


@require_POST
def retire(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    obj = find(request, resource, pk, "retire")
    if not resource.editable:
        raise Http404
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
    obj = find(request, resource, pk, "retire")
    if not resource.editable:
        raise Http404
    try:
        resource.actions.restore(actor=request.actor, rows=[obj], verb=resource.permission("restore"))
    except (ValidationError, StaleObject) as error:
        return _refused(request, resource, obj, error)
    return redirect(resource.url(obj))


@require_POST
def save_filter(request: HttpRequest, resource: Resource) -> HttpResponse:
    query = request.POST.get("query", "")
    try:
        row = saved.save(
            actor=request.actor,
            resource=resource,
            name=request.POST.get("name", "").strip(),
            shared=request.POST.get("shared", "private"),
            query=query,
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(f"/{resource.name}/?{query}")
    messages.success(request, _("已保存筛选“%(name)s”") % {"name": row.name})
    return redirect(saved.address(resource, row))


@require_POST
def remove_filter(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    saved.remove(actor=request.actor, resource=resource, pk=pk)
    return redirect(f"/{resource.name}/")
