"""Documents made wrong, or only odd, on purpose: the material of all fuzzed captures.

:func:`hostile` draws one: a document of the generated economy or a full example, its spelling changed (Digital Links
or EPC URNs, compact or expanded names, key order, encoding, JSON-LD, XML 1.2 or 2.0), its fields changed with
knowledge of the structure, or its bytes without any. Everything follows from the random generator given.
"""

from __future__ import annotations

import copy
import json
import random
import re
import uuid
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import orjson
from tests.core.epcis.schema_cases import EVENTS, STRANGE, TIMES, example, example_document
from tests.core.epcis.test_jsonld import CONTEXT, MILK
from tests.core.epcis.test_xml import OLD
from tests.engines.journal.xml_mutations import mutate_xml

from shian.core.epcis import EpcisError, read_document, write_xml
from shian.core.gs1 import Gs1Error, parse, write_link, write_urn

Tree = dict[str, Any]

NUMBERS = (
    "1e400",
    "-1e-400",
    "1E+2",
    "-0",
    "0.000",
    "9" * 19,
    "9" * 70,
    "-12.50",
    "1e999999999",
    "0.1e-3",
    "NaN",
    "-Infinity",
    "01",
)
"""Spellings that :mod:`json` would not write; they travel as ``@@…@@`` until the text is made."""

ODD: tuple[Any, ...] = (
    *STRANGE, -1, 10**30, 1e308, " ", "x" * 5000, "\u0000", "\ud800", "\udfff\ud800", "𠮷", "e\u0301", "\u202e食", "\ufeff", "\uffff", [[]],
    [{}], {"id": ""}, {"@value": 1}, {"@id": "_:b"}, "urn:epc:id:sgtin:1.2.3", "urn:epc:class:lgtin:9521234.000001.", "urn:epc:idpat:sgtin:*.*.*",
    "https://id.gs1.org/01/123", "https://id.gs1.org/", "https://id.gs1.org/01/09521234000013/10/%00", "http://[", "shipping", "ADD", "DELETE",
    "ObjectEvent", "cbv:BizStep-shipping", {"quantity": "@@1e400@@", "uom": "KGM"}, [{"epcClass": "urn:x:1", "quantity": -5}],
    [{"type": "possessing_party", "source": "urn:x:2"}], *(f"@@{n}@@" for n in NUMBERS),
)  # fmt: skip

INSTANTS = (
    *TIMES, "0001-01-01T00:00:00Z", "0000-06-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999999999-14:00",
    "9999-12-31T23:59:60.999999999999+14:00", "2016-12-31T23:59:60Z", "2026-06-30T23:59:60+08:00", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z",
    "2106-02-07T06:28:16Z", "2038-01-19T03:14:08Z", "1582-10-10T00:00:00Z", "2026-03-01T08:00:00+23:59", "2026-03-01T08:00:00-00:01",
    "+2026-03-01T08:00:00Z", "２０２６-03-01T08:00:00Z", "2026-W10-1T00:00:00Z", "20260301T080000Z",
)  # fmt: skip
ZONES = ("+08:00", "-12:00", "+14:00", "+14:01", "+24:00", "Z", "+8:00", "+0800", "−08:00", "")


def events_of(tree: Tree) -> list[Tree]:
    """The events of a document as a list, whatever became of it."""
    body = tree.get("epcisBody")
    listed = body.get("eventList") if isinstance(body, dict) else None
    return [e for e in listed if isinstance(e, dict)] if isinstance(listed, list) else []


def spots(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) below ``value``."""
    out, open_ = [], [value]
    while open_:
        node = open_.pop()
        for key, inner in node.items() if type(node) is dict else enumerate(node):
            out.append((node, key))
            if type(inner) is dict or type(inner) is list:
                open_.append(inner)
    return out


def _pick(
    tree: Tree, rng: random.Random, where: Callable[[Any], bool] = lambda _: True
) -> tuple[Any, Any] | None:
    found = [(spot, key) for spot, key in spots(tree) if where(spot[key])]
    return rng.choice(found) if found else None


def _drop(tree: Tree, rng: random.Random) -> None:
    if found := _pick(tree, rng):
        found[0].pop(found[1])


def _odd(tree: Tree, rng: random.Random) -> None:
    if found := _pick(tree, rng):
        found[0][found[1]] = copy.deepcopy(rng.choice(ODD))


def _wrap(tree: Tree, rng: random.Random) -> None:
    """The right value in the wrong JSON type."""
    if found := _pick(tree, rng):
        spot, key = found
        kinds: list[Callable[[Any], Any]] = [
            str, lambda v: [v], lambda v: {"@value": v}, lambda v: {"id": v}, lambda v: None, lambda v: [v, v]
        ]  # fmt: skip
        spot[key] = rng.choice(kinds)(spot[key])


def _repeat(tree: Tree, rng: random.Random) -> None:
    if found := _pick(tree, rng, lambda v: isinstance(v, list) and bool(v)):
        held = found[0][found[1]]
        held.insert(rng.randint(0, len(held)), copy.deepcopy(rng.choice(held)))


def _swap(tree: Tree, rng: random.Random) -> None:
    """Two values change places: within an event, or between events."""
    one, other = _pick(tree, rng), _pick(tree, rng)
    if one and other:
        a, b = copy.deepcopy(one[0][one[1]]), copy.deepcopy(other[0][other[1]])
        one[0][one[1]] = b
        if isinstance(other[0], dict) or other[1] < len(other[0]):
            other[0][other[1]] = a


def _retarget(tree: Tree, rng: random.Random) -> None:
    """An identifier names another thing of the same document."""
    names = [s[k] for s, k in spots(tree) if isinstance(s[k], str) and ":" in s[k]]
    if names and (found := _pick(tree, rng, lambda v: isinstance(v, str) and ":" in v)):
        found[0][found[1]] = rng.choice(names)


def _number(tree: Tree, rng: random.Random) -> None:
    if found := _pick(tree, rng, lambda v: isinstance(v, int | float) and not isinstance(v, bool)):
        value = found[0][found[1]]
        found[0][found[1]] = rng.choice(
            [-value, 0, value * 10**12, str(value), *(f"@@{n}@@" for n in NUMBERS)]
        )


def _time(tree: Tree, rng: random.Random) -> None:
    for event in rng.sample(found := events_of(tree), min(len(found), 1)):
        field = rng.choice(["eventTime", "eventTime", "recordTime", "eventTimeZoneOffset"])
        event[field] = rng.choice(ZONES if field.endswith("Offset") else INSTANTS)


def _extend(tree: Tree, rng: random.Random) -> None:
    """A field that was not there: a standard one where it does not belong, an extension, depth, breadth."""
    for event in rng.sample(found := events_of(tree), min(len(found), 1)):
        field = rng.choice(
            [
                "action",
                "parentID",
                "transformationID",
                "ex:y",
                "@context",
                "ilmd",
                "https://ns.example.cn/y",
                "a b",
                "@type",
                "",
                "cbvmda:lotNumber",
            ]
        )
        value: Any = copy.deepcopy(rng.choice(ODD))
        if rng.random() < 0.2:
            for _ in range(rng.choice([3, 60, 70])):
                value = rng.choice([[value], {"ex:in": value}])
        event[field] = value


def _context(tree: Tree, rng: random.Random) -> None:
    known = copy.deepcopy(CONTEXT)  # what comes into the tree may be changed by the next mutation
    tree["@context"] = rng.choice(
        [
            [],
            "urn:x:1",
            None,
            [*known, {"ex": "urn:other:"}],
            [*known, {"eventTime": "urn:x:t"}],
            [*known, {"cbv": "urn:x:"}],
            [known],
            {},
        ]
    )


def _same_id(tree: Tree, rng: random.Random) -> None:
    """One eventID for two events."""
    found = events_of(tree)
    if len(found) > 1:
        one, other = rng.sample(found, 2)
        one["eventID"] = other.get("eventID")


def _twice(tree: Tree, rng: random.Random) -> None:
    if found := events_of(tree):
        tree["epcisBody"]["eventList"].append(copy.deepcopy(rng.choice(found)))


def _declare(tree: Tree, rng: random.Random) -> None:
    """An error declaration: of the event itself, beside the event or before it, or of an id never seen."""
    if found := events_of(tree):
        event = rng.choice(found)
        declared = copy.deepcopy(event)
        when = rng.choice(["2030-01-01T00:00:00Z", "1999-01-01T00:00:00Z", *INSTANTS[:4]])
        declared["errorDeclaration"] = {
            "declarationTime": when,
            "reason": rng.choice(["incorrect_data", "did_not_occur", "nonsense"]),
        }
        listed = tree["epcisBody"]["eventList"]
        match rng.randrange(3):
            case 0:
                listed.append(declared)
            case 1:
                listed.insert(0, declared)
            case _:
                listed[next(i for i, e in enumerate(listed) if e is event)] = declared


def _cycle(tree: Tree, rng: random.Random) -> None:
    """Things inside themselves: a parent its own child, two boxes in each other, a lot made of itself."""
    for event in events_of(tree):
        match event.get("type"):
            case "AggregationEvent" | "AssociationEvent":
                event["childEPCs"] = [event.get("parentID")]
            case "TransformationEvent":
                event["outputQuantityList"] = event.get("inputQuantityList", [])
                event["outputEPCList"] = event.get("inputEPCList", [])
            case "ObjectEvent" if rng.random() < 0.5:
                stack = rng.randrange(3000)
                box, other = (f"urn:ex:box:{stack}-{rng.randrange(4)}" for _ in range(2))
                event |= {"type": "AggregationEvent", "action": "ADD", "parentID": box, "childEPCs": [other]}
                for name in ("epcList", "quantityList", "ilmd"):
                    event.pop(name, None)


def _sign(tree: Tree, rng: random.Random) -> None:
    for spot, key in spots(tree):
        if key == "quantity" and rng.random() < 0.5 and isinstance(spot, dict):
            spot[key] = rng.choice([-1, 0, -0.5, "@@-0@@", "@@-1e3@@"])


STRUCTURAL: tuple[Callable[[Tree, random.Random], None], ...] = (
    _drop, _odd, _wrap, _repeat, _swap, _retarget, _number, _time, _extend, _context, _same_id, _twice, _declare, _cycle, _sign,
)  # fmt: skip
HARMLESS: tuple[Callable[[Tree, random.Random], None], ...] = (
    _retarget,
    _same_id,
    _twice,
    _declare,
    _cycle,
    _repeat,
)
"""Edits after which the schema often still holds: they reach the journal."""


def text_of(tree: Any, rng: random.Random) -> bytes:
    """JSON in some spelling: blanks, order of names, escapes, a byte order mark, a name twice."""
    text = json.dumps(
        tree,
        ensure_ascii=rng.random() < 0.5,
        indent=rng.choice([None, None, 1]),
        sort_keys=rng.random() < 0.2,
    )
    text = re.sub(r'"@@(.*?)@@"', r"\1", text)
    if rng.random() < 0.02:
        text = text.replace('"type":', '"type": "ObjectEvent", "type":', 1)
    mark = b"\xef\xbb\xbf" if rng.random() < 0.02 else b""
    return mark + text.encode("utf-8", "surrogatepass" if rng.random() < 0.5 else "replace")


def mutate_bytes(data: bytes, rng: random.Random) -> bytes:
    """One to four edits without any knowledge of what the bytes mean."""
    out = bytearray(data or b" ")
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(out))
        match rng.randrange(7):
            case 0:
                out[at] = rng.randrange(256)
            case 1:
                del out[at : at + rng.randint(1, 30)]
            case 2:
                tokens = [
                    b'"',
                    b"[",
                    b"{",
                    b"<",
                    b"&",
                    b"\\ud800",
                    b"null",
                    b"1e999",
                    b"-",
                    b"]]>",
                    b"\x00",
                    b"<!--",
                    b"<![CDATA[",
                    b"&#0;",
                    b"\\u0000",
                ]
                out[at:at] = rng.choice(tokens)
            case 3:
                piece = bytes(out[at : at + rng.randint(1, 60)])
                out[rng.randrange(len(out)) : 0] = piece
            case 4:
                out[at] ^= 1 << rng.randrange(8)
            case 5 if rng.random() < 0.3:
                del out[at:]
            case _:
                digits = [i for i, byte in enumerate(out) if 48 <= byte <= 57]
                out[rng.choice(digits or [0])] = rng.randrange(48, 58)
        if not out:
            return b" "
    return bytes(out)


@lru_cache(65536)
def other_spelling(identifier: str) -> str:
    """The Digital Link of an EPC URN and the reverse; anything else unchanged."""
    try:
        elements = parse(identifier)
        return write_link(elements) if identifier.startswith("urn:") else write_urn(elements, 7)
    except (Gs1Error, TypeError, ValueError):
        return identifier


def respell(tree: Tree, rng: random.Random) -> None:
    """The same document in other words: identifiers, expanded names of extensions."""
    share = rng.choice([0.0, 0.3, 1.0])
    for spot, key in spots(tree):
        if (
            isinstance(spot[key], str)
            and spot[key].startswith(("urn:epc:", "https://id.gs1.org"))
            and rng.random() < share
        ):
            spot[key] = other_spelling(spot[key])
    if rng.random() < 0.1:
        for event in events_of(tree):
            for name in [n for n in event if n.startswith("ex:")]:
                event["https://ns.example.cn/" + name[3:]] = event.pop(name)


def spread(tree: Tree, rng: random.Random) -> None:
    """The identifiers that all examples share become many, else one lot would have the history of a hundred."""
    number = str(rng.randrange(5000))
    for spot, key in spots(tree):
        if isinstance(spot[key], str) and spot[key].startswith(
            ("urn:ex:", "urn:epc:class:lgtin:6901234.056789.")
        ):
            spot[key] += number


def rename(tree: Tree, rng: random.Random) -> None:
    """New eventIDs, so that what is good is new to the journal."""
    known: dict[str, str] = {}
    for event in events_of(tree):
        if isinstance(event.get("eventID"), str):
            new = known.setdefault(event["eventID"], f"urn:uuid:{uuid.UUID(int=rng.getrandbits(128))}")
            event["eventID"] = new


def examples() -> list[bytes]:
    """Documents with every field of every event type, master data, sensors, extensions."""
    head = {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-03-15T10:11:12Z",
    }
    out = [{**head, "epcisBody": {"eventList": [example(kind), copy.deepcopy(MILK)]}} for kind in EVENTS]
    out += [example_document("EPCISDocument"), example_document("EPCISQueryDocument")]
    return [orjson.dumps(tree) for tree in out]


def as_xml(tree: Tree, rng: random.Random) -> bytes | None:
    """The document in XML, changed as XML half the time; None where XML cannot say it."""
    try:
        written = write_xml(read_document(text_of(tree, rng)), rng.choice(["1.2", "2.0"]))
    except EpcisError:
        return OLD.encode() if rng.random() < 0.1 else None
    return written


def hostile(originals: Sequence[bytes], rng: random.Random) -> bytes:
    """One document for the door, drawn from ``originals`` (JSON); about a half of them are acceptable."""
    tree = orjson.loads(rng.choice(originals))
    if rng.random() < 0.7:
        rename(tree, rng)
    spread(tree, rng)
    respell(tree, rng)
    edits = rng.choice([(), HARMLESS, HARMLESS, STRUCTURAL, STRUCTURAL])
    for _ in range(rng.randint(1, 3) if edits else 0):
        rng.choice(edits)(tree, rng)
    data = None
    if rng.random() < 0.3 and (written := as_xml(tree, rng)) is not None:
        data = mutate_xml(written, rng) if rng.random() < 0.6 else written
    if data is None:
        data = text_of(tree, rng)
    return mutate_bytes(data, rng) if rng.random() < 0.15 else data
