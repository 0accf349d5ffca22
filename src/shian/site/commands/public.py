"""``shian public``: the projection that anybody may read, rebuilt or written out as files."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def command() -> None:
    """公示信息：重建、导出为静态文件。"""


def _ready() -> None:
    from ._django import require_migrated, setup

    setup()
    require_migrated()


@command.command()
def rebuild() -> None:
    """按现有数据重建全部公示信息；期间照常可读。"""
    _ready()
    from shian.kernel.public.actions import rebuild as step
    from shian.kernel.public.models import PublicRow

    cursor = step({})
    while cursor is not None:
        cursor = step(cursor)
    click.echo(f"公示信息：{PublicRow.unscoped.count()} 条")


@command.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """写成静态文件，放入 FOLDER（public/ 与样式表），可由另一台主机提供。"""
    _ready()
    from shian.kernel.public.export import NotOurs, export

    try:
        count = export(folder)
    except NotOurs as error:
        raise click.ClickException(f"{error} 不是此前导出的公示文件，未作改动；请另选目录") from error
    except OSError as error:
        raise click.ClickException(f"不能写入 {folder}：{error.strerror}") from error
    click.echo(f"已导出 {count} 条公示信息到 {folder}")
