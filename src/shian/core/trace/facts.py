"""What an event says for tracing: one :class:`Fact` per thing that it mentions.

An EPCIS event tells a story in five dimensions; following lots needs few of them: which thing, where, when,
to or from whom, into which carrier or process. Facts are what the graph is derived from, so the rules by which
an event's fields become places and movements stand here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from shian.core.epcis import Event, Party, QuantityElement, bare
from shian.core.gs1 import canonical_id

from .edges import FOREVER, scaled


class Act(IntEnum):
    """What happened to the thing."""

    MAKE = 1  # came into being (ObjectEvent ADD)
    SEEN = 2  # was there
    SHIP = 3  # left for somebody else
    RECEIVE = 4  # came from somebody else
    VOID_SHIP = 5  # an earlier SHIP did not take place
    INPUT = 6  # went into a transformation
    OUTPUT = 7  # came out of one
    PACK = 8  # was put into a carrier
    UNPACK = 9  # was taken out; the carrier itself: everything was
    LINK = 10  # was associated with a reusable asset
    UNLINK = 11


class Fact(NamedTuple):
    """One thing in one event. ``at`` is where; ``own`` the party there and ``peer`` the other party, as given;
    ``group`` the carrier, or the transformationID (empty: this event alone). ``time`` in seconds since 1970.
    ``unit`` tells a serial or logistic unit from a quantity of a class. ``amount`` is
    (mantissa, scale): the exact quantity ``mantissa * 10**-scale`` in ``measure``."""

    time: int
    act: int
    thing: str
    unit: bool
    at: str
    own: str
    peer: str
    papers: str
    group: str
    amount: tuple[int, int] | None
    measure: str


_SHIPPING = frozenset({"shipping"})
_RECEIVING = frozenset({"receiving", "accepting"})
_LOCATION_FIRST = ("location", "possessing_party", "owning_party")
_PARTY_FIRST = ("possessing_party", "owning_party", "location")
_GLN = re.compile(r"https://id\.gs1\.org/(?:41[0-7])/([0-9]{13})(?:/254/.*)?")


def seconds(instant: datetime) -> int:
    """Whole seconds since 1970, rounded down, kept within what an edge can say (1970 … 2106) and a walk tell from its
    two ends of time, 0 and ``FOREVER``."""
    return min(max(int(instant.timestamp() // 1), 1), FOREVER - 1)


@lru_cache(65536)
def thing(identifier: str) -> str:
    """The one key of a lot, serial or unit: EPC URN and Digital Link of the same thing meet here."""
    return canonical_id(identifier)


@lru_cache(65536)
def holder(identifier: str) -> str:
    """The one key of a holder: a party's GLN and a location's GLN are one, rooms of a site belong to the site."""
    canonical = canonical_id(identifier)
    found = _GLN.fullmatch(canonical)
    return f"https://id.gs1.org/414/{found[1]}" if found else canonical


def facts(event: Event) -> Iterator[Fact]:
    """The facts of ``event``; extended event types, which no standard explains, give none."""
    if event.type == "TransformationEvent":
        yield from _transformation(event)
    elif event.type in ("AggregationEvent", "AssociationEvent"):
        yield from _containment(event)
    elif event.type in ("ObjectEvent", "TransactionEvent"):
        yield from _movement(event)


def _movement(event: Event) -> Iterator[Fact]:
    act, at, own, peer = _act(event)
    papers = "\n".join(sorted({t.id for t in event.biz_transactions}))
    things = (*event.epc_list, event.parent_id) if event.parent_id else event.epc_list
    for name, unit, amount, measure in _things(things, event.quantity_list):
        yield Fact(
            seconds(event.event_time.instant), act, name, unit, at, own, peer, papers, "", amount, measure
        )


def _act(event: Event) -> tuple[Act, str, str, str]:
    """(act, at, own, peer) of an object or transaction event.

    The step decides; where it is silent, parties do: a destination that is not here means leaving, a source that
    is not here means arriving. Goods that leave are where they are read; otherwise the business location counts.
    """
    step = bare("bizStep", event.biz_step or "")
    leaving = step in _SHIPPING or step == "void_shipping"
    at = _where(event, leaving)
    source, target = _party(event.sources, _LOCATION_FIRST), _party(event.destinations, _LOCATION_FIRST)
    if not leaving and step not in _RECEIVING:
        arriving = bool(source) and source != at and (not target or target == at)
        leaving = bool(target) and target != at and not arriving
        if not leaving and not arriving:
            return (Act.MAKE if event.action == "ADD" else Act.SEEN), at or target or source, "", ""
    if leaving:
        act = Act.VOID_SHIP if step == "void_shipping" else Act.SHIP
        return act, at or source, _party(event.sources, _PARTY_FIRST), target
    return Act.RECEIVE, at or target, _party(event.destinations, _PARTY_FIRST), source


def _transformation(event: Event) -> Iterator[Fact]:
    at, time, group = _where(event, False), seconds(event.event_time.instant), event.transformation_id or ""
    for act, epcs, quantities in (
        (Act.INPUT, event.input_epc_list, event.input_quantity_list),
        (Act.OUTPUT, event.output_epc_list, event.output_quantity_list),
    ):
        for name, unit, amount, measure in _things(epcs, quantities):
            yield Fact(time, act, name, unit, at, "", "", "", group, amount, measure)


def _containment(event: Event) -> Iterator[Fact]:
    at, time = _where(event, False), seconds(event.event_time.instant)
    bond = event.type == "AssociationEvent"
    act = {
        "ADD": Act.LINK if bond else Act.PACK,
        "DELETE": Act.UNLINK if bond else Act.UNPACK,
    }.get(event.action or "", Act.SEEN)
    carrier = thing(event.parent_id) if event.parent_id else ""
    if carrier:
        yield Fact(time, Act.SEEN, carrier, True, at, "", "", "", "", None, "")
    elif act is not Act.SEEN:
        return  # the schema wants a parent here; without one nothing can be said
    children = list(_things(event.child_epcs, event.child_quantity_list))
    if not children and act in (Act.UNPACK, Act.UNLINK):
        children = [(carrier, True, None, "")]
    for name, unit, amount, measure in children:
        group = carrier if act is not Act.SEEN else ""
        yield Fact(time, act, name, unit, at, "", "", "", group, amount, measure)


def _things(
    epcs: Iterable[str], quantities: Sequence[QuantityElement]
) -> Iterator[tuple[str, bool, tuple[int, int] | None, str]]:
    """(key, unit?, amount, measure) of everything in two lists, each key once."""
    for name in dict.fromkeys(map(thing, epcs)):
        yield name, True, None, ""
    if len(quantities) > 1:
        yield from _summed(quantities)
    else:
        for q in quantities:  # one, or none
            yield thing(q.epc_class), False, None if q.quantity is None else _plain(q.quantity.text), q.uom or ""


def _summed(quantities: Sequence[QuantityElement]) -> Iterator[tuple[str, bool, tuple[int, int] | None, str]]:
    """A class listed several times counts with its sum; amounts in different units are left apart, unknown."""
    by_name: dict[str, list[QuantityElement]] = {}
    for q in quantities:
        by_name.setdefault(thing(q.epc_class), []).append(q)
    for name, rows in by_name.items():
        amounts = [q.quantity for q in rows if q.quantity is not None]
        if len({q.uom for q in rows}) > 1 or len(amounts) < len(rows):
            yield name, False, None, ""
        else:
            yield name, False, _plain(str(sum(amounts[1:], Decimal(amounts[0])))), rows[0].uom or ""


def _plain(text: str) -> tuple[int, int] | None:
    """(mantissa, scale) of a number, or None beyond the 18 digits that an index can hold (no food weighs that much)."""
    whole, _, fraction = text.partition(".")
    if len(text) <= 18 and (whole + fraction).isdecimal():
        return int(whole + fraction), len(fraction)
    try:
        return scaled(Decimal(text))
    except OverflowError:
        return None


def _where(event: Event, leaving: bool) -> str:
    first, second = event.biz_location, event.read_point
    if leaving:
        first, second = second, first
    place = first or second
    return holder(place.id) if place else ""


def _party(parties: Sequence[Party], preference: Sequence[str]) -> str:
    by_type = {bare("party", p.type): p.id for p in parties}
    for kind in preference:
        if kind in by_type:
            return holder(by_type[kind])
    return holder(parties[0].id) if parties else ""
