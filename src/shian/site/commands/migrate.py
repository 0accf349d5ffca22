"""``shian migrate``: brings the database up to this version, with the rows every installation needs."""

from __future__ import annotations

import click


@click.command()
def command() -> None:
    """建立或升级数据库：结构、角色、工作日历、计划任务。可以重复运行。"""
    from ._django import setup

    setup()
    for line in bring_up_to_date():
        click.echo(line)


def bring_up_to_date() -> list[str]:
    """Does it and says what it did, a line a step."""
    from django.core.management import call_command

    from shian.kernel.clock import actions as clock
    from shian.kernel.jobs.actions import load_schedules
    from shian.kernel.people.roles import load_roles
    from shian.kernel.scopes import SYSTEM
    from shian.kernel.sealing import log as sealing

    from ._django import require_sound, unapplied

    require_sound()
    missing = unapplied()
    call_command("migrate", interactive=False, verbosity=0)
    roles = load_roles()
    years = clock.load_package(actor=SYSTEM)
    schedules = load_schedules(SYSTEM)
    sealing.signer()
    return [
        f"数据库结构：应用了 {len(missing)} 项迁移" if missing else "数据库结构：已是最新",
        f"角色：{'、'.join(role.name for role in roles.values())}",
        f"工作日历：载入 {years[0]}–{years[-1]} 年" if years else "工作日历：已载入，未改动",
        f"计划任务：新建 {'、'.join(s.title for s in schedules)}" if schedules else "计划任务：已就绪",
        *_index(),
        *_nobody_on_top(),
        "静态检查：通过",
    ]


def _nobody_on_top() -> list[str]:
    """What belongs to the whole installation needs somebody who may change it."""
    from shian.kernel.people.models import User
    from shian.kernel.scopes.models import Grant

    if not User.unscoped.exists() or Grant.unscoped.live().filter(role__code="platform", state="given").exists():
        return []
    return ["平台管理员：还没有人；用 shian user grant 登录名 platform --place 区域 指定"]


def _index() -> list[str]:
    """Rows that stood in the database before they were searchable are indexed by a job."""
    from shian.kernel.jobs.models import Job
    from shian.kernel.scopes import SYSTEM
    from shian.kernel.search.actions import rebuild
    from shian.kernel.search.models import SearchEntry
    from shian.kernel.search.registry import searchables

    indexed = set(SearchEntry.unscoped.values_list("object_type", flat=True).distinct())
    new = [
        s for label, s in searchables().items() if label not in indexed and s.model.unscoped.live().exists()
    ]
    if not new or Job.unscoped.filter(kind="search.rebuild", state__in=Job.OPEN).exists():
        return []
    rebuild(SYSTEM)
    return ["搜索索引：已排队，由 shian worker 建立"]
