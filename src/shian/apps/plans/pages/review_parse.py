"""What a person selected or typed becomes values of an item: through the same grammar that read the document."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shian.core.plan import Unit, parse_deadlines, parse_targets, parse_units

from .. import queries
from ..models import Draft
from ..rules.reading import deadline_row, party_row, target_row

PLAIN = {
    "no": gettext_lazy("序号"), "title": gettext_lazy("标题"), "text": gettext_lazy("内容"), "section_title": gettext_lazy("章节"), "due": gettext_lazy("完成时限"),
    "recurrence": gettext_lazy("周期"), "soft": gettext_lazy("倡导性"),
}  # fmt: skip
ROWS = {
    "parties": {"name": gettext_lazy("单位名称"), "role": gettext_lazy("角色"), "part": gettext_lazy("分工")},
    "targets": {
        "subject": gettext_lazy("指标"), "op": gettext_lazy("比较"), "value": gettext_lazy("目标值"), "value_max": gettext_lazy("上限"), "unit": gettext_lazy("单位"), "deadline": gettext_lazy("指标时限"),
        "soft": gettext_lazy("力争性"),
    },
    "deadlines": {"date": gettext_lazy("时间节点"), "what": gettext_lazy("节点事项")},
}  # fmt: skip
FLAGS = {"soft"}
LONGEST_NAME = 40
"""A selection up to this length in which no unit is recognised is taken as the name of one."""


def edited(draft: Draft, field: str, value: str) -> dict:
    """{column: new value} for an edit of ``field`` (``title``, ``targets.0.value``)."""
    typed = value == "1" if field.rpartition(".")[2] in FLAGS else value.strip()
    if field in PLAIN:
        return {field: typed}
    rows, index, name = _row(draft, field)
    if name not in ROWS[rows]:
        raise ValidationError(_("“%(field)s”不能在核对时修改") % {"field": field})
    values = [dict(r) for r in getattr(draft, rows)]
    values[index][name] = typed or None if name in ("deadline", "value_max") else typed
    if rows == "parties" and name == "name":
        values[index] |= dict(zip(("unit_id", "set"), _names(draft).resolve(typed), strict=True))
    return {rows: values}


def without(draft: Draft, field: str) -> dict:
    rows, index, _name = _row(draft, f"{field}.")
    return {rows: [r for n, r in enumerate(getattr(draft, rows)) if n != index]}


def printed(draft: Draft, field: str) -> str:
    """The value of ``field`` as the page shows it; empty where its row is gone."""
    try:
        if field in PLAIN:
            value = getattr(draft, field)
        else:
            rows, index, name = _row(draft, field)
            value = getattr(draft, rows)[index].get(name)
    except ValidationError:
        return ""
    if isinstance(value, bool):
        return "1" if value else ""
    return f"{value:.10g}" if isinstance(value, float) else str(value if value is not None else "")


def label_of(field: str) -> str:
    """名称 of a field for people."""
    head, _dot, rest = field.partition(".")
    return PLAIN.get(field) or ROWS.get(head, {}).get(rest.rpartition(".")[2], field)


def read(draft: Draft, kind: str, words: str, start: int | None) -> dict:
    """{column: value} for ``words`` taken as ``kind``; ``start`` is their place in the source, ``None`` if typed."""
    if not words.strip():
        raise ValidationError(_("没有文字：请先在原文中选定，或输入内容"))
    if kind == "title":
        return {"title": re.sub(r"\s", "", words).strip("。，；、：")}
    if kind == "unit":
        found = unit_rows(draft, words, start)
        known = {p["name"]: p for p in draft.parties}
        fresh = {p["name"]: {**known.get(p["name"], {}), **p} for p in found}
        return {"parties": [fresh.pop(p["name"], p) for p in draft.parties] + list(fresh.values())}
    if kind == "target":
        rows = target_rows(draft, words, start)
        if not rows:
            raise ValidationError(
                _("“%(words)s”里没有认出指标：请选含数字的一句，如“合格率达到98%%以上”")
                % {"words": _short(words)}
            )
        return {"targets": _replacing(draft.targets, rows)}
    if kind == "deadline":
        rows = deadline_rows(draft, words, start)
        if not rows:
            raise ValidationError(
                _("“%(words)s”里没有认出日期：请选“9月底前”“2026年6月30日前”这样的词")
                % {"words": _short(words)}
            )
        return {"deadlines": _replacing(draft.deadlines, rows)}
    raise ValidationError(_("“%(kind)s”不是标题、单位、指标或时限") % {"kind": kind})


def unit_rows(draft: Draft, words: str, start: int | None) -> list[dict]:
    """Parties named in ``words``; a short piece in which none is recognised is one name itself."""
    names = _names(draft)
    rows = [party_row(u, names) for u in parse_units(words) if len(u.name) <= 120]
    if not rows and len(words.strip()) <= LONGEST_NAME:
        rows = [party_row(Unit(re.sub(r"\s", "", words), "joint", (0, len(words))), names)]
    if not rows:
        raise ValidationError(_("“%(words)s”里没有认出单位：请只选单位名称") % {"words": _short(words)})
    return [_placed(r, start) for r in rows]


def target_rows(draft: Draft, words: str, start: int | None) -> list[dict]:
    rows = [target_row(t, words) for t in parse_targets(words, draft.document.year)]
    return [_placed({**r, "subject": r["subject"] or draft.title[:200]}, start) for r in rows]


def deadline_rows(draft: Draft, words: str, start: int | None) -> list[dict]:
    return [_placed(deadline_row(d), start) for d in parse_deadlines(words, draft.document.year)]


def _names(draft: Draft):
    return queries.names_of(draft.document.place)


def _placed(row: dict, start: int | None) -> dict:
    """A span of the piece as one of the source; typed words stand nowhere."""
    return row | ({"start": 0, "end": 0} if start is None else {k: row[k] + start for k in ("start", "end")})


def _replacing(old: list[dict], new: list[dict]) -> list[dict]:
    """``old`` and ``new``, where one selected again takes the place of what stood there."""
    again = {(r["start"], r["end"]) for r in new if r["end"]}
    return [r for r in old if (r["start"], r["end"]) not in again] + new


def _row(draft: Draft, field: str) -> tuple[str, int, str]:
    rows, _dot, rest = field.partition(".")
    index, _dot, name = rest.partition(".")
    if rows not in ROWS or not index.isdigit() or int(index) >= len(getattr(draft, rows)):
        raise ValidationError(_("没有“%(field)s”这一行，请刷新页面") % {"field": field})
    return rows, int(index), name


def _short(words: str) -> str:
    return words.strip()[:20] + ("…" if len(words.strip()) > 20 else "")
