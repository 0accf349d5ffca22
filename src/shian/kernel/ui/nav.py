"""What stands in the left navigation: the lines that the installed apps declare."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..app import Item, installed
from ..scopes.rights import can


@dataclass(frozen=True)
class Section:
    name: str
    label: str


SECTIONS = (Section("work", _("工作")), Section("records", _("业务台账")), Section("settings", _("系统设置")))


def declared() -> list[Item]:
    items = [item for app in installed() for item in app.nav]
    return sorted(items, key=lambda i: (i.order, i.url_name))


def build(request: HttpRequest) -> list[dict]:
    """``[{label, lines: [{label, url, icon, count, current}]}]`` for the actor of ``request``."""
    actor = getattr(request, "actor", None)
    shown = [
        (item, reverse(item.url_name, args=item.args))
        for item in declared()
        if not item.permission or (actor and can(actor, item.permission))
    ]
    current = _current(request.path, (url for _item, url in shown))
    sections = []
    for part in SECTIONS:
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
