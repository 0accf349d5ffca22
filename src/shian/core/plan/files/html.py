"""HTML → text: blocks as lines, rows of tables as tabbed lines. For parts inside DOCX, and web archives."""

from __future__ import annotations

import email
import re
from html.parser import HTMLParser

from .decode import decode

_BLOCKS = {"address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "section", "table", "title", "tr", "ul"}
_SILENT = {"head", "script", "style", "rt", "rp", "template", "noscript"}
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_-]+)""")


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0
        self._cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in ("td", "th"):
            self.parts.append("\t" if self._cell else "")
            self._cell = True
        elif tag in _BLOCKS and not (self._cell and tag != "tr"):
            self.parts.append("\n")
            self._cell = self._cell and tag != "tr"

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in ("tr", "table"):
            self.parts.append("\n")
            self._cell = False
        elif tag in _BLOCKS and not self._cell:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(re.sub(r"\s+", " ", data))


def html_text(data: bytes) -> str:
    """The text of an HTML page or of the first page of a web archive (MHT)."""
    if re.match(rb"\s*(MIME-Version|From|Content-Type)\s*:", data[:200], re.I):
        message = email.message_from_bytes(data)
        page = next((m for m in message.walk() if m.get_content_type() == "text/html"), message)
        payload = page.get_payload(decode=True)
        data = payload if isinstance(payload, bytes) else data
    parser = _Text()
    parser.feed(_decoded(data))
    parser.close()
    lines = (line.strip(" ") for line in "".join(parser.parts).split("\n"))
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
