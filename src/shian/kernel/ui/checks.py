"""What an app declares must exist: named when the server starts (``shian serve``, ``migrate``, ``check``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

from django.core import checks
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from ..app import Item, ShianApp, installed
from ..scopes import verbs
from .nav import SECTIONS

SPRITE = Path(__file__).parent / "static" / "ui" / "icons.svg"


@lru_cache(maxsize=1)
def icons() -> frozenset[str]:
    """Names in the sprite."""
    return frozenset(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text("utf-8")))


def declarations(**_options: object) -> list[checks.CheckMessage]:
    """Every fault of every installed app, each with the app's name and the value."""
    found = []
    for app in installed():
        for text in (*_nav(app), *_roles(app), *_parts(app)):
            found.append(checks.Error(f"应用 {app.label}：{text}", id="shian.E001"))
    return found + [checks.Error(text, id="shian.E002") for text in _names_of_roles()]


def _nav(app: ShianApp) -> Iterator[str]:
    for item in app.nav:
        where = f"导航“{item.label}”"
        if item.icon not in icons():
            yield f"{where}的图标 {item.icon!r} 不在 ui/icons.svg 中"
        if item.section not in {s.name for s in SECTIONS}:
            yield f"{where}的栏目 {item.section!r} 不存在"
        if item.permission and item.permission not in verbs.known():
            yield f"{where}的权限 {item.permission!r} 没有声明"
        if not _leads_somewhere(item):
            yield f"{where}的地址 {' '.join((item.url_name, *item.args))!r} 不存在"


def _leads_somewhere(item: Item) -> bool:
    """An address that is written and read again: a resource of that name may not be served."""
    try:
        resolve(reverse(item.url_name, args=item.args))
    except (NoReverseMatch, Resolver404):
        return False
    return True


def _roles(app: ShianApp) -> Iterator[str]:
    for part in app.roles:
        for pattern in part.permissions:
            if not any(fnmatchcase(verb, pattern) for verb in verbs.known()):
                yield f"角色 {part.code!r} 的权限 {pattern!r} 不对应任何已声明的操作"


def _names_of_roles() -> Iterator[str]:
    """One app names a role, others add to it: a code that nobody names is mistyped, or its owner is not installed."""
    parts = [(app, part) for app in installed() for part in app.roles]
    named: dict[str, str] = {}
    for app, part in parts:
        if part.name and named.setdefault(part.code, part.name) != part.name:
            yield f"应用 {app.label}：角色 {part.code!r} 又名 {part.name!r}，已定义为 {named[part.code]!r}"
    for app, part in parts:
        if part.code not in named:
            yield f"应用 {app.label}：角色 {part.code!r} 没有名称，也没有应用定义它"


def _parts(app: ShianApp) -> Iterator[str]:
    """Functions and files that the declaration names."""
    for dotted in (*app.inbox, *filter(None, [app.demo])):
        try:
            app.part(dotted)
        except (ImportError, AttributeError):
            yield f"函数 {dotted!r} 不存在"
    for page in app.pages():
        if not page.is_file():
            yield f"手册页 {page.name!r} 不存在"
