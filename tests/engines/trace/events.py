"""Short ways to write events in tests: JSON-LD in, :class:`Event` out."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from shian.core.epcis import Event, event_from_json, event_to_json
from shian.core.epcis.jsonld.read import parse_json

START = datetime(2026, 3, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
_count = itertools.count(1)


def at(hours: float) -> str:
    return (START + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")


def seconds(hours: float) -> int:
    return int((START + timedelta(hours=hours)).timestamp())


def lot(name: str) -> str:
    return f"https://id.gs1.org/01/09521234000013/10/{name}"


def place(name: str) -> str:
    """A holder; names of one digit."""
    base = f"952000000{ord(name) % 1000:03d}"
    check = -sum(int(d) * (1, 3)[i % 2] for i, d in enumerate(base)) % 10
    return f"https://id.gs1.org/414/{base}{check}"


def pallet(number: int) -> str:
    base = f"09520000000000{number:03d}"
    check = -sum(int(d) * (3, 1)[i % 2] for i, d in enumerate(base)) % 10
    return f"https://id.gs1.org/00/{base}{check}"


def event(kind: str, hours: float, **fields: Any) -> Event:
    number = next(_count)
    raw: dict[str, Any] = {
        "type": f"{kind}Event",
        "eventTime": at(hours),
        "eventTimeZoneOffset": "+08:00",
        "eventID": fields.pop("eventID", f"urn:uuid:00000000-0000-4000-8000-{number:012d}"),
        **fields,
    }
    tree = parse_json(orjson.dumps(raw))
    assert isinstance(tree, Mapping)
    return event_from_json(tree)


def amounts(lots: Mapping[str, float | None] | str) -> list[dict[str, Any]]:
    if isinstance(lots, str):
        lots = dict.fromkeys(lots, None)
    return [
        {"epcClass": lot(n)} | ({} if q is None else {"quantity": q, "uom": "KGM"}) for n, q in lots.items()
    ]


def make(hours: float, lots: Any, where: str, **more: Any) -> Event:
    return event(
        "Object", hours, action="ADD", bizStep="commissioning", quantityList=amounts(lots),
        bizLocation={"id": place(where)}, **more,
    )  # fmt: skip


def ship(hours: float, lots: Any, where: str, to: str | None, **more: Any) -> Event:
    if to:
        more["destinationList"] = [{"type": "possessing_party", "destination": place(to)}]
    return event(
        "Object", hours, action="OBSERVE", bizStep="shipping", quantityList=amounts(lots),
        readPoint={"id": place(where)}, **more,
    )  # fmt: skip


def receive(hours: float, lots: Any, where: str, source: str | None, **more: Any) -> Event:
    if source:
        more["sourceList"] = [{"type": "possessing_party", "source": place(source)}]
    return event(
        "Object", hours, action="OBSERVE", bizStep="receiving", quantityList=amounts(lots),
        bizLocation={"id": place(where)}, **more,
    )  # fmt: skip


def cook(hours: float, inputs: Any, outputs: Any, where: str | None, **more: Any) -> Event:
    if where:
        more["bizLocation"] = {"id": place(where)}
    return event(
        "Transformation", hours, inputQuantityList=amounts(inputs), outputQuantityList=amounts(outputs), **more
    )


def pack(hours: float, number: int, lots: Any, where: str, *, out: bool = False, **more: Any) -> Event:
    return event(
        "Aggregation", hours, action="DELETE" if out else "ADD", parentID=pallet(number),
        childQuantityList=amounts(lots), readPoint={"id": place(where)}, **more,
    )  # fmt: skip


def nest(hours: float, outer: int, inner: int, where: str, *, out: bool = False) -> Event:
    return event(
        "Aggregation", hours, action="DELETE" if out else "ADD", parentID=pallet(outer),
        childEPCs=[pallet(inner)], readPoint={"id": place(where)},
    )  # fmt: skip


def move_pallet(hours: float, number: int, where: str, other: str, *, arrives: bool) -> Event:
    side: dict[str, Any] = (
        {"sourceList": [{"type": "possessing_party", "source": place(other)}], "bizStep": "receiving"}
        if arrives
        else {"destinationList": [{"type": "possessing_party", "destination": place(other)}], "bizStep": "shipping"}
    )
    return event(
        "Object", hours, action="OBSERVE", epcList=[pallet(number)], readPoint={"id": place(where)}, **side
    )


def declare_wrong(event_: Event) -> Event:
    """An error declaration of an event."""
    raw = dict(event_to_json(event_))
    raw["errorDeclaration"] = {"declarationTime": at(2000), "reason": "incorrect_data"}
    return event_from_json(raw)
