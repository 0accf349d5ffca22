"""XML bytes to a small tree: no DTD content, no entities, bounded depth and count; prefixes are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from xml.parsers import expat

from shian.core.words import say

from ..errors import EpcisError
from ..jsonld.read import MAX_DEPTH

_JOINT = "\x1f"

BLANK = " \t\r\n"
"""What XML calls white space; between elements it means nothing."""

MAX_ELEMENTS = 3_000_000
"""Most elements accepted: each takes some 200 bytes of memory, however short it is written."""


class Node:
    """An element: namespace ``space`` (empty for none), ``name``, ``prefix``, attributes by (space, name).

    ``text`` is all of its own text; where text stands beside elements, ``mixed`` has both in order, else it is empty.
    """

    __slots__ = ("attributes", "children", "mixed", "name", "prefix", "prefixes", "space", "text")

    def __init__(self, tag: str) -> None:
        self.space, self.name, self.prefix = _split(tag)
        self.attributes: dict[tuple[str, str], str] = _NONE
        self.prefixes: dict[str, str] = _NO_PREFIXES  # prefixes of attributes, by namespace
        self.children: Sequence[Node] = ()
        self.mixed: Sequence[Node | str] = ()
        self.text = ""

    def child(self, name: str) -> Node | None:
        """The first child of no namespace called ``name``."""
        return next((c for c in self.children if c.name == name and not c.space), None)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.children)

    def take(self, parts: list[Node | str]) -> None:
        """Make ``parts``, elements and texts, the content."""
        self.children = [part for part in parts if type(part) is Node]
        if len(self.children) < len(parts):
            self.text = "".join([part for part in parts if type(part) is str])
            if self.children and self.text.strip(BLANK):
                self.mixed = parts


_NONE: dict[tuple[str, str], str] = {}
_NO_PREFIXES: dict[str, str] = {}


@lru_cache(4096)
def _split(tag: str) -> tuple[str, str, str]:
    parts = tag.split(_JOINT)
    if len(parts) == 1:
        return "", parts[0], ""
    return parts[0], parts[1], parts[2] if len(parts) == 3 else ""


def is_xml(data: bytes) -> bool:
    """Whether ``data`` begins as XML does, in whatever encoding; JSON never does."""
    head = data[:64].replace(b"\x00", b"")  # UTF-16 too
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


def parse_xml(data: bytes) -> Node:
    """The root element of ``data``.

    Refused with :class:`EpcisError`: text that is not well-formed (also unbound prefixes), a document type
    with content or an address, any entity declaration, nesting or a number of elements beyond the limits.
    """
    if data.count(b"<") > 2 * MAX_ELEMENTS:  # known without parsing: most begin and end with one
        raise _too_many()
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=_JOINT)
    parser.namespace_prefixes = True
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = builder.doctype
    parser.EntityDeclHandler = builder.entity
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        where = say("第 %(line)s 行第 %(column)s 列", line=error.lineno, column=error.offset + 1)
        raise EpcisError(
            "",
            "xml.syntax",
            say("不是良构的 XML：%(where)s，%(why)s", where=where, why=expat.ErrorString(error.code)),
        ) from None
    except (LookupError, ValueError) as error:
        if isinstance(error, EpcisError):
            raise
        raise EpcisError("", "xml.encoding", say("无法识别的编码：%(error)s", error=error)) from None
    return builder.root()


def _too_many() -> EpcisError:
    return EpcisError("", "limit.elements", say("元素超过 %(most)s 个，请分为几份文档", most=MAX_ELEMENTS))


class _Builder:
    def __init__(self) -> None:
        self.stack: list[Node] = []
        self.parts: list[list[Node | str]] = [[]]
        self.count = 0

    def root(self) -> Node:
        root = next((part for part in self.parts[0] if isinstance(part, Node)), None)
        if root is None:
            raise EpcisError("", "xml.syntax", say("没有根元素"))
        return root

    def doctype(self, name: str, system: str | None, public: str | None, has_subset: int) -> None:
        if system or public or has_subset:
            raise EpcisError("", "xml.doctype", say("不接受带内容的 DOCTYPE：%(name)s", name=name[:40]))

    def entity(self, name: str, *_: object) -> None:
        raise EpcisError("", "xml.entity", say("不接受实体声明：%(name)s", name=name[:40]))

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise EpcisError("", "limit.depth", say("嵌套超过 %(most)s 层", most=MAX_DEPTH))
        self.count += 1
        if self.count > MAX_ELEMENTS:
            raise _too_many()
        node = Node(tag)
        if attributes:
            node.attributes, node.prefixes = {}, {}
            for key, value in attributes.items():
                space, name, prefix = _split(key)
                node.attributes[space, name] = value
                if space:
                    node.prefixes[space] = prefix
        self.parts[-1].append(node)
        self.stack.append(node)
        self.parts.append([])

    def characters(self, text: str) -> None:
        self.parts[-1].append(text)

    def end(self, _tag: str) -> None:
        node = self.stack.pop()
        parts = self.parts.pop()
        if len(parts) == 1 and type(parts[0]) is str:
            node.text = parts[0]
        elif parts:
            node.take(parts)
