"""The page of a list, and what a viewer keeps of it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shian.kernel.changes.past import day_of, turn_back
from shian.kernel.day import today
from shian.kernel.flows.bulk import bulk_verbs
from shian.kernel.resources import tables
from shian.kernel.resources.filters import apply
from shian.kernel.resources.resource import Resource
from shian.kernel.scopes.numbers import whole

from . import saved
from .columns import keep_columns, shown_columns

PER_PAGE = (25, 50, 100, 200)


def list_page(request: HttpRequest, resource: Resource) -> HttpResponse:
    actor, params = request.actor, request.GET
    columns = shown_columns(request, resource)
    retired = "retired" in params and resource.editable
    day, wrong = day_of(params.get("as_of", ""), today())
    shown = resource.visible(actor, columns=columns, retired=retired, as_of=day)
    rows, filterset = apply(resource, shown, params, actor, today(), request)
    per_page = whole(params.get("per_page", ""))
    per_page = per_page if per_page in PER_PAGE else tables.PAGE_SIZE
    paginator = tables.CappedPaginator(rows.order_by(*resource.ordering), per_page, exact="exact" in params)
    big = paginator.capped and rows.order_by()[: tables.BIG + 1].count() > tables.BIG
    paginator.object_list = tables.order(resource, rows, params.get("sort", ""), big=big, day=day)
    page = paginator.get_page(params.get("page"))
    objects = list(page.object_list)
    if day:
        turn_back(objects, day)
    exact = params.copy()
    exact["exact"] = "1"
    context = {
        "resource": resource,
        "title": resource.label,
        "table": tables.listing(resource, objects, columns, params, actor, big=big, day=day),
        "page": page,
        "count_label": paginator.count_label,
        "exact_count_url": f"?{exact.urlencode()}" if paginator.capped else "",
        "filterset_form": filterset.form if resource.filters or resource.conditions else None,
        "filter_names": _filter_names(filterset),
        "filters_url": f"/{resource.name}/filter-fields/?{params.urlencode()}",
        "filter_errors": saved.refused(filterset),
        "active_filters": saved.active(filterset, params),
        "all_columns": [
            {"name": c.name, "label": resource.column_label(c), "shown": c in columns}
            for c in resource.columns
        ],
        "columns_url": f"/{resource.name}/columns/",
        "saved_filters": saved.filters_for(resource, actor),
        "save_filter_url": f"/{resource.name}/filters/" if actor.user_id else "",
        "query": params.get("q", ""),
        "has_past": bool(resource.model.tracked),
        "as_of": day,
        "as_of_wrong": wrong,
        "today": day or today(),
        "last_day": today(),
        **_verbs(resource, actor, params, retired),
    }
    if day or wrong:
        context |= {"bulk_verbs": [], "create_url": "", "import_url": ""}
    return render(request, "ui/list.html", context)


def _filter_names(filterset) -> str:
    """What the panel itself carries; a search box has two more inputs beside its own."""
    names = filterset.form.fields
    return " ".join(["page", *(f"{n}{part}" for n in names for part in ("", "_text", "_was"))])


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


def _verbs(resource: Resource, actor, params, retired: bool) -> dict:
    """What the actor may do from the list."""
    base = f"/{resource.name}/"
    bulk = [
        {"name": "edit", "label": _("批量修改"), "icon": "edit"},
        {"name": "retire", "label": _("停用"), "icon": "archive", "tone": "danger"},
    ]
    if retired:
        bulk = [{"name": "restore", "label": _("恢复"), "icon": "restore"}]
    create = (resource.editable or resource.create_at) and resource.may(actor, "create")
    moves = bulk_verbs(resource.case, actor) if resource.case and not retired else []
    generic = [v for v in bulk if resource.editable and resource.may(actor, v["name"])]
    out = {
        "bulk_verbs": [*moves, *generic],
        "retired": retired,
        "retired_url": f"{base}?retired=1" if resource.editable and resource.may(actor, "restore") else "",
        "bulk_url": f"{base}bulk/",
        "create_url": (resource.create_at or f"{base}new/") if create else "",
    }
    for feature in resource.features:
        out |= feature.list_tools(resource, actor, params)
    return out


@require_POST
def choose_columns(request: HttpRequest, resource: Resource) -> HttpResponse:
    """Remembers the columns ticked; none ticked, or ``reset``: the declared ones again."""
    names = [] if "reset" in request.POST else request.POST.getlist("cols")
    keep_columns(request.actor, resource, names)
    return redirect(f"/{resource.name}/?{request.POST.get('query', '')}")


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
