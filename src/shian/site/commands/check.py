"""``shian check``: is this installation fit to run; ``shian check log``: has the change log been altered."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from dataclasses import dataclass

import click

LEAST_FREE = 2 << 30
LAG = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Item:
    """One thing looked at. ``level``: ``ok``, ``warn`` (goes on) or ``bad`` (exit code 1)."""

    level: str
    name: str
    text: str


@click.group(invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """检查本系统：设置、应用声明、数据库、磁盘、工作日历、后台任务、封存。有问题时退出码为 1。"""
    from ._django import setup

    setup()
    if ctx.invoked_subcommand is None:
        items = look()
        for item in items:
            click.echo(
                f"{ {'ok': '正常', 'warn': '注意', 'bad': '问题'}[item.level] }  {item.name}：{item.text}"
            )
        sys.exit(any(item.level == "bad" for item in items))


@command.command("log")
def log() -> None:
    """核对变更记录与防篡改日志；逐条指出被改、被删、被调换的记录。"""
    from shian.kernel.sealing import log as sealing

    from ._django import require_migrated

    require_migrated()
    report = sealing.verify()
    click.echo(f"日志 {report.entries} 条，尚未封存 {report.unsealed} 条")
    for text in report.findings:
        click.echo(f"问题  {text}")
    if report.findings:
        sys.exit(1)
    click.echo("未发现改动")


def look() -> list[Item]:
    """Everything ``shian check`` looks at; the database items only when it is there and up to date."""
    from ._django import unapplied

    items = [_disk(), _static(), *_declared()]
    try:
        missing = unapplied()
    except click.ClickException as error:
        return [*items, Item("bad", "数据库", error.message)]
    if missing:
        return [*items, Item("bad", "数据库", f"缺 {len(missing)} 项迁移，请运行 shian migrate")]
    return [*items, Item("ok", "数据库", "结构是最新"), *_safety(), *_calendar(), _jobs(), _sealing()]


def _disk() -> Item:
    from django.conf import settings

    free = shutil.disk_usage(settings.DATA_DIR).free
    text = f"{settings.DATA_DIR} 剩余 {free / (1 << 30):.1f} GB"
    return Item("ok", "磁盘", text) if free >= LEAST_FREE else Item("bad", "磁盘", f"{text}，少于 2 GB")


def _static() -> Item:
    from django.contrib.staticfiles import finders

    missing = [name for name in ("ui/shell.css", "ui/shell.js", "ui/icons.svg") if finders.find(name) is None]
    return Item("bad", "页面资源", f"缺 {'、'.join(missing)}") if missing else Item("ok", "页面资源", "齐全")


def _declared() -> list[Item]:
    from ._django import faults

    return [Item("bad", "静态检查", text) for text in faults()] or [Item("ok", "静态检查", "通过")]


def _safety() -> list[Item]:
    """In production what ``serve`` would refuse; elsewhere only that it would."""
    from django.conf import settings

    from shian.site.preflight import problems

    found = problems()
    if settings.SHIAN_MODE == "production":
        return [Item("bad", "正式环境", text) for text in found] or [Item("ok", "正式环境", "可以启动")]
    text = f"当前为 {settings.SHIAN_MODE} 模式" + (
        f"；改为正式环境前须处理：{'；'.join(found)}" if found else ""
    )
    return [Item("warn" if found else "ok", "运行模式", text)]


def _calendar() -> list[Item]:
    from shian.kernel.clock.queries import loaded_years
    from shian.kernel.day import today

    day, years = today(), loaded_years()
    if day.year not in years:
        return [Item("bad", "工作日历", f"{day.year}年未载入，不能计算工作日期限；请由管理员导入")]
    if day.month >= 11 and day.year + 1 not in years:
        return [Item("warn", "工作日历", f"{day.year + 1}年未载入；放假安排公布后请由管理员导入")]
    return [Item("ok", "工作日历", f"已载入 {years[0]}–{years[-1]} 年")]


def _jobs() -> Item:
    from django.utils import timezone

    from shian.kernel.jobs.models import Job, Schedule

    now = timezone.now()
    late = Job.unscoped.filter(state__in=Job.OPEN, run_at__lt=now - LAG, lease_until=None).count()
    idle = Schedule.unscoped.live().filter(active=True, next_run_at__lt=now - LAG).count()
    failed = Job.unscoped.filter(state="failed", finished_at__gt=now - dt.timedelta(days=1)).count()
    if late or idle:
        return Item(
            "bad", "后台任务", f"{late} 项任务、{idle} 项计划超过 10 分钟没有运行；shian worker 可能未启动"
        )
    if failed:
        return Item("warn", "后台任务", f"最近一天有 {failed} 项失败")
    return Item("ok", "后台任务", "按时运行")


def _sealing() -> Item:
    from django.utils import timezone

    from shian.kernel.changes.models import Change

    waiting = Change.unscoped.filter(seq=None)
    oldest = waiting.order_by("pk").values_list("at", flat=True).first()
    if oldest is None:
        return Item("ok", "封存", "全部变更记录已封存")
    text = f"{waiting.count()} 条变更记录待封存，最早 {timezone.localtime(oldest):%Y-%m-%d %H:%M}"
    return Item("bad" if timezone.now() - oldest > LAG else "ok", "封存", text)
