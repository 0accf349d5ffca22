"""Where key data elements may stand in an event, and whether they do (see profiles.yaml)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, TypeAlias

from shian.core.gs1 import Gs1Error, canonical_id, parse

from ..model import Document, Event, QuantityElement

_NAMESPACES = frozenset({"urn:shian:kde", "urn:epcglobal:cbv:mda", "https://traceability-dialogue.org/epcis"})
"""Chinese key data elements that no GS1 vocabulary names; master data attributes of the CBV; seafood (GDST)."""
_STANDARD = {"cbvmda": "urn:epcglobal:cbv:mda"}

Masters: TypeAlias = "Mapping[str, Mapping[str, Any]]"
"""Identifier in its one spelling → attribute (last part of its name) → value."""

Goods: TypeAlias = "tuple[tuple[str, ...], tuple[QuantityElement, ...]]"
"""Instances and quantities."""

Contents: TypeAlias = "Mapping[str, Goods]"
"""Logistic unit in its one spelling → what was put into it."""


class Look:
    """One event, looked at for elements. Logistic units count with their contents, as far as the document tells."""

    def __init__(self, event: Event, masters: Masters, held: Contents) -> None:
        self.event, self.masters = event, masters
        self.fields = dict(
            pair for part in (event.extensions, event.ilmd or {}) for pair in self._local(part)
        )
        lists = (event.quantity_list, event.child_quantity_list, event.output_quantity_list)
        quantities = [q for part in lists for q in part]
        self.epcs: list[str] = []
        open_, seen = list(event.epc_list + event.child_epcs + event.output_epc_list), set[str]()
        while open_:
            inner = held.get(unit := canonical_id(epc := open_.pop()))
            if inner is None:
                self.epcs.append(epc)
            elif unit not in seen:  # units that contain each other, which only wrong data can say, count once
                seen.add(unit)
                open_ += inner[0]
                quantities += inner[1]
        self.quantities = tuple(quantities)

    def _local(self, part: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for name, content in part.items():
            prefix, _, local = name.rpartition(":")
            uri = self.event.namespaces.get(prefix) or _STANDARD.get(prefix) or prefix
            if uri.rstrip(":/#") in _NAMESPACES and _said(content):
                for inner in content if isinstance(content, list) else [content]:
                    if isinstance(inner, Mapping):
                        yield from self._local(inner)
                yield local, content

    def finds(self, place: str, dated: bool = False) -> bool:
        """Whether the element stands at ``place``; a field must be a date if ``dated``."""
        kind, _, rest = place.partition(":")
        return _PLACES[kind](self, rest) and (not dated or kind != "field" or _is_date(self.fields[rest]))

    def field(self, name: str) -> bool:
        return name in self.fields

    def master(self, what: str) -> bool:
        role, _, name = what.partition(":")
        event = self.event
        named = {
            "source": [party.id for party in event.sources],
            "destination": [party.id for party in event.destinations],
            "place": [place.id for place in (event.read_point, event.biz_location) if place],
        }
        return any(_said(self.masters.get(canonical_id(held), {}).get(name)) for held in named[role])

    def product(self, _: str) -> bool:
        named = [q.epc_class for q in self.quantities] + self.epcs
        return bool(named) and all(_gs1_key(epc) == "01" for epc in named)

    def lot(self, _: str) -> bool:
        if not self.quantities and not self.epcs:
            return False
        return all(_is_lot(q.epc_class) for q in self.quantities)

    def quantity(self, _: str) -> bool:
        return bool(self.quantities or self.epcs) and all(q.quantity is not None for q in self.quantities)

    def party(self, role: str) -> bool:
        return bool(self.event.sources if role == "source" else self.event.destinations)

    def transaction(self, _: str) -> bool:
        return bool(self.event.biz_transactions)

    def place(self, _: str) -> bool:
        return self.event.read_point is not None or self.event.biz_location is not None

    def inputs(self, _: str) -> bool:
        held = self.event.input_quantity_list
        return bool(self.event.input_epc_list or held) and all(_is_lot(q.epc_class) for q in held)

    def sensor(self, kind: str) -> bool:
        reports = (report for element in self.event.sensor_elements for report in element.reports)
        return any(str(report.get("type", "")).endswith(kind) and "value" in report for report in reports)


_PLACES: Mapping[str, Callable[[Look, str], bool]] = {
    "field": Look.field,
    "master": Look.master,
    "product": Look.product,
    "lot": Look.lot,
    "quantity": Look.quantity,
    "party": Look.party,
    "transaction": Look.transaction,
    "place": Look.place,
    "inputs": Look.inputs,
    "sensor": Look.sensor,
}


def _said(content: Any) -> bool:
    """Does a field say anything? Blanks do not."""
    return bool(content.strip()) if isinstance(content, str) else content not in (None, [], {})


def _is_date(content: Any) -> bool:
    """A date, or a time of one; also as XML types it (``{"@value": …}``), also several."""
    if isinstance(content, list):
        return all(map(_is_date, content))
    text = content.get("@value") if isinstance(content, dict) else content
    try:
        date.fromisoformat(str(text).strip()[:10])
    except ValueError:
        return False
    return True


def _gs1_key(epc: str) -> str | None:
    try:
        return parse(epc, aliases=True).key[0]
    except Gs1Error:
        return None


def _is_lot(epc_class: str) -> bool:
    """A GS1 class with lot or serial; other vocabularies name their lots as they like."""
    try:
        return any(code in ("10", "21", "235") for code, _ in parse(epc_class, aliases=True).qualifiers)
    except Gs1Error:
        return True


def contents(document: Document) -> dict[str, Goods]:
    """What the document's aggregation events put into logistic units."""
    held: dict[str, Goods] = {}
    for event in document.events:
        if event.type == "AggregationEvent" and event.action == "ADD" and event.parent_id:
            epcs, quantities = held.get(unit := canonical_id(event.parent_id), ((), ()))
            held[unit] = (epcs + event.child_epcs, quantities + event.child_quantity_list)
    return {unit: goods for unit, goods in held.items() if any(goods)}


def master_data(document: Document) -> dict[str, dict[str, Any]]:
    """The master data in the document's header."""
    header: Any = document.envelope.get("epcisHeader") or {}
    found: dict[str, dict[str, Any]] = {}
    for vocabulary in header.get("epcisMasterData", {}).get("vocabularyList", ()):
        for element in vocabulary.get("vocabularyElementList", ()):
            held = found.setdefault(canonical_id(element["id"]), {})
            for entry in element.get("attributes", ()):
                held[entry["id"].rpartition("#")[2].rpartition(":")[2]] = entry.get("attribute")
    return found
