"""Pages and JSON as text, in the site's language; nothing of a request enters but the search."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string

from shian.kernel.ui.language import record_language

from .models import PublicRow
from .queries import SHOWN, Board, boards


def index() -> str:
    return _page("index", boards=boards())


def listing(board: Board, number: int = 1, q: str = "", *, search: bool = True) -> str:
    page = board.page(number, q)
    rows = [(row, board.lines(row, SHOWN)) for row in page]
    return _page("list", board=board, page=page, rows=rows, q=q, search=search)


def detail(board: Board, row: PublicRow) -> str:
    return _page("row", board=board, row=row, lines=board.lines(row))


def listing_json(board: Board, number: int = 1, q: str = "") -> str:
    page = board.page(number, q)
    with record_language():
        fields = [{"name": name, "label": label} for name, label in board.fields]
        told = {"resource": board.resource.name, "label": board.label, "fields": fields, "count": page.paginator.count,
                "page": page.number, "pages": page.paginator.num_pages, "rows": [board.told(row) for row in page]}  # fmt: skip
    return _json(told)


def detail_json(board: Board, row: PublicRow) -> str:
    return _json(board.told(row))


def _page(name: str, **context) -> str:
    with record_language():
        return render_to_string(f"public/{name}.html", context)


def _json(value: dict) -> str:
    return DjangoJSONEncoder(ensure_ascii=False).encode(value)
