"""Parts of an OFD package (GB/T 33190 chapter 7): where documents, pages, templates and signatures are."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from ..package import Package

MAX_PAGES = 400
_TIME = re.compile(r"^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)\d\d(Z?)$")
POINTS = 72 / 25.4  # a millimetre
Element = Any


def local(node: Element) -> str:
    """The name without its namespace, of which there are several in use."""
    return str(node.tag).rpartition("}")[2] if isinstance(node.tag, str) else ""


def children(node: Element | None, *names: str) -> Iterator[Element]:
    """Grandchildren along a path of local names."""
    if node is None:
        return
    for child in node.iterchildren():
        if local(child) == names[0]:
            if len(names) == 1:
                yield child
            else:
                yield from children(child, *names[1:])


def first(node: Element | None, *names: str) -> Element | None:
    return next(children(node, *names), None)


def words(node: Element | None) -> str:
    return (node.text or "").strip() if node is not None else ""


def located(package: Package, base: str, where: str) -> str | None:
    """The part a location means (7.3): from the root with a slash, else from its file; some writers mix them up."""
    where = where.strip().replace("\\", "/")
    beside = posixpath.normpath(posixpath.join("/", posixpath.dirname(base), where.lstrip("/")))
    tried = [posixpath.normpath("/" + where.lstrip("/")), beside] if where.startswith("/") else [beside, posixpath.normpath("/" + where)]
    return next((part.lstrip("/").lower() for part in tried if where and part in package), None)


class Document:
    """One document of the package: its pages as parts, and the objects on them."""

    def __init__(self, package: Package, part: str) -> None:
        self._package = package
        root = package.xml(part)
        common = first(root, "CommonData")
        self._templates = {t.get("ID"): located(package, part, t.get("BaseLoc", "")) for t in children(common, "TemplatePage")}
        self._areas = list(children(common, "PageArea"))
        found = (located(package, part, p.get("BaseLoc", "")) for p in children(root, "Pages", "Page"))
        self.pages = list(dict.fromkeys(p for p in found if p))  # a part that is named again says nothing new
        self._known: dict[str, list[Element]] = {}

    def width(self, page: str) -> float:
        """In points: of the page, else of all pages of the document (7.5)."""
        for area in (*children(self._package.xml(page), "Area"), *self._areas):
            box = words(first(area, "PhysicalBox")).split()
            if len(box) == 4:
                return float(box[2]) * POINTS
        return 210 * POINTS

    def layers(self, page: str) -> list[Element]:
        """Layers of a page, those of its templates before them."""
        root = self._package.xml(page)
        out: list[Element] = []
        for template in children(root, "Template"):
            part = self._templates.get(template.get("TemplateID"))
            if part and part not in self._known:
                self._known[part] = list(children(self._package.xml(part), "Content", "Layer"))
            out += self._known.get(part or "", [])
        return out + list(children(root, "Content", "Layer"))


def documents(package: Package) -> Iterator[Document]:
    root = package.xml("OFD.xml")
    if local(root) != "OFD":
        raise ValueError("OFD.xml")
    parts = [located(package, "OFD.xml", words(first(body, "DocRoot"))) for body in children(root, "DocBody")]
    for part in dict.fromkeys(parts):
        if part is None:
            raise ValueError("DocRoot")
        yield Document(package, part)


def signatures(package: Package) -> list[str]:
    """Who made each signature or seal (18), as far as the file says: provider and time."""
    out: list[str] = []
    for body in children(package.xml("OFD.xml"), "DocBody"):
        for node in children(body, "Signatures"):
            part = located(package, "OFD.xml", words(node))
            listed = list(children(package.xml(part) if part else None, "Signature"))
            out += [_signer(package, part or "", one.get("BaseLoc", "")) for one in listed] or ["?"]
    return out


def _signer(package: Package, base: str, where: str) -> str:
    part = located(package, base, where)
    info = first(package.xml(part) if part else None, "SignedInfo")
    provider = first(info, "Provider")
    when = _TIME.sub(r"\1-\2-\3 \4:\5\6", words(first(info, "SignatureDateTime"))[:25])
    said = [provider.get("ProviderName", "") if provider is not None else "", when]
    return " ".join(s for s in said if s) or "?"
