"""Rules that no schema can say: what would make an event contradict itself or the vocabulary it is written in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from shian.core.words import say

from .digest import integrity_digest
from .errors import Problem, shown
from .jsonld.context import STANDARD_PREFIXES, is_epcis_context
from .jsonld.read import timestamp
from .model import Document, Event

_DEVICE = ("time", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod")
_CLASS_LEVEL = ("urn:epc:class:", "urn:epc:idpat:")
_PROTECTED = frozenset(
    """type eventTime recordTime eventTimeZoneOffset eventID action bizStep disposition bizLocation readPoint
    epcList quantityList parentID childEPCs childQuantityList inputEPCList outputEPCList inputQuantityList
    outputQuantityList transformationID bizTransactionList sourceList destinationList sensorElementList ilmd
    errorDeclaration persistentDisposition epcisBody eventList""".split()  # noqa: SIM905
)


def check_semantics(document: Document) -> list[Problem]:
    """The problems of a document that has passed the schema rules."""
    problems = list(_context(document))
    path = event_path(document)
    for index, event in enumerate(document.events):
        problems += [problem.below(path(index)) if path(index) else problem for problem in check_event(event)]
    return problems + list(_repeated_ids(document, path))


def check_event(event: Event) -> list[Problem]:
    """The problems of one event, with paths relative to it."""
    return [problem for rule in _RULES for problem in rule(event)]


def event_path(document: Document) -> Callable[[int], str]:
    """Event number → its path in ``document``."""
    if not document.envelope:
        return lambda _: ""
    inner = ".queryResults.resultsBody" if document.type == "EPCISQueryDocument" else ""
    return lambda index: f"epcisBody{inner}.eventList[{index}]"


def _context(document: Document) -> Iterator[Problem]:
    """The document speaks EPCIS, and nobody gives its words another meaning (the context is protected)."""
    context: Any = document.envelope.get("@context")
    if context is None:
        return
    entries = context if isinstance(context, list) else [context]
    if not any(is_epcis_context(entry) for entry in entries):
        yield Problem("@context", "context.epcis", "@context 中没有 EPCIS 的上下文地址")
    for entry in entries:
        for term, meaning in entry.items() if isinstance(entry, dict) else ():
            moved = term in STANDARD_PREFIXES and not _is_standard(str(meaning))
            if moved or term in _PROTECTED:
                yield Problem(
                    "@context",
                    "context.protected",
                    say(
                        "@context 不得改变标准词 %(term)s 的含义：%(meaning)s",
                        term=term,
                        meaning=shown(meaning),
                    ),
                )


def _is_standard(meaning: str) -> bool:
    """An address of the standards' own bodies: GS1 has moved its vocabularies between hosts of its domain."""
    known = (uri.rstrip(":/#") for uri in STANDARD_PREFIXES.values())
    return meaning.rstrip(":/#") in known or re.match(r"https?://(?:[a-z]+\.)?gs1\.org/", meaning) is not None


def _parent(event: Event) -> Iterator[Problem]:
    """EPCIS 2.0 §7.4.2: an aggregation that begins or ends names its parent (TCR-54 for associations)."""
    if event.type == "AggregationEvent" and event.action in ("ADD", "DELETE") and event.parent_id is None:
        yield Problem(
            "parentID",
            "aggregation.parent",
            say("action 为 %(action)s 的聚合事件须有 parentID", action=event.action),
        )


def _own_child(event: Event) -> Iterator[Problem]:
    if event.parent_id is not None and event.parent_id in event.child_epcs:
        yield Problem(
            "childEPCs",
            "aggregation.cycle",
            say("父级不能是自己的子级：%(parent_id)s", parent_id=shown(event.parent_id)),
        )


def _order_of_times(event: Event) -> Iterator[Problem]:
    if event.record_time and event.record_time.instant < event.event_time.instant:
        yield Problem(
            "recordTime",
            "time.order",
            say(
                "记录时间 %(record_time)s 早于事件时间 %(event_time)s",
                record_time=event.record_time.text,
                event_time=event.event_time.text,
            ),
        )
    declared = event.error_declaration and event.error_declaration.declaration_time
    if declared and declared.instant < event.event_time.instant:
        yield Problem(
            "errorDeclaration.declarationTime",
            "time.order",
            say(
                "差错声明时间 %(declared)s 早于事件时间 %(event_time)s",
                declared=declared.text,
                event_time=event.event_time.text,
            ),
        )


def _sensors(event: Event) -> Iterator[Problem]:
    """TCR-53 step 29: what holds for all reports stands in the metadata or in the reports, not in both."""
    for index, element in enumerate(event.sensor_elements):
        path = f"sensorElementList[{index}]"
        metadata: Any = element.metadata or {}
        for number, report in enumerate(element.reports):
            for name in _DEVICE:
                if name in metadata and name in report:
                    message = say("%(name)s 同时出现在 sensorMetadata 和 sensorReport 中", name=name)
                    yield Problem(f"{path}.sensorReport[{number}].{name}", "sensor.exclusive", message)
            low: Any = report.get("minValue")
            high: Any = report.get("maxValue")
            if low is not None and high is not None and low > high:
                message = say("最小值 %(low)s 大于最大值 %(high)s", low=low, high=high)
                yield Problem(f"{path}.sensorReport[{number}].minValue", "sensor.range", message)
        if "startTime" in metadata and "endTime" in metadata:
            start, end = timestamp(metadata["startTime"]), timestamp(metadata["endTime"])
            if end.instant < start.instant:
                message = say("结束时间 %(end)s 早于开始时间 %(start)s", end=end.text, start=start.text)
                yield Problem(f"{path}.sensorMetadata.endTime", "time.order", message)


def _quantities(event: Event) -> Iterator[Problem]:
    for name, elements in (
        ("quantityList", event.quantity_list),
        ("childQuantityList", event.child_quantity_list),
        ("inputQuantityList", event.input_quantity_list),
        ("outputQuantityList", event.output_quantity_list),
    ):
        for index, element in enumerate(elements):
            if element.quantity is not None and element.quantity < 0:
                message = say("数量不能为负：%(quantity)s", quantity=element.quantity)
                yield Problem(f"{name}[{index}].quantity", "quantity.negative", message)
            if element.epc_class.startswith("urn:epc:id:"):
                message = say(
                    "epcClass 应为品类或批次，不能是单件标识：%(epc_class)s",
                    epc_class=shown(element.epc_class),
                )
                yield Problem(f"{name}[{index}].epcClass", "epc.level", message)


def _instances(event: Event) -> Iterator[Problem]:
    for name, epcs in (
        ("epcList", event.epc_list),
        ("childEPCs", event.child_epcs),
        ("inputEPCList", event.input_epc_list),
        ("outputEPCList", event.output_epc_list),
    ):
        for index, epc in enumerate(epcs):
            if epc.startswith(_CLASS_LEVEL):
                message = say("应为单件标识，品类或批次请写入数量列表：%(epc)s", epc=shown(epc))
                yield Problem(f"{name}[{index}]", "epc.level", message)


def _persistent(event: Event) -> Iterator[Problem]:
    held = event.persistent_disposition
    for word in sorted(set(held.set) & set(held.unset)) if held else ():
        yield Problem(
            "persistentDisposition",
            "disposition.conflict",
            say("同一状态不能同时设置和取消：%(word)s", word=word),
        )


def _repeated_ids(document: Document, path: Callable[[int], str]) -> Iterator[Problem]:
    """One eventID twice in a document is a repetition, an error declaration, or a mistake."""
    first: dict[str, int] = {}
    for index, event in enumerate(document.events):
        if event.event_id is None or event.error_declaration is not None:
            continue
        earlier = first.setdefault(event.event_id, index)
        if earlier != index and integrity_digest(document.events[earlier]) != integrity_digest(event):
            message = say(
                "与第 %(number)s 个事件的 eventID 相同而内容不同：%(event_id)s",
                number=earlier + 1,
                event_id=shown(event.event_id),
            )
            yield Problem(f"{path(index)}.eventID", "eventID.conflict", message)


_RULES: tuple[Callable[[Event], Iterator[Problem]], ...] = (
    _parent,
    _own_child,
    _order_of_times,
    _sensors,
    _quantities,
    _instances,
    _persistent,
)
