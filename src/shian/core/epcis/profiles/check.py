"""Looks for the elements a profile asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..errors import Problem
from ..model import Document, Event
from ..semantic import event_path
from .load import Element, Profile, Requirement
from .look import Contents, Look, Masters, contents, master_data


def check_profile(document: Document, profile: Profile) -> list[Problem]:
    """One problem for each element that an event lacks, with the places where it may be written; a document with no
    event the profile speaks of is refused too, since nothing in it was checked."""
    masters: Masters = master_data(document)
    held: Contents = contents(document)
    path = event_path(document)
    problems: list[Problem] = []
    met = False
    for index, event in enumerate(document.events):
        look = Look(event, masters, held)
        for requirement in profile.requirements:
            if _concerns(requirement, event):
                met = True
                problems += _missing(look, requirement, profile, path(index))
    if not met:
        problems.append(_nothing(profile))
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


def _missing(look: Look, requirement: Requirement, profile: Profile, path: str) -> Iterator[Problem]:
    for element in requirement.elements:
        if not any(look.finds(place, element.date) for place in element.find):
            message = f"缺少“{element.label}”（{requirement.title}；{requirement.source}）。可写在：{where(element)}"
            yield Problem(path or "event", f"profile.{profile.name}.{element.name}", message)


def _nothing(profile: Profile) -> Problem:
    wanted = "；".join(
        f"{r.title}：{'、'.join(r.types)}{'，bizStep 为 ' + '、'.join(r.steps) if r.steps else ''}"
        for r in profile.requirements
    )
    message = f"没有“{profile.title}”规范涉及的事件（{wanted}）"
    return Problem("epcisBody.eventList", f"profile.{profile.name}.none", message)


_PLACES: Mapping[str, str] = {
    "product": "商品条码（GTIN）",
    "lot": "带批号或序列号的标识",
    "quantity": "quantityList 的 quantity",
    "transaction": "bizTransactionList",
    "place": "readPoint 或 bizLocation",
    "inputs": "inputQuantityList 的批号或 inputEPCList",
}
_ROLES = {
    "source": "供方（sourceList 所列主体）",
    "destination": "购方（destinationList 所列主体）",
    "place": "地点（readPoint 或 bizLocation）",
}


def where(element: Element) -> str:
    """The places where an element may be written, for people."""
    fields = [place.partition(":")[2] for place in element.find if place.startswith("field:")]
    said: list[str] = []
    if fields:
        dated = "，日期写作 2026-03-01" if element.date else ""
        said.append(f"扩展字段 {' 或 '.join(fields)}（命名空间 urn:shian:kde:{dated}）")
    for place in element.find:
        kind, _, rest = place.partition(":")
        role, _, name = rest.partition(":")
        if kind == "master":
            said.append(f"主数据中{_ROLES[role]}的 {name}")
        elif kind == "sensor":
            said.append(f"sensorElementList 中 type 为 {rest} 的 value")
        elif kind == "party":
            said.append(_ROLES[rest])
        elif kind != "field":
            said.append(_PLACES[kind])
    return "；".join(said)
