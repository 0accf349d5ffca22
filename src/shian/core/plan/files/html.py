"""HTML → text: blocks as lines, rows of tables as tabbed lines. For parts inside DOCX, and web archives."""

from __future__ import annotations

import email
import re
from collections.abc import Mapping

from lxml import etree  # type: ignore[import-untyped]

from .decode import decode

_BLOCKS = {"address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "section", "table", "title", "tr", "ul"}
_SILENT = {"head", "script", "style", "rt", "rp", "template", "noscript"}
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_-]+)""")


class _Text:
    """Told of tags and text by libxml2: the parser of the standard library looks at unfinished tags again and again."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._silent = 0
        self._cell = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in ("td", "th"):
            self.parts.append("\t" if self._cell else "")
            self._cell = True
        elif tag in _BLOCKS and not (self._cell and tag != "tr"):
            self.parts.append("\n")
            self._cell = self._cell and tag != "tr"

    def end(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in ("tr", "table"):
            self.parts.append("\n")
            self._cell = False
        elif tag in _BLOCKS and not self._cell:
            self.parts.append("\n")

    def data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(re.sub(r"\s+", " ", data))

    def close(self) -> str:
        return "".join(self.parts)


def html_text(data: bytes) -> str:
    """The text of an HTML page or of the first page of a web archive (MHT)."""
    if re.match(rb"\s*(MIME-Version|From|Content-Type)\s*:", data[:200], re.I):
        message = email.message_from_bytes(data)
        page = next((m for m in message.walk() if m.get_content_type() == "text/html"), message)
        payload = page.get_payload(decode=True)
        data = payload if isinstance(payload, bytes) else data
    parser = etree.HTMLParser(target=_Text(), encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True)
    parser.feed(_decoded(data).replace("\0", "").encode(errors="replace"))
    lines = (line.strip(" ") for line in parser.close().split("\n"))
    return "\n".join(line for line in lines if line.strip())


def _decoded(data: bytes) -> str:
    named = _CHARSET.search(data[:2000])
    if named:
        name = named.group(1).decode("ascii").lower()
        try:
            return data.decode("gb18030" if name.startswith("gb") else name)
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(data)
