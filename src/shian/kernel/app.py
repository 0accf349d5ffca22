"""What an app declares in its ``apps.py``: navigation, roles, addresses, inbox, demo part, manual.

Nothing else names an app but its line in the settings: take the line away and all of this is gone with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.http import HttpRequest


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


@dataclass(frozen=True)
class Part:
    """What an app adds to the role ``code``: patterns over "<model>.<verb>". One app names the role."""

    code: str
    permissions: tuple[str, ...]
    name: str = ""


class ShianApp(AppConfig):
    """An app of the installation. Names of modules and functions are relative to the app."""

    default = False  # Django would take this class, too, for a config of every module that imports it

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.default = True

    nav: tuple[Item, ...] = ()
    roles: tuple[Part, ...] = ()
    urls: str = ""
    """A module of pages of the app's own, included at the root."""
    resource_urls: str = ""
    """A module of pages that every resource gets; they come after everybody's own."""
    inbox: tuple[str, ...] = ()
    """Functions that say what waits for a person, ``source(actor, day)`` (``kernel.inbox``)."""
    inbox_covers: tuple[str, ...] = ()
    """Flow-driven models whose rows these already show; another app's with its label (``scopes.Grant``)."""
    demo: str = ""
    """A function ``load(cast, today)`` that adds the app's part to the demo county."""
    manual: tuple[str, ...] = ()
    """Pages of the manual: Markdown files below the app's folder."""

    def part(self, dotted: str) -> Any:
        """The function ``dotted`` of this app: "demo.load" stands in its module ``demo``."""
        module, _dot, name = f"{self.name}.{dotted}".rpartition(".")
        return getattr(import_module(module), name)

    def pages(self) -> list[Path]:
        return [Path(self.path) / name for name in self.manual]


def installed() -> list[ShianApp]:
    """In the order of the settings."""
    return [config for config in apps.get_app_configs() if isinstance(config, ShianApp)]
