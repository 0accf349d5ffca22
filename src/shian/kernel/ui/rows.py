"""The body of a table as one string: fifty rows of templates would cost more than their query."""

from __future__ import annotations

import datetime as dt
from html import escape
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from . import parts

SHORT = 10
"""Characters of a text that is not broken over two lines: a period, a name of four to ten characters."""


def _getter(thing: Any):
    return thing.get if isinstance(thing, dict) else lambda key, default=None: getattr(thing, key, default)


def cell_html(cell: Any, today: dt.date, title_url: str = "", *, settled: bool = False, paused: bool = False) -> str:
    """Escaped content of a cell ``{text | html, kind, url, value}``; ``title_url`` makes it a link.

    ``settled``: the row has reached a final state, so that its deadline is only a date. ``paused``: its time does not run.
    """
    get = _getter(cell)
    kind, text = get("kind"), get("text")
    value = text if get("value") is None else get("value")
    if html := get("html"):
        shown = conditional_escape(html)
    elif kind == "due" and settled and not get("done"):
        shown = escape(str(parts.as_date(value) or ""))
    elif kind == "due":
        shown = parts.due(value or None, today, done=get("done"), working_days=get("working_days"), paused=paused)
    elif kind == "progress":
        shown = parts.progress(value)
    elif text in (None, ""):
        return ""
    elif kind == "state":
        shown = parts.state(get("state") or str(text))
    elif kind == "long":
        shown = f'<span class="clip-2" title="{escape(str(text))}">{escape(str(text))}</span>'
    else:
        shown = escape(str(text))
    url = get("url") or title_url
    return f'<a href="{escape(str(url))}">{shown}</a>' if url else shown


def _titled(cells: Any, kinds: list[str], url: str) -> int:
    if "title" in kinds:
        return kinds.index("title")
    return next((n for n, cell in enumerate(cells) if url and _getter(cell)("url") == url), 0)


def body(rows: Any, today: dt.date, *, pick: bool = False) -> SafeString:
    """``<tr>…`` of all ``rows`` ({pk, url, cells, settled, paused}); ``pick`` puts a check box before each.

    The row's title is the cell of kind ``title``, else the one that links to the row, else the first.
    """
    word, out = _("选中"), []
    for row in rows:
        get = _getter(row)
        cells, url = get("cells"), get("url") or ""
        out.append("<tr>")
        if pick:
            title = escape(f"{word} {_getter(cells[0])('text') or ''}")
            out.append(
                f'<td class="pick"><input class="form-check-input" type="checkbox" name="pk" '
                f'value="{escape(str(get("pk")))}" aria-label="{title}"></td>'
            )
        kinds = [_getter(cell)("kind") or "text" for cell in cells]
        titled = _titled(cells, kinds, url)
        settled, paused = bool(get("settled")), bool(get("paused"))
        for n, (cell, kind) in enumerate(zip(cells, kinds, strict=True)):
            html = cell_html(cell, today, url if n == titled else "", settled=settled, paused=paused)
            css = "num" if kind == "number" else f"kind-{kind}"
            if kind == "text" and 0 < len(_getter(cell)("text") or "") <= SHORT:
                css += " text-nowrap"
            css += (" title" if n == titled else "") + ("" if html else " blank")
            label = escape(str(_getter(cell)("label")))
            out.append(f'<td data-label="{label}" class="{css}">{html}</td>')
        out.append("</tr>")
    return mark_safe("".join(out))  # every value above went through escape
