"""What plans put on the landing page (待办): tasks, reports and documents that wait, in three queries."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from shian.kernel.flows.presentation import badge
from shian.kernel.inbox.waiting import Count, Group, Item, Line, Overview
from shian.kernel.scopes import Actor
from shian.kernel.scopes.rights import can

from .. import queries
from ..models import Document, Progress, Task
from ..resources import DOCUMENTS, REPORTS
from .common import task_badge


def waiting(actor: Actor, day: dt.date) -> list[Group]:
    """A task stands in the first group that fits; for who steers a place its late tasks are his too."""
    box, steers = queries.inbox(actor, day), can(actor, "task.accept")

    def tasks(rows: list[Task]) -> list[Item]:
        return [_task(t, day) for t in rows]

    today_url = f"/tasks/?is=owed&due_after={day}&due_before={day}"
    reviewed = [_report(p, who=True) for p in box.approval]
    documents = [_document(d) for d in box.reviewing]
    sent = [_report(p) for p in box.waiting]
    return [
        Group(
            "returned",
            _("退回给我"),
            [_report(p) for p in box.returned],
            "danger",
            "arrow-back-up",
            "",
            10,
            True,
        ),
        Group(
            "overdue",
            _("已逾期"),
            tasks(box.overdue),
            "danger",
            "alert-triangle",
            "/tasks/?is=overdue",
            20,
            True,
        ),
        Group("today", _("今日到期"), tasks(box.today), "warning", "bell", today_url, 30, True),
        Group("approval", _("待我审核"), reviewed, "info", "eye", "", 40, steers),
        Group("reviewing", _("待核对发布的文件"), documents, "info", "file-text", "", 50),
        Group("soon", _("7天内到期"), tasks(box.soon), "warning", "clock", "", 60),
        Group("mine", _("我的任务"), tasks(box.mine), "primary", "checklist", "", 70, True),
        Group("waiting", _("已报送待审核"), sent, "neutral", "send", "", 80, not steers),
    ]


def below(actor: Actor, day: dt.date) -> list[Overview]:
    """For who watches over other places: how the tasks of each stand, one click from the list."""
    lines = []
    for row in queries.standing_below(actor, day):
        here = f"/tasks/?place={row.place.pk}"
        counts = (
            Count(_("未办结"), row.owed, f"{here}&is=owed"),
            Count(_("未逾期"), row.on_time, f"{here}&is=ontime", "success"),
            Count(_("已逾期"), row.overdue, f"{here}&is=overdue", "danger"),
            Count(_("待审核"), row.waiting, f"{here}&status=review", "warning"),
        )
        lines.append(Line(str(row.place), here, counts))
    return [Overview("places", _("各地任务进展"), _("区域"), lines, "map-pin", 15)]


def _task(task: Task, as_of: dt.date) -> Item:
    about = [task.lead.short_name or task.lead.name] if task.lead else []
    about += [task.document.title] if task.document else []
    if task.missed and task.due and task.due >= as_of:
        about.append(_("有时间节点逾期"))
    return Item(
        str(task), task.get_absolute_url(), " · ".join(about), task.due, state=task_badge(task),
        progress=task.percent or None,
    )  # fmt: skip


def _report(progress: Progress, who: bool = False) -> Item:
    words = progress.review_note if progress.state == "returned" else progress.text
    unit = progress.unit.short_name or progress.unit.name if progress.unit else ""
    lead = f"{unit}：" if who else _("退回理由：") if progress.state == "returned" else ""
    final = progress.final and progress.state == "submitted"
    look = badge(REPORTS.case, progress) | ({"label": _("提请办结")} if final else {})
    return Item(
        str(progress.task), f"{progress.task.get_absolute_url()}#progress", f"{lead}{words[:60]}", progress.task.due,
        state=look, progress=progress.percent,
    )  # fmt: skip


def _document(document: Document) -> Item:
    about = document.number or document.issuer
    return Item(
        document.title, f"/documents/{document.pk}/review/", about, state=badge(DOCUMENTS.case, document)
    )
