"""Looks for the elements a profile asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from shian.core.epcis.errors import Problem
from shian.core.epcis.model import Document, Event, QuantityElement
from shian.core.epcis.profiles.load import Profile, Requirement
from shian.core.epcis.semantic import event_path
from shian.core.gs1 import Gs1Error, parse

KDE = "urn:shian:kde:"
"""Namespace of Chinese key data elements that no GS1 vocabulary names."""

_NAMESPACES = frozenset({"urn:shian:kde", "urn:epcglobal:cbv:mda"})
_STANDARD = {"cbvmda": "urn:epcglobal:cbv:mda"}


def check_profile(document: Document, profile: Profile) -> list[Problem]:
    """One problem for each element that an event lacks; a document with no event the profile speaks of is refused
    too, since nothing in it was checked."""
    masters = _master_data(document)
    path = event_path(document)
    problems: list[Problem] = []
    met = False
    for index, event in enumerate(document.events):
        look = _Look(event, masters)
        for requirement in profile.requirements:
            if _concerns(requirement, event):
                met = True
                problems += _missing(look, requirement, profile, path(index))
    if not met:
        message = f"没有“{profile.title}”规范涉及的事件"
        problems.append(Problem("epcisBody.eventList", f"profile.{profile.name}.none", message))
    return problems


def _concerns(requirement: Requirement, event: Event) -> bool:
    return (
        (not requirement.types or event.type in requirement.types)
        and (not requirement.steps or _step(event) in requirement.steps)
        and (not requirement.actions or event.action in requirement.actions)
    )


def _step(event: Event) -> str | None:
    return event.biz_step and event.biz_step.removeprefix("https://ref.gs1.org/cbv/BizStep-").removeprefix(
        "cbv:BizStep-"
    )


def _missing(look: _Look, requirement: Requirement, profile: Profile, path: str) -> Iterator[Problem]:
    for element in requirement.elements:
        if not any(look.finds(place) for place in element.find):
            message = f"缺少“{element.label}”（{requirement.title}；{requirement.source}）"
            yield Problem(path or "event", f"profile.{profile.name}", message)


class _Look:
    """One event, looked at for elements."""

    def __init__(self, event: Event, masters: Mapping[str, Mapping[str, Any]]) -> None:
        self.event, self.masters = event, masters
        self.fields = {name for held in (event.extensions, event.ilmd or {}) for name in self._local(held)}
        lists = (event.quantity_list, event.child_quantity_list, event.output_quantity_list)
        self.quantities: tuple[QuantityElement, ...] = tuple(q for held in lists for q in held)
        self.epcs = event.epc_list + event.child_epcs + event.output_epc_list

    def _local(self, held: Mapping[str, Any]) -> Iterator[str]:
        for name, content in held.items():
            prefix, _, local = name.rpartition(":")
            uri = self.event.namespaces.get(prefix) or _STANDARD.get(prefix) or prefix
            if uri.rstrip(":/#") in _NAMESPACES and content not in (None, "", [], {}):
                yield local

    def finds(self, place: str) -> bool:
        """Whether the element stands at ``place`` (see profiles.yaml)."""
        kind, _, rest = place.partition(":")
        return _PLACES[kind](self, rest)

    def field(self, name: str) -> bool:
        return name in self.fields

    def master(self, what: str) -> bool:
        role, _, name = what.partition(":")
        parties = self.event.sources if role == "source" else self.event.destinations
        return any(self.masters.get(party.id, {}).get(name) for party in parties)

    def product(self, _: str) -> bool:
        named = [q.epc_class for q in self.quantities] + list(self.epcs)
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


_PLACES: Mapping[str, Callable[[_Look, str], bool]] = {
    name: getattr(_Look, name)
    for name in (
        "field",
        "master",
        "product",
        "lot",
        "quantity",
        "party",
        "transaction",
        "place",
        "inputs",
        "sensor",
    )
}


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


def _master_data(document: Document) -> dict[str, dict[str, Any]]:
    """Identifier → attribute (last part of its name) → value, from the document's header."""
    header: Any = document.envelope.get("epcisHeader") or {}
    found: dict[str, dict[str, Any]] = {}
    for vocabulary in header.get("epcisMasterData", {}).get("vocabularyList", ()):
        for element in vocabulary.get("vocabularyElementList", ()):
            held = found.setdefault(element["id"], {})
            for entry in element.get("attributes", ()):
                held[entry["id"].rpartition("#")[2].rpartition(":")[2]] = entry.get("attribute")
    return found
