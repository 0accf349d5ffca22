"""XML documents changed with knowledge of their structure."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable

from lxml import etree

TEXTS = (
    "", " ", "x" * 3000, "𠮷", "\u202e食", "e\u0301", "NaN", "INF", "-1", "+5", ".5", "1e400", "true", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00",
    "urn:epc:id:sgtin:1.2.3", "https://id.gs1.org/01/09521234000013/10/甲", "ADD", "urn:epcglobal:cbv:bizstep:receiving", "  ADD\n", "]]", "&lt;a/&gt;",
)  # fmt: skip
NAMES = (
    "action",
    "epcList",
    "extension",
    "baseExtension",
    "ilmd",
    "quantity",
    "{urn:x:1}own",
    "{urn:shian:epcis:json}member",
    "eventTime",
    "parentID",
)
ATTRIBUTES = (
    ("{http://www.w3.org/2001/XMLSchema-instance}nil", "true"), ("{http://www.w3.org/2001/XMLSchema-instance}type", "xsd:decimal"),
    ("{http://www.w3.org/2001/XMLSchema-instance}type", "xsd:boolean"), ("{urn:shian:epcis:json}type", "array"), ("{urn:shian:epcis:json}type", "object"),
    ("{urn:shian:epcis:json}name", "@context"), ("type", "urn:x:1"), ("{urn:x:1}a", "食"), ("id", "urn:x:1"), ("{http://www.w3.org/XML/1998/namespace}lang", "zh"),
)  # fmt: skip
SPACES = (
    "urn:epcglobal:epcis:xsd:1",
    "urn:epcglobal:epcis:xsd:2",
    "urn:epcglobal:epcis:xsd:3",
    "https://ref.gs1.org/epcis/",
    "urn:epcglobal:epcis-query:xsd:2",
    "",
)
PROLOGUES = (
    b"<!DOCTYPE x>", b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>', b'<!DOCTYPE x SYSTEM "file:///etc/hostname">', b"<?xml-stylesheet href='x'?>",
    b"<!-- a -->", b"\xef\xbb\xbf", b" ",
)  # fmt: skip

Edit = Callable[[etree._Element, random.Random], None]


def _elements(root: etree._Element) -> list[etree._Element]:
    return [e for e in root.iter() if isinstance(e.tag, str)]


def _drop(root: etree._Element, rng: random.Random) -> None:
    found = rng.choice(_elements(root))
    if (parent := found.getparent()) is not None:
        parent.remove(found)


def _repeat(root: etree._Element, rng: random.Random) -> None:
    found = rng.choice(_elements(root))
    if (parent := found.getparent()) is not None:
        parent.insert(rng.randint(0, len(parent)), copy.deepcopy(found))


def _move(root: etree._Element, rng: random.Random) -> None:
    found, home = copy.deepcopy(rng.choice(_elements(root))), rng.choice(_elements(root))
    home.append(found)


def _retag(root: etree._Element, rng: random.Random) -> None:
    rng.choice(_elements(root)).tag = rng.choice(NAMES)


def _text(root: etree._Element, rng: random.Random) -> None:
    rng.choice(_elements(root)).text = rng.choice(TEXTS)


def _mixed(root: etree._Element, rng: random.Random) -> None:
    """Text beside elements, elements beside text, comments and instructions within."""
    found = rng.choice(_elements(root))
    match rng.randrange(4):
        case 0:
            found.tail = rng.choice(TEXTS)
        case 1:
            etree.SubElement(found, rng.choice(NAMES)).text = rng.choice(TEXTS)
        case 2:
            found.append(etree.Comment("注"))
        case _:
            found.text = etree.CDATA("<&>")


def _attribute(root: etree._Element, rng: random.Random) -> None:
    name, value = rng.choice(ATTRIBUTES)
    rng.choice(_elements(root)).set(name, value)


def _deep(root: etree._Element, rng: random.Random) -> None:
    spot = rng.choice(_elements(root))
    for _ in range(rng.choice([3, 70])):
        spot = etree.SubElement(spot, "{urn:x:1}in")


EDITS: tuple[Edit, ...] = (_drop, _repeat, _move, _retag, _text, _mixed, _attribute, _deep)


def mutate_xml(data: bytes, rng: random.Random) -> bytes:
    """``data`` with one to three edits: of elements, of the root's namespace, of the prologue, of the encoding."""
    root = etree.fromstring(data)
    for _ in range(rng.randint(1, 3)):
        rng.choice(EDITS)(root, rng)
    out: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=rng.random() < 0.5)
    if rng.random() < 0.05:
        out = out.replace(b"urn:epcglobal:epcis:xsd:", rng.choice(SPACES).encode(), 1)
    if rng.random() < 0.1:
        out = rng.choice(PROLOGUES) + out
    match rng.randrange(20):
        case 0:
            out = out.decode().partition("?>")[2].encode("utf-16") or out
        case 1:
            out = out.replace(b"UTF-8", rng.choice([b"GBK", b"ISO-8859-1", b"x-none", b"UTF-16"]), 1)
    return out
