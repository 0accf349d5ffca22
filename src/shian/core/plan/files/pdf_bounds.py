"""What a PDF may make its reader do: how far a stream inflates, how often and how much is drawn.

pdfminer sets no such limits; a kilobyte can ask for gigabytes, and forms that draw forms double with every level.
"""

from __future__ import annotations

import zlib
from typing import Any

from pdfminer import pdftypes
from pdfminer.pdfinterp import PDFPageInterpreter
from pdfplumber.page import PDFPageAggregatorWithMarkedContent

from .found import TooLong

MOST_INFLATED = 64 << 20  # bytes of one stream
MOST_DRAWN = 20_000  # contents of pages and forms, those drawn again too
MOST_CONTENT = 64 << 20  # bytes of them together


class _Zlib:
    """In the place of the module: what pdfminer asks of it, with an end."""

    error = zlib.error

    @staticmethod
    def decompressobj() -> _Inflater:
        return _Inflater()

    @staticmethod
    def decompress(data: bytes) -> bytes:
        inflater = _Inflater()
        out = inflater.decompress(data)
        if not inflater.eof:
            raise zlib.error("incomplete or truncated stream")
        return out


class _Inflater:
    def __init__(self) -> None:
        self._inner = zlib.decompressobj()
        self._left = MOST_INFLATED

    @property
    def eof(self) -> bool:
        return self._inner.eof

    def decompress(self, data: bytes) -> bytes:
        out = self._inner.decompress(data, self._left + 1)
        self._left -= len(out)
        if self._left < 0:
            raise TooLong
        return out


vars(pdftypes)["zlib"] = _Zlib


class Budget:
    """Of one document."""

    def __init__(self) -> None:
        self.drawn, self.content = MOST_DRAWN, MOST_CONTENT

    def spend(self, streams: Any) -> None:
        for one in streams:
            self.drawn -= 1
            self.content -= len(pdftypes.stream_value(one).get_data())
            if self.drawn < 0 or self.content < 0:
                raise TooLong


class _Device(PDFPageAggregatorWithMarkedContent):
    budget: Budget


class _Interpreter(PDFPageInterpreter):
    """Counts the contents of pages and of forms, which pass through here alike."""

    def render_contents(self, resources: Any, streams: Any, ctm: Any = (1, 0, 0, 1, 0, 0)) -> None:
        self.device.budget.spend(pdftypes.list_value(streams))  # type: ignore[attr-defined]
        super().render_contents(resources, streams, ctm)


def lay_out(page: Any, budget: Budget) -> None:
    """What :attr:`pdfplumber.page.Page.layout` does when first asked, within the budget of the document."""
    device = _Device(page.pdf.rsrcmgr, pageno=page.page_number, laparams=page.pdf.laparams)
    device.budget = budget
    _Interpreter(page.pdf.rsrcmgr, device).process_page(page.page_obj)
    page._layout = device.get_result()
