"""The order of elements in an event that the XML schemas prescribe.

It means nothing, and nothing is lost where a sender ignores it: such XML is read. But it is not valid, and other
platforms refuse it; so checking a document tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shian.core.words import say

from ..errors import Problem

BASE = ("eventTime", "recordTime", "eventTimeZoneOffset")
DECLARED = ("eventID", "errorDeclaration")
_WHY = ("bizStep", "disposition", "readPoint", "bizLocation", "bizTransactionList")
_PARTIES = ("sourceList", "destinationList")
NEW = ("sensorElementList", "persistentDisposition")
_TRANSFORMATION = (
    "inputEPCList",
    "inputQuantityList",
    "outputEPCList",
    "outputQuantityList",
    "transformationID",
)

# 2.0: all fields in order. 1.2: fields, then those that stand in <extension>.
ORDER_20: dict[str, tuple[str, ...]] = {
    "ObjectEvent": ("epcList", "action", *_WHY, "quantityList", *_PARTIES, *NEW, "ilmd"),
    "AggregationEvent": ("parentID", "childEPCs", "action", *_WHY, "childQuantityList", *_PARTIES, *NEW),
    "TransactionEvent": (
        "bizTransactionList", "parentID", "epcList", "action", *_WHY[:-1], "quantityList", *_PARTIES, *NEW,
    ),
    "TransformationEvent": (*_TRANSFORMATION, *_WHY, *_PARTIES, *NEW, "ilmd"),
    "AssociationEvent": ("parentID", "childEPCs", "childQuantityList", "action", *_WHY, *_PARTIES, *NEW),
}  # fmt: skip
ORDER_12: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "ObjectEvent": (("epcList", "action", *_WHY), ("quantityList", *_PARTIES, "ilmd")),
    "AggregationEvent": (("parentID", "childEPCs", "action", *_WHY), ("childQuantityList", *_PARTIES)),
    "TransactionEvent": (
        ("bizTransactionList", "parentID", "epcList", "action", *_WHY[:-1]), ("quantityList", *_PARTIES),
    ),
    "TransformationEvent": ((*_TRANSFORMATION, *_WHY, *_PARTIES, "ilmd"), ()),
}  # fmt: skip

_RANKS = {
    event_type: {name: rank for rank, name in enumerate((*BASE, *DECLARED, "certificationInfo", *order))}
    for event_type, order in ORDER_20.items()
}


def misplaced(tree: dict[str, Any]) -> Iterator[Problem]:
    """The first field of each event of ``tree``, as read from XML, that stands before one it should follow.

    The fields that XML 1.2 keeps in ``extension`` stand in the same order there, so one table serves both versions.
    """
    for path, event in _events(tree):
        ranks = _RANKS.get(event["type"], {})
        last = next(iter(ranks), "")
        for name in event:
            if name in ranks:
                if ranks[name] < ranks[last]:
                    message = say("XML 元素的顺序不合标准：%(last)s 应在 %(name)s 之后", last=last, name=name)
                    yield Problem(f"{path}{last}", "xml.order", message)
                    break
                last = name


def _events(tree: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Path with its joint, event."""
    if tree["type"] in ORDER_20:
        yield "", tree
        return
    body, path = tree["epcisBody"], "epcisBody"
    if tree["type"] == "EPCISQueryDocument":
        body, path = body["queryResults"]["resultsBody"], "epcisBody.queryResults.resultsBody"
    for index, event in enumerate(body["eventList"]):
        yield f"{path}.eventList[{index}].", event
