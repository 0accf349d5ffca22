"""An :class:`Event` or :class:`Document` to JSON-LD, numbers as they were received."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import orjson

from shian.core.words import say

from ..errors import EpcisError
from ..model import Document, Event, Json, JsonObject, Place, QuantityElement, SensorElement
from ..number import Number
from .context import EPCIS_CONTEXT


def canonical_json(value: object) -> bytes:
    """Strict canonical JSON in UTF-8 (in the style of RFC 8785), numbers as received text.

    Names sorted by code point, no blanks, strings escaped only where JSON must, nothing normalised.
    Raises :class:`EpcisError` for text that UTF-8 cannot hold (half of a surrogate pair).
    """
    try:
        return orjson.dumps(value, default=_exact, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:
        if "surrogates" in str(error):
            raise EpcisError("", "json.encoding", say("文本含不成对的代理字符，不是合法的 Unicode")) from None
        if "recursion" in str(error).lower():
            raise EpcisError("", "limit.depth", say("嵌套过深")) from None
        raise


def _exact(value: object) -> object:
    if isinstance(value, Number):
        return orjson.Fragment(value.text)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"not a JSON value: {type(value).__name__}")


def event_to_json(event: Event, outer: Mapping[str, str] | None = None) -> JsonObject:
    """``event`` as a JSON-LD object.

    Alone (``outer`` is ``None``) it carries an ``@context`` with the prefixes it uses; inside a document
    whose prefixes are ``outer`` only with those the document binds otherwise or not at all.
    """
    out: dict[str, Any] = {"type": event.type}
    for attribute, value in vars(event).items():  # a reader sets only what it found
        if attribute in _FIELDS and value is not None and value != ():
            name, write = _FIELDS[attribute]
            out[name] = value if write is None else write(value)
    for name in event.empty_lists:
        out[name] = []
    out.update(event.extensions)
    context = list(event.context)
    if event.namespaces:
        used = used_prefixes(out, event.namespaces)
        if outer is not None:
            used = {p: uri for p, uri in used.items() if outer.get(p) != uri}
        if used:
            context.append(cast(Json, used))
    if context:
        out["@context"] = context
    return out


def used_prefixes(tree: object, namespaces: Mapping[str, str]) -> dict[str, str]:
    """Those of ``namespaces`` whose prefix begins a name or a text in ``tree``."""
    text = canonical_json(tree)
    return {p: uri for p, uri in namespaces.items() if canonical_json(p)[:-1] + b":" in text}


def document_to_json(document: Document) -> JsonObject:
    """``document`` as an EPCIS 2.0 JSON-LD tree; a single event stays a single event."""
    if not document.envelope:
        return _lone_event(document.events[0])
    events = [event_to_json(event, document.namespaces) for event in document.events]
    out: dict[str, Any] = dict(document.envelope)
    out["schemaVersion"] = "2.0"
    body = dict(out.get("epcisBody") or {})
    if document.type == "EPCISQueryDocument":
        results = dict(body.get("queryResults") or {})
        results["resultsBody"] = {**(results.get("resultsBody") or {}), "eventList": events}
        body["queryResults"] = results
    else:
        body["eventList"] = events
    out["epcisBody"] = body
    return out


def _lone_event(event: Event) -> JsonObject:
    out = event_to_json(event)
    own = cast("list[Json]", out.pop("@context", []))
    return {"@context": [EPCIS_CONTEXT, *own], **out}


def _quantity(item: QuantityElement) -> dict[str, Json]:
    out: dict[str, Json] = {"epcClass": item.epc_class}
    if item.quantity is not None:
        out["quantity"] = item.quantity
    if item.uom is not None:
        out["uom"] = item.uom
    return out


def _place(place: Place) -> dict[str, Json]:
    return {"id": place.id, **place.extensions}


def _sensor(element: SensorElement) -> dict[str, Any]:
    head = {} if element.metadata is None else {"sensorMetadata": element.metadata}
    return {**head, "sensorReport": list(element.reports), **element.extensions}


def _transaction(item: Any) -> dict[str, str]:
    typed = {} if item.type is None else {"type": item.type}
    return {**typed, "bizTransaction": item.id}


def _persistent(value: Any) -> dict[str, list[str]]:
    return {name: list(words) for name in ("set", "unset") if (words := getattr(value, name))}


def _error(value: Any) -> dict[str, Any]:
    out: dict[str, Any] = {"declarationTime": value.declaration_time.text}
    if value.reason is not None:
        out["reason"] = value.reason
    if value.corrective_event_ids is not None:
        out["correctiveEventIDs"] = list(value.corrective_event_ids)
    return {**out, **value.extensions}


def _text(value: Any) -> str:
    return cast(str, value.text)


def _each(write: Callable[[Any], Any]) -> Callable[[Iterable[Any]], list[Any]]:
    """Writes a list item by item."""
    return lambda items: [write(item) for item in items]


_quantities = _each(_quantity)

_FIELDS: Mapping[str, tuple[str, Callable[[Any], Any] | None]] = {
    "event_id": ("eventID", None),
    "event_time": ("eventTime", _text),
    "event_time_zone_offset": ("eventTimeZoneOffset", None),
    "record_time": ("recordTime", _text),
    "error_declaration": ("errorDeclaration", _error),
    "certification_info": ("certificationInfo", lambda v: list(v) if isinstance(v, tuple) else v),
    "action": ("action", None),
    "parent_id": ("parentID", None),
    "transformation_id": ("transformationID", None),
    "biz_step": ("bizStep", None),
    "disposition": ("disposition", None),
    "persistent_disposition": ("persistentDisposition", _persistent),
    "read_point": ("readPoint", _place),
    "biz_location": ("bizLocation", _place),
    "ilmd": ("ilmd", None),
    "epc_list": ("epcList", list),
    "quantity_list": ("quantityList", _quantities),
    "child_epcs": ("childEPCs", list),
    "child_quantity_list": ("childQuantityList", _quantities),
    "input_epc_list": ("inputEPCList", list),
    "input_quantity_list": ("inputQuantityList", _quantities),
    "output_epc_list": ("outputEPCList", list),
    "output_quantity_list": ("outputQuantityList", _quantities),
    "biz_transactions": ("bizTransactionList", _each(_transaction)),
    "sources": ("sourceList", _each(lambda p: {"type": p.type, "source": p.id})),
    "destinations": ("destinationList", _each(lambda p: {"type": p.type, "destination": p.id})),
    "sensor_elements": ("sensorElementList", _each(_sensor)),
}
"""Attribute of :class:`Event` → JSON name, and how the value is written (``None``: as it is)."""
