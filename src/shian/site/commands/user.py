"""``shian user``: the first administrator of an installation, and help for a locked-out one."""

from __future__ import annotations

import click


@click.group()
def command() -> None:
    """用户：新建管理员、授权、重设密码。"""


@command.command()
@click.argument("username")
@click.option("--name", required=True, help="姓名")
@click.option("--place", "place_name", required=True, help="所辖区域名称；不存在时新建")
@click.option(
    "--level",
    type=click.Choice(["province", "city", "county"]),
    default="county",
    show_default=True,
    help="新建区域的层级",
)
@click.option("--role", default="admin", show_default=True, help="角色代码")
@click.password_option(help="密码，至少 10 位")
def add(username: str, name: str, place_name: str, level: str, role: str, password: str) -> None:
    """新建用户 USERNAME，归入该区域的食安办，并授予角色。"""
    from ._django import require_migrated, setup

    setup()
    require_migrated()
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from shian.kernel.people import actions as people
    from shian.kernel.people.models import Unit, User
    from shian.kernel.places import actions as places
    from shian.kernel.places.models import Place
    from shian.kernel.scopes import SYSTEM, system
    from shian.kernel.scopes.models import Role

    with system("the first administrator is made at the console"), transaction.atomic():
        chosen = Role.objects.filter(code=role).first()
        if chosen is None:
            codes = "、".join(Role.objects.values_list("code", flat=True))
            raise click.UsageError(f"没有角色“{role}”，可用：{codes}")
        if User.objects.filter(username__iexact=username).exists():
            raise click.ClickException(f"登录名“{username}”已被使用")
        place = Place.objects.live().filter(name=place_name).first() or places.save_place(
            actor=SYSTEM, place=Place(name=place_name, kind=level)
        )
        title = f"{place_name}食品安全委员会办公室"
        unit = Unit.objects.live().filter(place=place, kind="office").first() or people.save_unit(
            actor=SYSTEM,
            unit=Unit(name=title, short_name="食安办", kind="office", place=place, member=True, sort=1),
        )
        user = User(username=username, name=name, unit=unit)
        try:
            people.save_user(actor=SYSTEM, user=user, password=password)
        except ValidationError as error:
            raise click.ClickException("密码不合要求：" + "；".join(error.messages)) from error
        roles = [chosen, *_platform_if_none()]
        for each in roles:
            people.grant(actor=SYSTEM, user=user, role=each, places=[place])
    click.echo(f"已新建用户 {username}（{name}，{'、'.join(r.name for r in roles)}，{place_name}）")


def _platform_if_none() -> list:
    """The first person made at the console also looks after the whole installation."""
    from shian.kernel.scopes.models import Grant, Role

    held = Grant.objects.live().filter(role__code="platform", state="given")
    return [] if held.exists() else list(Role.objects.filter(code="platform"))


@command.command()
@click.argument("username")
@click.argument("role")
@click.option("--place", "place_name", required=True, help="授权范围：区域名称")
def grant(username: str, role: str, place_name: str) -> None:
    """授予 USERNAME 角色 ROLE；在服务器上办理，不需要第二人复核。"""
    from ._django import require_migrated, setup

    setup()
    require_migrated()
    from shian.kernel.people import actions as people
    from shian.kernel.people.models import User
    from shian.kernel.places.models import Place
    from shian.kernel.scopes import SYSTEM, system
    from shian.kernel.scopes.models import Role

    with system("the console"):
        user = User.objects.filter(username=username).first()
        chosen = Role.objects.filter(code=role).first()
        place = Place.objects.live().filter(name=place_name).first()
        for what, found, given in (("用户", user, username), ("角色", chosen, role), ("区域", place, place_name)):
            if found is None:
                raise click.ClickException(f"没有{what}“{given}”")
        people.grant(actor=SYSTEM, user=user, role=chosen, places=[place], reason="在服务器上授权")
    click.echo(f"已授予 {username}：{chosen.name}，{place_name}")


@command.command()
@click.argument("username")
def password(username: str) -> None:
    """给 USERNAME 设一个新的随机密码并显示一次。"""
    from ._django import require_migrated, setup

    setup()
    require_migrated()
    from shian.kernel.people import actions as people
    from shian.kernel.people.models import User
    from shian.kernel.scopes import SYSTEM, system

    with system("the console"):
        user = User.objects.filter(username=username).first()
        if user is None:
            raise click.ClickException(f"没有用户“{username}”")
        click.echo(people.reset_password(actor=SYSTEM, user=user))
