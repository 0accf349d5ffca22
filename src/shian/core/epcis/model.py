"""The event model: one form for JSON-LD 2.0, XML 2.0 and XML 1.2 (EPCIS 2.0 §7; CBV 2.0).

An event says *what* (EPCs, class quantities), *when* (event time and the zone it was lived in), *where* (read
point, business location), *why* (business step, disposition, transactions, parties) and *how* (sensors). The
model keeps everything received: numbers as written, times as text beside their instant, extensions verbatim
with the namespaces their prefixes stand for. CBV words are kept in their JSON form (``shipping``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from .number import Number

Json: TypeAlias = "bool | str | Number | list[Json] | dict[str, Json] | None"
"""A JSON value whose numbers are :class:`Number`."""

JsonObject: TypeAlias = "dict[str, Json]"

Extensions: TypeAlias = "Mapping[str, Json]"
"""Extension fields by their prefixed name or URI, verbatim."""

EVENT_TYPES = (
    "ObjectEvent",
    "AggregationEvent",
    "TransactionEvent",
    "TransformationEvent",
    "AssociationEvent",
)


@dataclass(frozen=True, slots=True)
class Timestamp:
    """``text`` as received and the aware ``instant`` it denotes (microseconds; further digits only in text)."""

    text: str
    instant: datetime


@dataclass(frozen=True, slots=True)
class QuantityElement:
    """So much of an EPC class: ``quantity`` in ``uom`` (UN/ECE Rec 20), or pieces where there is no ``uom``."""

    epc_class: str
    quantity: Number | None = None
    uom: str | None = None


@dataclass(frozen=True, slots=True)
class BizTransaction:
    """A business document (单据): its ``id`` and, where said, its ``type`` (``po``, ``inv``, ``desadv`` …)."""

    id: str
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """A source or destination: ``type`` (``owning_party`` 货主, ``possessing_party`` 持有人, ``location``) and ``id``."""

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Place:
    """A read point or business location, with its extensions."""

    id: str
    extensions: Extensions = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SensorElement:
    """Sensor data: ``reports`` (at least one) under common ``metadata``; members named as in EPCIS 2.0 §7.3.8."""

    reports: tuple[Extensions, ...]
    metadata: Extensions | None = None
    extensions: Extensions = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PersistentDisposition:
    """Dispositions that hold until unset."""

    set: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ErrorDeclaration:
    """The sender declares the event with this eventID wrong (差错声明); corrective events may replace it."""

    declaration_time: Timestamp
    reason: str | None = None
    corrective_event_ids: tuple[str, ...] | None = None
    extensions: Extensions = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Event:
    """One EPCIS event (追溯事件). ``type`` is one of :data:`EVENT_TYPES` or the URI of an extended event type.

    Lists that are absent are empty tuples; ``empty_lists`` names those that were present and empty, so that
    the event returns as it came. ``namespaces`` are the prefixes in force for the event, ``context`` what its
    own ``@context`` held besides prefixes. Extended event types keep all but the common fields in
    ``extensions``.
    """

    type: str
    event_time: Timestamp
    event_time_zone_offset: str
    record_time: Timestamp | None = None
    event_id: str | None = None
    error_declaration: ErrorDeclaration | None = None
    certification_info: str | tuple[str, ...] | None = None
    action: str | None = None
    parent_id: str | None = None
    epc_list: tuple[str, ...] = ()
    quantity_list: tuple[QuantityElement, ...] = ()
    child_epcs: tuple[str, ...] = ()
    child_quantity_list: tuple[QuantityElement, ...] = ()
    input_epc_list: tuple[str, ...] = ()
    input_quantity_list: tuple[QuantityElement, ...] = ()
    output_epc_list: tuple[str, ...] = ()
    output_quantity_list: tuple[QuantityElement, ...] = ()
    transformation_id: str | None = None
    biz_step: str | None = None
    disposition: str | None = None
    persistent_disposition: PersistentDisposition | None = None
    read_point: Place | None = None
    biz_location: Place | None = None
    biz_transactions: tuple[BizTransaction, ...] = ()
    sources: tuple[Party, ...] = ()
    destinations: tuple[Party, ...] = ()
    sensor_elements: tuple[SensorElement, ...] = ()
    ilmd: Extensions | None = None
    extensions: Extensions = field(default_factory=dict)
    namespaces: Mapping[str, str] = field(default_factory=dict, compare=False)
    context: tuple[Json, ...] = ()
    empty_lists: tuple[str, ...] = ()

    @classmethod
    def of_fields(cls, fields: Mapping[str, Any]) -> Event:
        """The event with ``fields``, of which it keeps those given; others have their defaults. Raises ``TypeError``
        where one without a default is missing.

        For readers, which know the names: an event uses ten of its 32 fields, and setting all 32 one by one, as the
        constructor of a frozen class does, takes as long as reading it.
        """
        if missing := _WITHOUT_DEFAULT - fields.keys():
            raise TypeError(f"missing fields of an event: {sorted(missing)}")
        self = object.__new__(cls)
        self.__dict__.update(fields)
        return self


_WITHOUT_DEFAULT = {"type", "event_time", "event_time_zone_offset", "extensions", "namespaces"}
"""Fields that have no class attribute to fall back on."""


@dataclass(frozen=True, slots=True)
class Document:
    """An EPCISDocument, an EPCISQueryDocument or a single event.

    ``envelope`` is everything around the event list, verbatim (header, sender, ids, extensions), with the
    list itself removed; ``namespaces`` binds the prefixes its ``@context`` declares. ``source`` tells what was
    read: ``json-2.0``, ``xml-2.0`` or ``xml-1.2``.
    """

    type: str
    events: tuple[Event, ...]
    envelope: Extensions = field(default_factory=dict)
    namespaces: Mapping[str, str] = field(default_factory=dict)
    source: str = "json-2.0"
