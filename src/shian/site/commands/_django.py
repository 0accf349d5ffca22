"""Django, set up once for the commands that need it, with errors a person can act on."""

from __future__ import annotations

import os

import click


def setup() -> None:
    """Makes the data folder and loads the settings named by ``DJANGO_SETTINGS_MODULE``."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shian.site.settings")
    import django
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    try:
        for folder in (settings.DATA_DIR, settings.STATIC_ROOT, settings.MEDIA_ROOT):
            folder.mkdir(parents=True, exist_ok=True)
        django.setup()
    except PermissionError as error:
        raise click.ClickException(
            f"不能写入数据目录 {error.filename}；请检查权限或另设 SHIAN_DATA"
        ) from error
    except (ImproperlyConfigured, ValueError) as error:
        raise click.ClickException(str(error)) from error


def unapplied() -> list[str]:
    """Names of migrations the database lacks. Raises :class:`click.ClickException` when it is out of reach."""
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise click.ClickException(f"无法连接数据库：{error}") from error
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def require_migrated() -> None:
    if missing := unapplied():
        raise click.ClickException(f"数据库结构不是最新（缺 {len(missing)} 项），请先运行 shian migrate")


def faults() -> list[str]:
    """What the apps declare that does not exist, and whatever else Django's own checks refuse."""
    from django.core import checks

    return [m.msg for m in checks.run_checks() if m.is_serious() and not m.is_silenced()]


def require_sound() -> None:
    if found := faults():
        raise click.ClickException("\n".join(found))
