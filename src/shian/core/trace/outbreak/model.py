"""What an investigation knows: stations, deliveries between them, and which delivery went into which.

*Station* (经营主体, food business operator) · *delivery* (交付: one lot moved from a source to a target) ·
*relation* (投入关系: delivery → delivery, "this was used to make that", always at one station). A *lot* (批次)
is what a supplier sold under one key; it may leave in several deliveries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

from shian.core.errors import Told
from shian.core.words import say


class NetworkError(Told, ValueError):
    """The tables do not form a network; the message names table, id and rule."""


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date of which month or day may be unknown. A day is known only when the month is."""

    year: int
    month: int | None = None
    day: int | None = None

    def ordinal(self) -> int | None:
        """Days since 0001-01-01 when the date is complete, else None."""
        if self.month is None or self.day is None:
            return None
        return date(self.year, self.month, self.day).toordinal()

    def text(self) -> str:
        """``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``."""
        parts = (f"{self.year:04d}", *(f"{p:02d}" for p in (self.month, self.day) if p is not None))
        return "-".join(parts)


_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_POINTS = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})")


def parse_date(text: str | None) -> PartialDate | None:
    """Read ``YYYY-MM-DD``, ``DD.MM.YYYY``, ``YYYY-MM`` or ``YYYY``; anything else is an unknown date."""
    text = (text or "").strip()
    if found := _POINTS.fullmatch(text):
        return make_date(int(found[3]), int(found[2]), int(found[1]))
    if found := _ISO.fullmatch(text):
        year, month, day = (int(part) if part else None for part in found.groups())
        return make_date(year, month, day)
    return None


def make_date(year: int | None, month: int | None, day: int | None) -> PartialDate | None:
    """A date from its parts; None when the year is unknown or the date does not exist in the calendar."""
    if year is None or not 1 <= year <= 9999:
        return None
    if month is None:
        return PartialDate(year)
    try:
        date(year, month, day or 1)
    except ValueError:
        return None
    return PartialDate(year, month, day)


@dataclass(frozen=True, slots=True)
class Station:
    """A business: id, name, and further columns as text."""

    id: str
    name: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One lot moved. ``lot_key`` tells lots apart; by default supplier, product and lot number (or id)."""

    id: str
    source: str
    target: str
    product: str = ""
    lot: str = ""
    date_out: PartialDate | None = None
    date_in: PartialDate | None = None
    lot_key: str = ""
    amount: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)

    def lot_identity(self) -> str:
        """The key under which deliveries count as one lot."""
        return self.lot_key or f"{self.source}|{self.product or self.id}|{self.lot or self.id}"


@dataclass(frozen=True)
class Network:
    """Stations, deliveries, relations ``(from delivery, into delivery)``; checked when made.

    Raises :class:`NetworkError` for a repeated id, an unknown reference, or a relation between deliveries
    that do not meet at one station.
    """

    stations: tuple[Station, ...]
    deliveries: tuple[Delivery, ...]
    relations: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if len(self.station_index) != len(self.stations):
            raise NetworkError(
                "repeated_station",
                say("stations ID=%(id)r: 编号重复", id=_repeated(s.id for s in self.stations)),
            )
        if len(self.delivery_index) != len(self.deliveries):
            raise NetworkError(
                "repeated_delivery",
                say("deliveries ID=%(id)r: 编号重复", id=_repeated(d.id for d in self.deliveries)),
            )
        for d in self.deliveries:
            for name, value in (("source", d.source), ("target", d.target)):
                if value not in self.station_index:
                    raise NetworkError(
                        "unknown_station",
                        say(
                            "deliveries ID=%(id)r %(name)s=%(value)r: 没有这个主体",
                            id=d.id,
                            name=name,
                            value=value,
                        ),
                    )
        for pair in self.relations:
            for name, value in zip(("from", "to"), pair, strict=True):
                if value not in self.delivery_index:
                    raise NetworkError(
                        "unknown_delivery",
                        say("deliveryRelations %(name)s=%(value)r: 没有这笔交付", name=name, value=value),
                    )
            before, after = (self.deliveries[self.delivery_index[i]] for i in pair)
            if before.target != after.source:
                raise NetworkError(
                    "not_joined",
                    say(
                        "deliveryRelations %(before)r → %(after)r: 前者送达 %(target)r，后者发自 %(source)r，不在同一主体",
                        before=before.id,
                        after=after.id,
                        target=before.target,
                        source=after.source,
                    ),
                )

    @cached_property
    def station_index(self) -> dict[str, int]:
        """Position of each station id."""
        return {s.id: i for i, s in enumerate(self.stations)}

    @cached_property
    def relation_index(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Positions of the deliveries before and after, each relation once."""
        index, count = self.delivery_index, max(len(self.deliveries), 1)
        keys = np.unique(np.array([index[a] * count + index[b] for a, b in self.relations], dtype=np.int64))
        return keys // count, keys % count

    @cached_property
    def delivery_index(self) -> dict[str, int]:
        """Position of each delivery id."""
        return {d.id: i for i, d in enumerate(self.deliveries)}


def _repeated(ids: Iterable[str]) -> str:
    seen: set[str] = set()
    for value in ids:
        if value in seen:
            return value
        seen.add(value)
    return ""


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that reads digits as numbers: D2 before D10. Gives every listing one order."""
    if text.isdecimal():
        return ((0, int(text), ""),)
    parts = re.split(r"(\d+)", text)
    return tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts if p)
