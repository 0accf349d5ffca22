"""FoodChain-Lab JSON, version 1: tables of rows of ``{id: column, value}``, flags under ``tracing``.

Columns are found by name without regard to case; ``lotKey`` (``Product_k``) tells lots apart when present,
else supplier, product and lot number do. Relations are ``from``/``to``, in old files ``ID``/``Next``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shian.core.words import say

from ..model import Delivery, Network, NetworkError, Station, parse_date
from .flags import FileFlags, Flags

_STATION = {"id": "id", "name": "name"}
_DELIVERY = {
    "id": "id",
    "from": "source",
    "to": "target",
    "name": "product",
    "lot number": "lot",
    "lot id": "lot_id",
    "product_k": "lot_key",
    "date delivery": "date_out",
    "date delivery arrival": "date_in",
    "amount": "amount",
}


def text_of(value: object) -> str:
    """A cell as text; null is empty, 3.0 is "3", true is "true"."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def rows(data: Mapping[str, Any], table: str) -> Iterator[dict[str, Any]]:
    """Rows of a table as column → value."""
    held = data.get(table)
    if not isinstance(held, dict) or not isinstance(held.get("data"), list):
        raise NetworkError("table_missing", say("data.%(table)s: 缺少表格或 data 列表", table=table))
    for number, row in enumerate(held["data"], start=1):
        if not isinstance(row, list) or not all(isinstance(c, dict) and "id" in c for c in row):
            raise NetworkError(
                "row_form",
                say("data.%(table)s 第 %(number)s 行: 应为 {id, value} 列表", table=table, number=number),
            )
        yield {str(cell["id"]): cell.get("value") for cell in row}


def _split(row: Mapping[str, Any], known: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Known columns under our names, and all others as properties."""
    found: dict[str, str] = {}
    rest: dict[str, str] = {}
    for column, value in row.items():
        name = known.get(column.lower())
        if name is not None and name not in found:
            found[name] = text_of(value)
        elif value is not None:
            rest[column] = text_of(value)
    return found, rest


def _need(found: Mapping[str, str], name: str, where: str) -> str:
    value = found.get(name, "")
    if not value:
        raise NetworkError("value_missing", say("%(where)s %(name)s: 缺少值", where=where, name=name))
    return value


def read_v1(document: Mapping[str, Any]) -> tuple[Network, FileFlags]:
    """Network and flags of a v1 document. Raises :class:`NetworkError` naming table, row and column."""
    data = document["data"]
    if not isinstance(data, dict):
        raise NetworkError("not_an_object", say("data: 应为对象"))
    stations, deliveries, relations = [], [], []
    for number, row in enumerate(rows(data, "stations"), start=1):
        found, rest = _split(row, _STATION)
        stations.append(
            Station(
                _need(found, "id", say("stations 第 %(number)s 行", number=number)),
                found.get("name", ""),
                rest,
            )
        )
    for number, row in enumerate(rows(data, "deliveries"), start=1):
        found, rest = _split(row, _DELIVERY)
        deliveries.append(_delivery(found, rest, say("deliveries 第 %(number)s 行", number=number)))
    for number, row in enumerate(rows(data, "deliveryRelations"), start=1):
        names = {column.lower(): text_of(value) for column, value in row.items()}
        first, second = ("from", "to") if "from" in names else ("id", "next")
        where = say("deliveryRelations 第 %(number)s 行", number=number)
        relations.append((_need(names, first, where), _need(names, second, where)))
    return Network(tuple(stations), tuple(deliveries), tuple(relations)), _flags(document)


def _delivery(found: dict[str, str], rest: dict[str, str], where: str) -> Delivery:
    if lot_id := found.get("lot_id"):
        rest = {**rest, "Lot ID": lot_id}
    return Delivery(
        id=_need(found, "id", where),
        source=_need(found, "source", where),
        target=_need(found, "target", where),
        product=found.get("product", ""),
        lot=found.get("lot", "") or found.get("lot_id", ""),
        date_out=parse_date(found.get("date_out")),
        date_in=parse_date(found.get("date_in")),
        lot_key=found.get("lot_key", ""),
        amount=found.get("amount", ""),
        properties=rest,
    )


def _flags(document: Mapping[str, Any]) -> FileFlags:
    tracing = document.get("tracing") or {}
    settings = document.get("settings") or {}
    view = settings.get("view") or {}
    groups: dict[str, tuple[str, ...]] = {}
    for group in settings.get("metaNodes") or ():
        groups[str(group["id"])] = tuple(str(m) for m in group["members"])
    return FileFlags(
        stations=tuple(Flags.of(row, "tracing.nodes") for row in tracing.get("nodes") or ()),
        deliveries=tuple(Flags.of(row, "tracing.deliveries") for row in tracing.get("deliveries") or ()),
        groups=groups,
        invisible_stations=tuple(str(i) for i in (view.get("node") or {}).get("invisibleNodes") or ()),
        invisible_deliveries=tuple(str(i) for i in (view.get("edge") or {}).get("invisibleEdges") or ()),
    )
