"""待办: what waits for me, today first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from shian.kernel.day import today

from .waiting import Group, Overview, groups


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    day, actor = today(), request.actor
    parts = groups(actor, day)
    found = [part for part in parts if isinstance(part, Group)]
    overviews = [part for part in parts if isinstance(part, Overview) and part.lines]
    shown = [_group(g) for g in found]
    day_format = _("Y年n月j日 l")
    idle = not any(g["count"] for g in shown)
    context = {
        "today": day,
        "greeting": f"{date_format(day, day_format)} · {actor.unit_name}",
        "groups": [g for g in shown if g["count"]],
        "tiles": [] if idle and overviews else [g for g, group in zip(shown, found, strict=True) if group.always or g["count"]],
        "overviews": overviews,
        "nothing": "" if not idle or overviews else _("目前没有需要您办理的事项。"),
    }
    return render(request, "ui/landing.html", context)


def _group(group) -> dict:
    more = len(group.items) > len(group.shown)
    return {
        "name": group.name, "label": group.label, "tone": group.tone, "icon": group.icon,
        "count": len(group.items), "items": group.shown, "url": group.url if more else "",
    }  # fmt: skip
