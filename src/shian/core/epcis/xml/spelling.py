"""CBV words that JSON spelled as an address or with a prefix (``cbv:BizStep-shipping``), which it may.

XML always addresses a word, and reading makes the bare word of every address. Where JSON did not write the bare
word, its spelling therefore travels beside the event, in an element ``spelled`` of our own namespace.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .names import FIELDS, bare


def spellings(event: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(field, word as spelled) of the CBV words in the JSON of ``event`` that are not bare."""
    found = {(field, holder[key]) for field, holder, key in _words(event)}
    return sorted((field, word) for field, word in found if bare(field, word) != word)


def spelling(field: str, word: str) -> dict[tuple[str, str], str]:
    """What :func:`respell` needs to know of one entry of :func:`spellings`; nothing for a field without words."""
    return {(field, bare(field, word)): word} if field in FIELDS else {}


def respell(event: Mapping[str, Any], spelled: Mapping[tuple[str, str], str]) -> None:
    """Put the words of ``event`` back as they were ``spelled``, which maps (field, bare word) to spelling."""
    for field, holder, key in list(_words(event)):
        holder[key] = spelled.get((field, holder[key]), holder[key])


def _words(event: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """(field, object or list, name or index in it) of every place of ``event`` that holds a CBV word."""
    for name in ("bizStep", "disposition"):
        if name in event:
            yield name, event, name
    for name, field in (
        ("bizTransactionList", "bizTransaction"), ("sourceList", "party"), ("destinationList", "party"),
    ):  # fmt: skip
        for item in event.get(name, ()):
            if "type" in item:
                yield field, item, "type"
    for words in event.get("persistentDisposition", {}).values():
        yield from (("disposition", words, index) for index in range(len(words)))
    if "reason" in (error := event.get("errorDeclaration", {})):
        yield "reason", error, "reason"
    for element in event.get("sensorElementList", ()):
        for report in element["sensorReport"]:
            yield from ((name, report, name) for name in ("type", "component", "exception") if name in report)
