"""What waits for a person: groups that apps contribute, each with a label, a query and the list behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.db import models

from shian.kernel.scopes.actor import Actor

SHOWN = 12
"""Items of a group that has a list behind 全部; a group without one shows them all."""
MOST = 500


@dataclass(frozen=True)
class Item:
    title: str
    url: str
    meta: str = ""
    due: dt.date | None = None
    done: bool = False
    working_days: int | None = None
    state: dict | None = None
    progress: int | None = None


@dataclass
class Group:
    """One group of the page, with what is in it for one person on one day."""

    name: str
    label: str
    items: Sequence[Item]
    tone: str = "info"
    icon: str = "inbox"
    url: str = ""
    """The list that shows all of them."""
    order: int = 50
    always: bool = False
    """Has a tile even when it is empty."""

    @property
    def shown(self) -> Sequence[Item]:
        return self.items[:SHOWN] if self.url else self.items


@dataclass(frozen=True)
class Count:
    """A number of an overview, one click from the rows it counts; ``tone`` where it is not nothing."""

    label: str
    value: int
    url: str
    tone: str = ""


@dataclass(frozen=True)
class Line:
    title: str
    url: str
    counts: Sequence[Count]


@dataclass(frozen=True)
class Overview:
    """How others stand whom one watches over (a city its counties): a table of counts. It waits for nobody."""

    name: str
    label: str
    rows: str
    """Heading of the first column; those of the counts are their labels."""
    lines: Sequence[Line]
    icon: str = "map-pin"
    order: int = 50


Source = Callable[[Actor, dt.date], Iterable[Group | Overview]]


@dataclass(frozen=True)
class Waiting:
    """A group that is one query: rows that wait for the actor on that day. ``item`` says how one looks."""

    name: str
    label: str
    query: Callable[[Actor, dt.date], models.QuerySet]
    url: str = ""
    tone: str = "info"
    icon: str = "inbox"
    order: int = 50
    item: Callable[[models.Model], Item] = field(default=lambda obj: Item(str(obj), obj.get_absolute_url()))

    def __call__(self, actor: Actor, day: dt.date) -> list[Group]:
        items = [self.item(obj) for obj in self.query(actor, day)[:MOST]]
        return [Group(self.name, str(self.label), items, self.tone, self.icon, self.url, self.order)]


_sources: list[Source] = []
_covered: set[str] = set()


def contribute(*sources: Source, covers: Iterable[type[models.Model]] = ()) -> None:
    """Adds groups to the page. ``covers``: flow-driven models whose rows these groups already show."""
    _sources.extend(s for s in sources if s not in _sources)
    _covered.update(m._meta.label_lower for m in covers)


def covered() -> frozenset[str]:
    return frozenset(_covered)


def groups(actor: Actor, day: dt.date) -> list[Group | Overview]:
    """Every group and overview for ``actor``, in order."""
    found = [group for source in _sources for group in source(actor, day)]
    return sorted(found, key=lambda g: g.order)
