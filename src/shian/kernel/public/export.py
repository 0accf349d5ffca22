"""The public side as a folder of files, for a host that has no database."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator

from . import presentation
from .queries import PAGE, Board, boards

STYLE = "public/public.css"


class NotOurs(Exception):
    """The folder holds something else under a name that the export would replace."""


def export(folder: Path) -> int:
    """Writes ``folder/public`` anew and gives the number of rows; the old one stands until the new one is whole.

    Raises :class:`NotOurs` when what stands there was not written by an export.
    """
    target, fresh, old = (folder / name for name in ("public", "public.new", "public.old"))
    if target.exists() and not (target / "index.html").is_file():
        raise NotOurs(str(target))
    for left in (fresh, old):
        shutil.rmtree(left, ignore_errors=True)
    _write(fresh, "index.html", presentation.index())
    count = sum(_board(fresh / board.resource.name, board) for board in boards())
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    style = Path(finders.find(STYLE))
    _write(folder / settings.STATIC_URL.strip("/"), STYLE, style.read_text("utf-8"))
    return count


def _board(folder: Path, board: Board) -> int:
    """The pages of one resource; the first one also stands at its root."""
    pages = Paginator(board.rows, PAGE)
    for number in pages.page_range:
        for place in ([folder] if number == 1 else []) + [folder / "page" / str(number)]:
            _write(place, "index.html", presentation.listing(board, number, search=False))
            _write(place, "index.json", presentation.listing_json(board, number))
    for row in board.rows.iterator(chunk_size=500):
        _write(folder / row.slug, "index.html", presentation.detail(board, row))
        _write(folder / row.slug, "index.json", presentation.detail_json(board, row))
    return pages.count


def _write(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
