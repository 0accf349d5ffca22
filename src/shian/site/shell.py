"""What stands around every page: navigation, the demo cast on the sign-in page."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from shian.kernel.ui import context, nav


def wire() -> None:
    nav.add(
        nav.Item("work", _("任务"), "listing:list", "list-check", 20, args=("tasks",)),
        nav.Item("work", _("量化指标"), "listing:list", "target", 30, args=("targets",)),
        nav.Item("work", _("来源文件"), "listing:list", "file-text", 40, args=("documents",)),
        nav.Item("work", _("进展报告"), "listing:list", "message-report", 50, args=("progress",)),
        nav.Item("work", _("调整决定"), "listing:list", "gavel", 60, args=("decisions",)),
        nav.Item("settings", _("单位"), "listing:list", "building", 10, args=("units",)),
        nav.Item(
            "settings", _("单位别称"), "listing:list", "tags", 20, "unitalias.edit", ("unit-aliases",)
        ),
        nav.Item("settings", _("用户"), "listing:list", "users", 30, "user.edit", ("users",)),
        nav.Item("settings", _("授权"), "listing:list", "lock", 35, "grant.edit", ("grants",)),
        nav.Item("settings", _("区域"), "listing:list", "map", 40, args=("places",)),
        nav.Item(
            "settings", _("机构沿革"), "listing:list", "git-branch", 25, "succession.edit", ("reforms",)
        ),
        nav.Item(
            "settings", _("区域沿革"), "listing:list", "git-branch", 45, "lineage.edit", ("lineages",)
        ),
        nav.Item("settings", _("人口数"), "listing:list", "chart-bar", 50, args=("populations",)),
        nav.Item(
            "settings",
            _("工作日历"),
            "listing:list",
            "calendar",
            60,
            "calendarday.edit",
            ("calendar-days",),
        ),
        nav.Item("settings", _("计划任务"), "listing:list", "clock", 70, "schedule.edit", ("schedules",)),
        nav.Item("settings", _("后台任务"), "jobs", "loader-2", 80),
    )
    if settings.DEMO:
        context.provide_public(demo_cast)


def demo_cast(_request: HttpRequest) -> dict:
    """Cards of the demo accounts, on the sign-in page in demo mode only."""
    from shian.kernel.people.models import User

    from .demo.cast import PASSWORD, PEOPLE

    does = {p[0]: p[-1] for p in PEOPLE}

    rows = User.unscoped.filter(is_demo=True, is_active=True).select_related("unit").order_by("pk")
    cards = [
        {"username": u.username, "name": u.name, "title": u.title, "unit": u.unit.short_name or u.unit.name,
         "does": does.get(u.username, ""), "password": PASSWORD}
        for u in rows
        if u.unit
    ]  # fmt: skip
    return {"demo_cast": cards}
