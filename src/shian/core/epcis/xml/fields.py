"""XML elements of the standard's own fields to their JSON values. What an element may not hold is refused: read
loosely, it would be lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from shian.core.words import say

from ..errors import EpcisError, shown
from ..model import Json, JsonObject
from ..number import Number
from .extension_read import xsd_boolean
from .names import JSON, XSI, bare
from .parse import BLANK, Node

_NUMBERS = ("value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue")


def below(error: EpcisError, prefix: str) -> EpcisError:
    """The refusal seen from the container ``prefix``."""
    return EpcisError.of([problem.below(prefix) for problem in error.problems])


def refuse_attributes(node: Node, *known: str) -> None:
    """Only attributes called as in ``known``, and those of XML Schema itself."""
    for space, name in node.attributes:
        if space not in (XSI, JSON) and (space or name not in known):
            raise EpcisError(
                "",
                "xml.attribute",
                say("元素 %(name)s 上的属性 %(name_2)s 无法保留", name=shown(node.name), name_2=shown(name)),
            )


def refuse_text(node: Node) -> None:
    """Only elements, no text."""
    if text := node.text.strip(BLANK):
        message = say(
            "元素 %(name)s 应只含子元素，却含文本：%(text)s", name=shown(node.name), text=shown(text, 40)
        )
        raise EpcisError("", "xml.mixed", message)


def text_of(node: Node, *attributes: str) -> str:
    """The text of an element that holds nothing else."""
    if node.children:
        inner = node.children[0].name
        raise EpcisError(
            "",
            "xml.element",
            say("元素 %(name)s 应只含文本，却含元素 %(inner)s", name=shown(node.name), inner=shown(inner)),
        )
    if node.attributes:
        refuse_attributes(node, *attributes)
    return node.text.strip()


def children_of(node: Node, *names: str) -> Sequence[Node]:
    """The children of an element that holds elements of these names only."""
    refuse_text(node)
    if node.attributes:
        refuse_attributes(node)
    for child in node.children:
        if child.name not in names or child.space:
            message = say(
                "元素 %(name)s 中应为 %(names)s，实为 %(child)s",
                name=shown(node.name),
                names=tuple(names),
                child=shown(child.name),
            )
            raise EpcisError("", "xml.element", message)
    return node.children


def each(nodes: Sequence[Node], read: Callable[[Node], Json]) -> list[Json]:
    """``read`` of every node; a refusal names its index."""
    out: list[Json] = []
    for index, node in enumerate(nodes):
        try:
            out.append(read(node))
        except EpcisError as error:
            raise below(error, f"[{index}]") from None
    return out


def put(out: JsonObject, node: Node, value: Json) -> None:
    """Add a field; raises for one that is there."""
    if node.name in out:
        raise EpcisError("", "xml.duplicate", say("元素 %(name)s 重复", name=shown(node.name)))
    out[node.name] = value


def quantities(node: Node) -> Json:
    """A list of ``quantityElement``."""
    return each(children_of(node, "quantityElement"), _quantity)


def _quantity(node: Node) -> Json:
    out: JsonObject = {}
    for child in children_of(node, "epcClass", "quantity", "uom"):
        try:
            if child.name != "quantity":
                put(out, child, text_of(child))
            elif child.attributes.get((XSI, "nil")) not in ("true", "1"):
                put(out, child, number_of(child))
        except EpcisError as error:
            raise below(error, child.name) from None
    return out


def number_of(node: Node) -> Number:
    """The number that an element holds."""
    text = text_of(node)
    try:
        return Number.from_xsd(text)
    except ValueError as error:
        raise EpcisError("", "xml.value", say("%(error)s", error=error)) from None


def typed(name: str, field: str) -> Callable[[Node], Json]:
    """A reader of lists whose elements, called ``name``, have a type from the vocabulary of ``field``."""

    def one(node: Node) -> Json:
        kind = node.attributes.get(("", "type"))
        head: JsonObject = {} if kind is None else {"type": bare(field, kind)}
        return {**head, name: text_of(node, "type")}

    return lambda node: each(children_of(node, name), one)


def texts(name: str) -> Callable[[Node], Json]:
    """A reader of lists of texts in elements called ``name``."""
    return lambda node: each(children_of(node, name), text_of)


def dispositions(node: Node) -> Json:
    """A persistent disposition."""
    out: dict[str, Any] = {}
    for child in children_of(node, "set", "unset"):
        out.setdefault(child.name, []).append(bare("disposition", text_of(child)))
    return out


def word(field: str) -> Callable[[Node], Json]:
    """A reader of words of the vocabulary of ``field``."""
    return lambda node: bare(field, text_of(node))


def certification(node: Node) -> Json:
    """One address, or the list that JSON allows."""
    if (JSON, "type") in node.attributes:
        return each(node.children, text_of)
    return text_of(node)


def reading(name: str, value: str) -> Json:
    """An attribute of a sensor report or its metadata."""
    try:
        if name in _NUMBERS:
            return Number.from_xsd(value)
        if name == "booleanValue":
            return xsd_boolean(value)
    except ValueError as error:
        raise EpcisError(name, "xml.value", say("%(error)s", error=error)) from None
    return bare(name, value) if name in ("type", "component", "exception") else value


def observed_quantity(event: JsonObject) -> JsonObject:
    """A QuantityEvent (deprecated since EPCIS 1.1) as the ObjectEvent that replaced it."""
    element: JsonObject = {}
    out: JsonObject = {}
    for name, value in event.items():
        if name in ("epcClass", "quantity"):
            element[name] = value
            out["action"] = "OBSERVE"  # stands where they stood
        else:
            out[name] = value
    return {**out, "type": "ObjectEvent", "action": "OBSERVE", "quantityList": [element]}


FIELDS: dict[str, Callable[[Node], Json]] = {
    "bizStep": word("bizStep"),
    "disposition": word("disposition"),
    "persistentDisposition": dispositions,
    "bizTransactionList": typed("bizTransaction", "bizTransaction"),
    "sourceList": typed("source", "party"),
    "destinationList": typed("destination", "party"),
    "certificationInfo": certification,
    "quantity": number_of,
    **dict.fromkeys(["epcList", "childEPCs", "inputEPCList", "outputEPCList"], texts("epc")),
    **dict.fromkeys(
        ["quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"], quantities
    ),
}
"""Readers of the fields of events that hold no extensions, by name; the others are texts."""
