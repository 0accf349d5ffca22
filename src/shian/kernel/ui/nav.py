"""What stands in the left navigation. Each app adds its own items in ``AppConfig.ready``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from ..scopes.rights import can


@dataclass(frozen=True)
class Item:
    """A line of the navigation: ``url_name`` with ``args``, seen by who holds ``permission`` (none: everyone)."""

    section: str
    label: str
    url_name: str
    icon: str = "point"
    order: int = 100
    permission: str = ""
    args: tuple[str, ...] = ()
    count: Callable[[HttpRequest], int] | None = None
    """A number shown at the end of the line; must cost at most one query."""

    def url(self) -> str | None:
        try:
            return reverse(self.url_name, args=self.args)
        except NoReverseMatch:
            return None  # the app that owns the page is not installed


@dataclass(frozen=True)
class Section:
    name: str
    label: str
    order: int


_sections: dict[str, Section] = {}
_items: dict[tuple[str, str, tuple[str, ...]], Item] = {}


def section(name: str, label: str, order: int = 100) -> None:
    _sections[name] = Section(name, label, order)


def add(*items: Item) -> None:
    """Registering the same address again in the same section replaces the former line."""
    for item in items:
        _items[item.section, item.url_name, item.args] = item


section("work", _("工作"), 10)
section("records", _("业务台账"), 50)
section("settings", _("系统设置"), 900)


def build(request: HttpRequest) -> list[dict]:
    """``[{label, lines: [{label, url, icon, count, current}]}]`` for the actor of ``request``."""
    actor = getattr(request, "actor", None)
    shown = [
        (item, url)
        for item in sorted(_items.values(), key=lambda i: (i.order, i.url_name))
        if (not item.permission or (actor and can(actor, item.permission))) and (url := item.url())
    ]
    current = _current(request.path, (url for _item, url in shown))
    sections = []
    for part in sorted(_sections.values(), key=lambda s: s.order):
        lines = [
            {
                "label": item.label,
                "url": url,
                "icon": item.icon,
                "current": url == current,
                "count": item.count(request) if item.count else 0,
            }
            for item, url in shown
            if item.section == part.name
        ]
        if lines:
            sections.append({"name": part.name, "label": part.label, "lines": lines})
    return sections


def _current(path: str, urls: Iterable[str]) -> str:
    """The longest address that is the beginning of ``path``; "/" only matches itself."""
    matching = [u for u in urls if path == u or (u != "/" and path.startswith(u))]
    return max(matching, key=len, default="")
