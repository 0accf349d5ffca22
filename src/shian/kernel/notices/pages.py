"""The list behind the bell."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from . import actions
from .queries import mine, short_text


@login_required
@require_GET
def notice_list(request):
    rows = mine(request.actor)
    unread_only = request.GET.get("unread") == "1"
    if unread_only:
        rows = rows.filter(read_at=None)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    for notice in page:
        notice.short = short_text(notice)
    return render(
        request,
        "notices/list.html",
        {"page": page, "count_label": page.paginator.count, "unread_only": unread_only},
    )


@login_required
@require_POST
def notice_open(request, pk: int):
    """Marks one as read and goes where it points."""
    notice = get_object_or_404(mine(request.actor), pk=pk)
    actions.mark_read(request.actor, [pk])
    return redirect(
        notice.url if notice.url.startswith("/") and not notice.url.startswith("//") else "notices"
    )


@login_required
@require_POST
def notices_read(request):
    """Marks the ticked ones, or with none ticked all, as read."""
    ids = [int(pk) for pk in request.POST.getlist("pk") if pk.isdecimal()]
    actions.mark_read(request.actor, ids or None)
    return redirect("notices")
