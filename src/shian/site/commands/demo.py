"""``shian demo``: the invented county, its people and plans."""

from __future__ import annotations

import click


@click.command()
@click.option("--if-empty", is_flag=True, help="数据库已有数据时不做任何事（否则报错）")
def command(if_empty: bool) -> None:
    """准备演示数据（虚构的演示县）。正式环境拒绝运行。"""
    from ._django import setup

    setup()
    from django.conf import settings

    from shian.site import demo

    from .migrate import bring_up_to_date

    if settings.SHIAN_MODE == "production":
        raise click.ClickException("正式环境（SHIAN_MODE=production）不能载入演示数据")
    for line in bring_up_to_date():
        click.echo(line)
    try:
        loaded = demo.load(if_empty=if_empty)
    except demo.NotEmpty as error:
        raise click.ClickException(str(error)) from error
    click.echo("演示数据：已载入" if loaded else "演示数据：数据库已有数据，未改动")
