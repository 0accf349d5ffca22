"""JSON bytes to a tree with exact numbers, and a checked tree to an :class:`Event`."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from shian.core.errors import Told
from shian.core.words import say

from ..errors import EpcisError, shown
from ..model import (
    EVENT_TYPES,
    BizTransaction,
    ErrorDeclaration,
    Event,
    Extensions,
    Json,
    JsonObject,
    Party,
    PersistentDisposition,
    Place,
    QuantityElement,
    SensorElement,
    Timestamp,
)
from ..number import Number
from .context import is_epcis_context, split_context
from .write import canonical_json


def parse_json(data: bytes) -> Json:
    """The JSON value in ``data`` (UTF-8), its numbers exact.

    Refused with :class:`EpcisError`: bytes that are not UTF-8 or not JSON, ``NaN`` and ``Infinity``, a name
    twice in one object (one of two values would be lost silently), numbers beyond :class:`Number`, nesting
    that exhausts the parser.
    """
    try:
        tree = cast(Json, _DECODER.decode(data.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise EpcisError(
            "", "json.encoding", say("不是 UTF-8 编码（第 %(byte)s 字节）", byte=error.start)
        ) from None
    except json.JSONDecodeError as error:
        where = say("第 %(line)s 行第 %(column)s 列", line=error.lineno, column=error.colno)
        raise EpcisError(
            "", "json.syntax", say("不是合法的 JSON：%(where)s，%(why)s", where=where, why=error.msg)
        ) from None
    except RecursionError:
        raise EpcisError("", "limit.depth", say("嵌套过深")) from None
    except _Refused as error:
        raise EpcisError("", error.code, error.words) from None
    except ValueError as error:
        raise EpcisError("", "json.number", say("%(error)s", error=error)) from None
    check_depth(tree)
    if _SURROGATE.search(data):
        canonical_json(tree)
    return tree


def check_depth(tree: object) -> None:
    """Refuse (``limit.depth``) a tree deeper than :data:`MAX_DEPTH`, level by level, without recursion."""
    level = [tree] if isinstance(tree, dict | list) else []
    for _ in range(MAX_DEPTH):
        level = [
            value
            for node in level
            for value in (node.values() if type(node) is dict else node)
            if type(value) is dict or type(value) is list
        ]
        if not level:
            return
    raise EpcisError("", "limit.depth", say("嵌套超过 %(most)s 层", most=MAX_DEPTH))


MAX_DEPTH = 64
"""Deepest accepted nesting; the schema itself needs nine levels, the rest is room for extensions."""

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


class _Refused(Told):
    """What the decoder's hooks raise; ``code`` is the rule."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise _Refused("json.duplicate", say("同一对象内字段重复：%(twice)s", twice=shown(twice)))
    return found


def _constant(name: str) -> None:
    raise _Refused("json.number", say("JSON 不允许 %(name)s", name=name))


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=Number, parse_int=Number, parse_constant=_constant
)


_NO_PREFIXES: Mapping[str, str] = {}


def event_from_json(raw: Mapping[str, Any], outer: Mapping[str, str] = _NO_PREFIXES) -> Event:
    """The event in ``raw``, which has passed :mod:`shian.core.epcis.schema`; ``outer`` are the document's prefixes.

    Raises :class:`EpcisError` for a date that no calendar instant fits (year 0000, or UTC outside years 1–9999).
    """
    context: tuple[Json, ...] = ()
    namespaces = outer
    if "@context" in raw:
        own, entries = split_context(raw["@context"])
        context = tuple(entry for entry in entries if not is_epcis_context(entry))  # said of every event
        namespaces = {**outer, **own} if own else outer
    known = _FIELDS if raw["type"] in EVENT_TYPES else _COMMON
    extensions: JsonObject = {}
    taken: dict[str, Any] = {"namespaces": namespaces, "context": context, "extensions": extensions}
    empty: list[str] = []
    for name, value in raw.items():
        attribute, read = known.get(name, _EXTENSION)
        if not attribute:
            extensions[name] = value
        elif read is None:
            taken[attribute] = value
        elif value == []:
            empty.append(name)
        else:
            try:
                taken[attribute] = read(value)
            except EpcisError as error:
                raise EpcisError(name, error.rule, error.message) from None
    extensions.pop("@context", None)
    if empty:
        taken["empty_lists"] = tuple(empty)
    return Event.of_fields(taken)


def timestamp(text: str) -> Timestamp:
    """RFC 3339 ``text`` with its instant; raises :class:`EpcisError` where no calendar instant fits."""
    try:
        instant = datetime.fromisoformat(text.upper())
        if not 1 < instant.year < 9999:
            instant.astimezone(UTC) + timedelta(seconds=1)  # overflows where UTC has no such year
    except (ValueError, OverflowError):
        raise EpcisError("", "time.impossible", say("不存在的时间：%(text)s", text=shown(text))) from None
    return Timestamp(text, instant)


def _quantities(items: list[dict[str, Any]]) -> tuple[QuantityElement, ...]:
    return tuple([QuantityElement(q["epcClass"], q.get("quantity"), q.get("uom")) for q in items])


def _place(value: dict[str, Json]) -> Place:
    if len(value) == 1:
        return Place(cast(str, value["id"]))
    return Place(cast(str, value["id"]), {k: v for k, v in value.items() if k != "id"})


def _transactions(items: list[dict[str, Any]]) -> tuple[BizTransaction, ...]:
    return tuple([BizTransaction(t["bizTransaction"], t.get("type")) for t in items])


def _parties(name: str) -> Callable[[list[dict[str, str]]], tuple[Party, ...]]:
    return lambda items: tuple([Party(item["type"], item[name]) for item in items])


def _sensors(items: list[dict[str, Any]]) -> tuple[SensorElement, ...]:
    return tuple([_sensor(item) for item in items])


def _sensor(item: dict[str, Any]) -> SensorElement:
    for held in (item.get("sensorMetadata", {}), *item["sensorReport"]):
        for name in ("time", "startTime", "endTime"):
            if name in held:
                timestamp(held[name])
    rest = {k: v for k, v in item.items() if k not in ("sensorMetadata", "sensorReport")}
    return SensorElement(tuple(item["sensorReport"]), item.get("sensorMetadata"), rest)


def _persistent(value: dict[str, list[str]]) -> PersistentDisposition:
    return PersistentDisposition(tuple(value.get("set", ())), tuple(value.get("unset", ())))


def _error(value: dict[str, Any]) -> ErrorDeclaration:
    known = ("declarationTime", "reason", "correctiveEventIDs")
    ids = value.get("correctiveEventIDs")
    rest: Extensions = {k: v for k, v in value.items() if k not in known}
    return ErrorDeclaration(
        timestamp(value["declarationTime"]),
        value.get("reason"),
        None if ids is None else tuple(ids),
        rest,
    )


def _certification(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


# JSON name -> (attribute of Event, reader; None keeps the value as it is)
_FIELDS: dict[str, tuple[str, Callable[[Any], Any] | None]] = {
    "type": ("type", None),
    "eventTime": ("event_time", timestamp),
    "eventTimeZoneOffset": ("event_time_zone_offset", None),
    "recordTime": ("record_time", timestamp),
    "eventID": ("event_id", None),
    "errorDeclaration": ("error_declaration", _error),
    "certificationInfo": ("certification_info", _certification),
    "action": ("action", None),
    "parentID": ("parent_id", None),
    "epcList": ("epc_list", tuple),
    "quantityList": ("quantity_list", _quantities),
    "childEPCs": ("child_epcs", tuple),
    "childQuantityList": ("child_quantity_list", _quantities),
    "inputEPCList": ("input_epc_list", tuple),
    "inputQuantityList": ("input_quantity_list", _quantities),
    "outputEPCList": ("output_epc_list", tuple),
    "outputQuantityList": ("output_quantity_list", _quantities),
    "transformationID": ("transformation_id", None),
    "bizStep": ("biz_step", None),
    "disposition": ("disposition", None),
    "persistentDisposition": ("persistent_disposition", _persistent),
    "readPoint": ("read_point", _place),
    "bizLocation": ("biz_location", _place),
    "bizTransactionList": ("biz_transactions", _transactions),
    "sourceList": ("sources", _parties("source")),
    "destinationList": ("destinations", _parties("destination")),
    "sensorElementList": ("sensor_elements", _sensors),
    "ilmd": ("ilmd", None),
}
_COMMON = {
    name: _FIELDS[name]
    for name in (
        "type", "eventTime", "eventTimeZoneOffset", "recordTime", "eventID", "errorDeclaration", "certificationInfo",
    )
}  # fmt: skip
"""What extended event types have in common with the five of the standard."""
_EXTENSION = ("", None)
