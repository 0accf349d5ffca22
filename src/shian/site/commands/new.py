"""``shian new``: the skeleton of an app or an entity, as ``docs/adding-an-entity.md`` describes it."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def command() -> None:
    """在源码目录中新建应用或实体的骨架。"""
    from ._django import setup

    setup()


@command.command("app")
@click.argument("name")
@click.option("--label", required=True, help="中文名，如 应急演练")
def app(name: str, label: str) -> None:
    """新建应用 NAME（小写英文，如 drills）。"""
    from django.apps import apps

    from shian.site import scaffold

    src, tests = _tree()
    try:
        scaffold.check_app(name, src, tests, {config.label for config in apps.get_app_configs()})
        scaffold.check_label(label)
        texts = scaffold.new_app(name, label, src, tests)
        scaffold.write(texts)
    except scaffold.Refused as error:
        raise click.ClickException(str(error)) from error
    _say(texts, [
        f'在 {src / "site" / "settings.py"} 的 INSTALLED_APPS 中，"shian.site" 之前，写上 "shian.apps.{name}",',
        f"shian new entity {name} 实体名 --label 中文名",
    ])  # fmt: skip


@command.command("entity")
@click.argument("app")
@click.argument("name")
@click.option("--label", required=True, help="中文名，如 应急演练")
def entity(app: str, name: str, label: str) -> None:
    """在应用 APP 中新建实体 NAME（小写英文单数，如 drill）。"""
    from shian.site import scaffold

    src, tests = _tree()
    try:
        scaffold.check_word(name, "实体")
        scaffold.check_label(label)
        _refuse_taken(app, name, src)
        texts = scaffold.new_entity(app, name, label, src, tests)
        scaffold.write(texts)
    except scaffold.Refused as error:
        raise click.ClickException(str(error)) from error
    _say(texts, [
        f"改好字段后：.venv/bin/ruff format src/shian/apps/{app} tests/apps/{app}",
        f".venv/bin/python manage.py makemigrations {app}，然后 .venv/bin/shian migrate",
        f".venv/bin/python -m pytest tests/apps/{app}/test_{name}.py",
        "make messages，并翻译新的词条",
    ])  # fmt: skip


def _tree() -> tuple[Path, Path]:
    """``src/shian`` and ``tests`` of the checkout this command runs from."""
    import shian

    src = Path(shian.__file__).parent
    tests = src.parents[1] / "tests"
    if not (src / "apps").is_dir() or not (tests / "conftest.py").is_file():
        raise click.ClickException("只能在源码目录中运行：已安装的软件包里没有测试目录")
    return src, tests


def _refuse_taken(app: str, name: str, src: Path) -> None:
    """Verbs, addresses and models are known by one name across all apps."""
    from django.apps import apps
    from django.urls import Resolver404, resolve

    from shian.kernel.scopes import verbs
    from shian.site.scaffold import Names, Refused

    present = sorted(p.parent.name for p in (src / "apps").glob("*/apps.py"))
    if app not in present:
        raise Refused(f"没有应用“{app}”；现有：{'、'.join(present) or '无'}。可先运行 shian new app")
    names = Names(name)
    models = {m._meta.model_name: m._meta.app_label for m in apps.get_models()}
    if names.model in models:
        raise Refused(f"实体名称“{name}”已被应用 {models[names.model]} 使用；操作名 {names.model}.* 不能重复")
    if names.model in {verb.split(".")[0] for verb in verbs.known()}:
        raise Refused(f"实体名称“{name}”已被操作名 {names.model}.* 占用")
    try:
        resolve(f"/{names.plural}/")
    except Resolver404:
        return
    raise Refused(f"地址 /{names.plural}/ 已被占用，请换一个实体名称")


def _say(texts: dict[Path, str], then: list[str]) -> None:
    click.echo("已写：")
    for path in texts:
        click.echo(f"  {path}")
    click.echo("接下来：")
    for n, line in enumerate(then, 1):
        click.echo(f"  {n}. {line}")
