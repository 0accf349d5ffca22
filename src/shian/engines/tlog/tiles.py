"""A log as static files: C2SP tlog-tiles. Any web server can serve them, any client can check them.

``checkpoint`` · ``tile/<level>/<index>[.p/<width>]`` · ``tile/entries/<index>[.p/<width>]``
"""

from __future__ import annotations

from pathlib import Path

from shian.core.tlog.note import SignedNote
from shian.core.tlog.tree import HASH_SIZE

from .log import TILE_WIDTH, Log


def index_path(number: int) -> str:
    """Three digits an element, all but the last with an ``x``: 1234067 is ``x001/x234/067``."""
    text = f"{number:03d}"
    text = text.zfill(-(-len(text) // 3) * 3)
    parts = [text[i : i + 3] for i in range(0, len(text), 3)]
    return "/".join([*("x" + p for p in parts[:-1]), parts[-1]])


def tile_path(level: int | str, number: int, width: int) -> str:
    """Path of a tile (``level`` a number) or of an entry bundle (``level`` = ``"entries"``)."""
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/{index_path(number)}{partial}"


def entry_bundle(digests: list[bytes]) -> bytes:
    """Entries with a big-endian 16-bit length before each."""
    return b"".join(len(d).to_bytes(2, "big") + d for d in digests)


def export_tiles(log: Log, folder: Path, note: SignedNote, size: int) -> int:
    """Write the files of the first ``size`` entries under ``folder``; return how many were written.

    Files of full tiles that exist already are left alone (they can never differ), the checkpoint comes last.
    """
    written = 0
    level, count = 0, size
    while count:
        for number in range(-(-count // TILE_WIDTH)):
            width = min(TILE_WIDTH, count - number * TILE_WIDTH)
            written += _write(
                folder / tile_path(level, number, width), b"".join(log.tile(level, number)[:width])
            )
            if level == 0:
                start = number * TILE_WIDTH
                held = list(log.digests(start, start + width))
                written += _write(folder / tile_path("entries", number, width), entry_bundle(held))
        level, count = level + 1, count // TILE_WIDTH
    (folder / "checkpoint").write_text(note.text(), encoding="utf-8")
    return written + 1


def _write(path: Path, data: bytes) -> int:
    if path.is_file() and path.stat().st_size == len(data):
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return 1


def read_tile(folder: Path, level: int, number: int, width: int) -> list[bytes]:
    """Hashes of a tile file (for clients and tests)."""
    data = (folder / tile_path(level, number, width)).read_bytes()
    return [data[i : i + HASH_SIZE] for i in range(0, len(data), HASH_SIZE)]
