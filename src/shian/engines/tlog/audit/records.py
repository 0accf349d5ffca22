"""Digests of records that are the lines of a file, read in parts that several processes can hash."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from shian.core.tlog.leaf import record_digests

from .workers import Workers

_PART = 1 << 23
Span = tuple[str, int, int]


def line_digests(path: Path, workers: Workers) -> Iterator[bytes]:
    """The digests of the lines, in order, in runs of many; a line without its newline is one record."""
    return workers.map(_digest_span, list(_spans(path)))


def _spans(path: Path) -> Iterator[Span]:
    """Byte ranges of about 8 MB that end where a line ends."""
    size, start = path.stat().st_size, 0
    with path.open("rb") as lines:
        while start < size:
            lines.seek(min(start + _PART, size))
            lines.readline()
            end = lines.tell()
            yield str(path), start, end
            start = end


def _digest_span(span: Span) -> bytes:
    path, start, end = span
    with Path(path).open("rb") as lines:
        lines.seek(start)
        text = lines.read(end - start)
    records = text.removesuffix(b"\n").split(b"\n")
    return record_digests(r.rstrip(b"\r") for r in records) if b"\r" in text else record_digests(records)
