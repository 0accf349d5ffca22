"""XML bytes to a small tree: no DTD content, no entities, bounded depth; prefixes are kept."""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat

from shian.core.epcis.errors import EpcisError
from shian.core.epcis.jsonld.read import MAX_DEPTH

_JOINT = "\x1f"


class Node:
    """An element: namespace ``space`` (empty for none), ``name``, ``prefix``, attributes by (space, name)."""

    __slots__ = ("attributes", "children", "name", "prefix", "prefixes", "space", "text")

    def __init__(self, tag: str) -> None:
        self.space, self.name, self.prefix = _split(tag)
        self.attributes: dict[tuple[str, str], str] = {}
        self.prefixes: dict[str, str] = {}  # prefixes of attributes, by namespace
        self.children: list[Node] = []
        self.text = ""

    def child(self, name: str) -> Node | None:
        """The first child of no namespace called ``name``."""
        return next((c for c in self.children if c.name == name and not c.space), None)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.children)


def _split(tag: str) -> tuple[str, str, str]:
    parts = tag.split(_JOINT)
    if len(parts) == 1:
        return "", parts[0], ""
    return parts[0], parts[1], parts[2] if len(parts) == 3 else ""


def parse_xml(data: bytes) -> Node:
    """The root element of ``data``.

    Refused with :class:`EpcisError`: text that is not well-formed (also unbound prefixes), a document type
    with content or an address, any entity declaration, nesting beyond the limit.
    """
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
        where = f"第 {error.lineno} 行第 {error.offset + 1} 列"
        raise EpcisError(
            "", "xml.syntax", f"不是良构的 XML：{where}，{expat.ErrorString(error.code)}"
        ) from None
    except (LookupError, ValueError) as error:
        if isinstance(error, EpcisError):
            raise
        raise EpcisError("", "xml.encoding", f"无法识别的编码：{error}") from None
    return builder.root()


class _Builder:
    def __init__(self) -> None:
        self.stack: list[Node] = []
        self.texts: list[list[str]] = []
        self.done: Node | None = None

    def root(self) -> Node:
        if self.done is None:
            raise EpcisError("", "xml.syntax", "没有根元素")
        return self.done

    def doctype(self, name: str, system: str | None, public: str | None, has_subset: int) -> None:
        if system or public or has_subset:
            raise EpcisError("", "xml.doctype", f"不接受带内容的 DOCTYPE：{name[:40]}")

    def entity(self, name: str, *_: object) -> None:
        raise EpcisError("", "xml.entity", f"不接受实体声明：{name[:40]}")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise EpcisError("", "limit.depth", f"嵌套超过 {MAX_DEPTH} 层")
        node = Node(tag)
        for key, value in attributes.items():
            space, name, prefix = _split(key)
            node.attributes[space, name] = value
            if space:
                node.prefixes[space] = prefix
        if self.stack:
            self.stack[-1].children.append(node)
        self.stack.append(node)
        self.texts.append([])

    def characters(self, text: str) -> None:
        self.texts[-1].append(text)

    def end(self, _tag: str) -> None:
        self.done = self.stack.pop()
        self.done.text = "".join(self.texts.pop())
