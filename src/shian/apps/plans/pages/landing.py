"""待办: what waits for me, today first. No chart, four queries of its own."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from shian.kernel.day import today
from shian.kernel.scopes.rights import can

from .. import queries
from ..models import Document, Progress, Task
from .common import badge, task_badge

SHOWN = 12
"""Items of a group that has a list behind 全部; a group without one shows them all."""


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    as_of = today()
    box = queries.inbox(request.actor, as_of)
    steers = can(request.actor, "task.accept")
    groups = [
        _group("returned", _("退回给我"), "danger", "arrow-back-up", [_report(p) for p in box.returned]),
        _group(
            "overdue",
            _("已逾期"),
            "danger",
            "alert-triangle",
            [_task(t, as_of) for t in box.overdue],
            "/tasks/?is=overdue",
        ),
        _group(
            "today",
            _("今日到期"),
            "warning",
            "bell",
            [_task(t, as_of) for t in box.today],
            f"/tasks/?is=owed&due_after={as_of}&due_before={as_of}",
        ),
        _group("approval", _("待我审核"), "info", "eye", [_report(p, who=True) for p in box.approval]),
        _group(
            "reviewing", _("待核对发布的文件"), "info", "file-text", [_document(d) for d in box.reviewing]
        ),
        _group("soon", _("7天内到期"), "warning", "clock", [_task(t, as_of) for t in box.soon]),
        _group("mine", _("我的任务"), "primary", "checklist", [_task(t, as_of) for t in box.mine]),
        _group("waiting", _("已报送待审核"), "neutral", "send", [_report(p) for p in box.waiting]),
    ]
    always = {"returned", "overdue", "today", "mine", *(["approval"] if steers else ["waiting"])}
    day_format = _("Y年n月j日 l")
    context = {
        "today": as_of,
        "greeting": f"{date_format(as_of, day_format)} · {request.actor.unit_name}",
        "groups": [g for g in groups if g["count"]],
        "tiles": [g for g in groups if g["name"] in always or g["count"]],
        "nothing": "" if any(g["count"] for g in groups) else _("目前没有需要您办理的事项。"),
    }
    return render(request, "plans/inbox.html", context)


def _group(name: str, label: str, tone: str, icon: str, items: list[dict], url: str = "") -> dict:
    return {
        "name": name, "label": label, "tone": tone, "icon": icon, "count": len(items),
        "items": items[:SHOWN] if url else items, "url": url if len(items) > SHOWN else "",
    }  # fmt: skip


def _task(task: Task, as_of: dt.date) -> dict:
    about = [task.lead.short_name or task.lead.name] if task.lead else []
    about += [task.document.title] if task.document else []
    if task.missed and task.due and task.due >= as_of:
        about.append(_("有时间节点逾期"))
    return {
        "title": str(task), "url": task.get_absolute_url(), "meta": " · ".join(about), "due": task.due,
        "state": task_badge(task), "progress": task.percent or None,
    }  # fmt: skip


def _report(progress: Progress, who: bool = False) -> dict:
    words = progress.review_note if progress.state == "returned" else progress.text
    unit = progress.unit.short_name or progress.unit.name if progress.unit else ""
    lead = f"{unit}：" if who else _("退回理由：") if progress.state == "returned" else ""
    return {
        "title": str(progress.task), "url": f"{progress.task.get_absolute_url()}#progress",
        "meta": f"{lead}{words[:60]}", "due": progress.task.due,
        "state": badge("review", _("提请办结")) if progress.final and progress.state == "submitted"
        else badge(progress.state, progress.get_state_display()),
        "progress": progress.percent,
    }  # fmt: skip


def _document(document: Document) -> dict:
    return {
        "title": document.title, "url": f"/documents/{document.pk}/review/", "meta": document.number or document.issuer,
        "due": None, "done": False, "state": badge(document.state, document.get_state_display()),
    }  # fmt: skip
