"""The pre-hash string: every field in canonical order, ``name=value``, without separators (CBV 2.0 §8.9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from shian.core.errors import Invalid
from shian.core.words import say

from ..model import BizTransaction, Event, Party, Place, QuantityElement, SensorElement
from ..number import Number
from .values import NAMESPACES, identifier, instant, number, value, word

_METADATA = (
    "time", "startTime", "endTime", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules",
)  # fmt: skip
_REPORT = (
    "type", "exception", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "time", "microorganism",
    "chemicalSubstance", "value", "component", "stringValue", "booleanValue", "hexBinaryValue", "uriValue",
    "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue", "uom", "coordinateReferenceSystem",
)  # fmt: skip
_TIMES = frozenset({"time", "startTime", "endTime"})
_WORDS = frozenset({"type", "exception", "component"})
_IGNORED = frozenset({"comment", "rdfs:comment"})
_KEYWORDS = frozenset({"@id", "@type"})


def prehash(event: Event, version: str) -> str:
    """The text whose SHA-256 is the event hash; ``version`` is ``CBV2.0`` or ``CBV2.1``.

    Left out: eventID, recordTime, errorDeclaration, certificationInfo. Raises ``ValueError`` for another version.
    """
    if version not in ("CBV2.0", "CBV2.1"):
        raise Invalid(
            "hash_version", say("事件哈希的版本应为 CBV2.0 或 CBV2.1，实为：%(version)s", version=version)
        )
    return _Prehash(event, inline=version == "CBV2.1").text()


class _Prehash:
    def __init__(self, event: Event, inline: bool) -> None:
        self.event, self.inline = event, inline

    def text(self) -> str:
        event = self.event
        out = [
            f"eventType={event.type}eventTime={instant(event.event_time.instant)}",
            f"eventTimeZoneOffset={event.event_time_zone_offset.strip()}",
            _epcs("epcList", event.epc_list),
            _single("parentID", event.parent_id),
            _epcs("inputEPCList", event.input_epc_list),
            _epcs("childEPCs", event.child_epcs),
            _quantities("quantityList", event.quantity_list),
            _quantities("childQuantityList", event.child_quantity_list),
            _quantities("inputQuantityList", event.input_quantity_list),
            _epcs("outputEPCList", event.output_epc_list),
            _quantities("outputQuantityList", event.output_quantity_list),
            f"action={event.action}" if event.action else "",
            _single("transformationID", event.transformation_id),
            f"bizStep={word('bizStep', event.biz_step)}" if event.biz_step else "",
            f"disposition={word('disposition', event.disposition)}" if event.disposition else "",
            self.persistent_disposition(),
            self.place("readPoint", event.read_point),
            self.place("bizLocation", event.biz_location),
            _listed("bizTransactionList", map(_transaction, event.biz_transactions)),
            _listed("sourceList", [_party("source", p) for p in event.sources]),
            _listed("destinationList", [_party("destination", p) for p in event.destinations]),
            self.sensors(),
            self.ilmd(),
        ]
        if not self.inline:
            out += self.field_extensions()
        out.append(self.extensions(event.extensions))
        return "".join(out)

    def persistent_disposition(self) -> str:
        held = self.event.persistent_disposition
        if held is None:
            return ""
        listed = [
            f"{name}={address}"
            for name, words in (("set", held.set), ("unset", held.unset))
            for address in sorted([word("disposition", text) for text in words])
        ]
        return "persistentDisposition" + "".join(listed)

    def place(self, name: str, place: Place | None) -> str:
        if place is None:
            return ""
        own = self.extensions(place.extensions) if self.inline else ""
        return f"{name}id={value(place.id)}{own}"

    def sensors(self) -> str:
        elements = "".join(sorted([self.sensor(element) for element in self.event.sensor_elements]))
        return f"sensorElementList{elements}" if elements and self.inline else elements

    def sensor(self, element: SensorElement) -> str:
        reports = sorted([self.readings("sensorReport", report, _REPORT) for report in element.reports])
        metadata = (
            "" if element.metadata is None else self.readings("sensorMetadata", element.metadata, _METADATA)
        )
        own = self.extensions(element.extensions) if self.inline else ""
        return f"sensorElement{metadata}{''.join(reports)}{own}"

    def readings(self, name: str, held: Mapping[str, Any], order: tuple[str, ...]) -> str:
        known = "".join([_reading(field, held[field]) for field in order if field in held])
        own = self.extensions(_further(held, order)) if self.inline else ""
        return f"{name}{known}{own}" if known or own else ""

    def ilmd(self) -> str:
        return "" if not self.event.ilmd else "ilmd" + self.extensions(self.event.ilmd)

    def field_extensions(self) -> list[str]:
        """CBV 2.0: extensions of standard fields follow ``ilmd``, behind the names of their fields."""
        out = []
        for name, place in (("readPoint", self.event.read_point), ("bizLocation", self.event.biz_location)):
            if place is not None and place.extensions:
                out.append(name + self.extensions(place.extensions))
        return out + sorted([self.sensor_extensions(element) for element in self.event.sensor_elements])

    def sensor_extensions(self, element: SensorElement) -> str:
        inner = []
        if element.metadata is not None and (found := self.extensions(_further(element.metadata, _METADATA))):
            inner.append("sensorMetadata" + found)
        reports = [self.extensions(_further(report, _REPORT)) for report in element.reports]
        inner += sorted(["sensorReport" + found for found in reports if found])
        inner.append(self.extensions(element.extensions))
        text = "".join(inner)
        return f"sensorElement{text}" if text else ""

    def extensions(self, held: Mapping[str, Any]) -> str:
        if not held:
            return ""
        found: list[str] = []
        for name, content in held.items():
            if name not in _IGNORED:
                self._entries(self._name(name, content), content, found)
        return "".join(sorted(found))

    def _name(self, name: str, content: Any) -> str:
        if name in _KEYWORDS and ":" in str(
            content
        ):  # JSON-LD's, which hold addresses; else an XML attribute
            return name
        prefix, colon, local = name.removeprefix("@").partition(":")
        if not colon:
            return prefix
        uri = self.event.namespaces.get(prefix) or NAMESPACES.get(prefix)
        return name if uri is None else f"{{{uri}}}{local}"

    def _entries(self, name: str, content: Any, found: list[str]) -> None:
        if isinstance(content, list):
            for item in content:
                self._entries(name, item, found)
        elif isinstance(content, dict):
            rest = {
                key: member
                for key, member in content.items()
                if key != "@value" and not key.startswith("@xsi:")
            }
            text = _scalar(content["@value"]) if "@value" in content else ""
            found.append(f"{name}{'=' if text else ''}{text}{self.extensions(rest)}")
        else:
            text = _scalar(content)
            found.append(f"{name}={text}" if text else name)


def _scalar(content: Any) -> str:
    if isinstance(content, str):
        return value(content)
    if isinstance(content, bool):
        return "true" if content else "false"
    return number(content) if isinstance(content, Number) else ""


def _further(held: Mapping[str, Any], known: tuple[str, ...]) -> dict[str, Any]:
    return {name: member for name, member in held.items() if name not in known}


def _reading(field: str, content: Any) -> str:
    if field in _TIMES:
        return f"{field}={instant(datetime.fromisoformat(content.upper()))}"
    if field in _WORDS:
        return f"{field}={word(field, content)}"
    return f"{field}={_scalar(content)}"


def _single(name: str, uri: str | None) -> str:
    return "" if uri is None else f"{name}={value(uri)}"


def _listed(name: str, items: Iterable[str]) -> str:
    text = "".join(sorted(items))
    return name + text if text else ""


def _epcs(name: str, epcs: tuple[str, ...]) -> str:
    return _listed(name, [f"epc={identifier(epc)}" for epc in epcs]) if epcs else ""


def _quantities(name: str, elements: tuple[QuantityElement, ...]) -> str:
    return _listed(name, map(_quantity, elements)) if elements else ""


def _quantity(element: QuantityElement) -> str:
    quantity = "" if element.quantity is None else f"quantity={number(element.quantity)}"
    unit = "" if element.uom is None else f"uom={value(element.uom)}"
    return f"quantityElementepcClass={identifier(element.epc_class)}{quantity}{unit}"


def _transaction(item: BizTransaction) -> str:
    kind = "" if item.type is None else f"type={word('bizTransaction', item.type)}"
    return f"{kind}bizTransaction={value(item.id)}"


def _party(name: str, party: Party) -> str:
    return f"type={word('party', party.type)}{name}={value(party.id)}"
