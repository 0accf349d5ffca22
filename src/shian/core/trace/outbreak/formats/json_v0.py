"""FoodChain-Lab JSON, version 0: plain objects, flags on the stations and deliveries themselves.

Two layouts: ``stations``, ``deliveries``, ``deliveriesRelations`` side by side, or all under ``elements`` with the
relations as ``connections`` of each station; there an entry that ``contains`` others is a group.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shian.core.words import say

from ..model import Delivery, Network, NetworkError, Station, parse_date
from .flags import FileFlags, Flags
from .json_v1 import text_of

_STATION = frozenset(
    [
        "id",
        "name",
        "incoming",
        "outgoing",
        "connections",
        "contains",
        "outbreak",
        "weight",
        "crossContamination",
        "killContamination",
        "observed",
        "invisible",
        "properties",
        "score",
        "commonLink",
        "forward",
        "backward",
        "selected",
        "position",
        "contained",
    ]
)
_DELIVERY = frozenset(
    [
        "id",
        "name",
        "lot",
        "date",
        "source",
        "target",
        "originalSource",
        "originalTarget",
        "incoming",
        "outgoing",
        "outbreak",
        "weight",
        "crossContamination",
        "killContamination",
        "observed",
        "invisible",
        "properties",
        "score",
        "forward",
        "backward",
        "selected",
    ]
)


def is_v0(document: Mapping[str, Any]) -> bool:
    """True when the document has one of the two layouts."""
    return {"stations", "deliveries", "deliveriesRelations"} <= document.keys() or "elements" in document


def read_v0(document: Mapping[str, Any]) -> tuple[Network, FileFlags]:
    """Network and flags of a v0 document. Raises :class:`NetworkError`."""
    held = document.get("elements", document)
    places, goods = _list(held, "stations"), _list(held, "deliveries")
    if "deliveriesRelations" in document:
        pairs = _list(document, "deliveriesRelations")
    else:
        pairs = [c for place in places for c in place.get("connections") or ()]
    groups = {str(p["id"]): tuple(str(m) for m in p["contains"]) for p in places if p.get("contains")}
    stations = tuple(
        Station(text_of(p["id"]), text_of(p.get("name")), _rest(p, _STATION))
        for p in places
        if not p.get("contains")
    )
    relations = tuple((_need(r, "source", "relations"), _need(r, "target", "relations")) for r in pairs)
    network = Network(stations, tuple(map(_delivery, goods)), tuple(dict.fromkeys(relations)))
    return network, FileFlags(
        stations=tuple(Flags.of(p, "stations") for p in places),
        deliveries=tuple(Flags.of(d, "deliveries") for d in goods),
        groups=groups,
        invisible_stations=tuple(text_of(p["id"]) for p in places if p.get("invisible")),
    )


def _delivery(row: Mapping[str, Any]) -> Delivery:
    where = f"deliveries ID={row.get('id')!r}"
    return Delivery(
        id=_need(row, "id", where),
        source=text_of(row.get("originalSource")) or _need(row, "source", where),
        target=text_of(row.get("originalTarget")) or _need(row, "target", where),
        product=text_of(row.get("name")),
        lot=text_of(row.get("lot")),
        date_out=parse_date(text_of(row.get("date"))),
        properties=_rest(row, _DELIVERY),
    )


def _list(held: object, name: str) -> list[dict[str, Any]]:
    value = held.get(name) if isinstance(held, dict) else None
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise NetworkError("not_a_list", say("%(name)s: 应为对象列表", name=name))
    if name != "deliveriesRelations":
        for number, row in enumerate(value, start=1):
            _need(row, "id", say("%(name)s 第 %(number)s 行", name=name, number=number))
    return value


def _need(row: Mapping[str, Any], name: str, where: str) -> str:
    value = text_of(row.get(name))
    if not value:
        raise NetworkError("value_missing", say("%(where)s %(name)s: 缺少值", where=where, name=name))
    return value


def _rest(row: Mapping[str, Any], known: frozenset[str]) -> dict[str, str]:
    listed = {str(p["name"]): text_of(p.get("value")) for p in row.get("properties") or ()}
    return {**{k: text_of(v) for k, v in row.items() if k not in known and v is not None}, **listed}
