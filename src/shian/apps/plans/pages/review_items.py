"""One item under review as the screen shows it: words, marks in the source, what is doubtful."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shian.kernel.people.models import Unit
from shian.kernel.scopes import Actor, system

from ..models import Document, Draft, Target, Task, TaskParty
from ..rules.reading import due_of

SURE = 0.9
"""From this confidence an item may be accepted without a look of its own (全部接受有把握的)."""
LOW = 0.75
"""Below it the item is flagged 低把握."""

STATES = {
    "pending": {"label": gettext_lazy("待确认"), "tone": "warning", "icon": "circle-dashed"},
    "accepted": {"label": gettext_lazy("已接受"), "tone": "success", "icon": "circle-check"},
    "dropped": {"label": gettext_lazy("已舍弃"), "tone": "neutral", "icon": "ban"},
}
ROLES = [(code, str(label)) for code, label in TaskParty.ROLES]
OPS = Target.OPS
PERIODS = [p for p in Task.PERIODS if p[0] != "week"]


@dataclass(frozen=True)
class Names:
    """Short names of the units that the parties of a document point to."""

    units: dict[int, str]

    def of(self, party: dict) -> str:
        if party.get("unit_id"):
            return self.units.get(party["unit_id"], _("单位%(number)s") % {"number": party["unit_id"]})
        return str(dict(TaskParty.SETS).get(party.get("set") or "", "")) if party.get("set") else ""


def live_drafts(actor: Actor, document: Document) -> list[Draft]:
    """The items of ``document`` in the order of its text."""
    rows = Draft.objects.for_actor(actor).live().filter(document=document).order_by("sort", "start", "pk")
    drafts = list(rows)
    for draft in drafts:
        draft.document = document
    return drafts


def names_in(drafts: Iterable[Draft]) -> Names:
    ids = {p["unit_id"] for d in drafts for p in d.parties if p.get("unit_id")}
    with system("units are reference data"):
        rows = Unit.objects.filter(pk__in=ids).values_list("pk", "short_name", "name")
        return Names({pk: short or name for pk, short, name in rows})


def item_context(draft: Draft, names: Names, *, conflict: dict | None = None) -> dict:
    """Context of ``plans/_review_item.html``."""
    document = draft.document
    found = problems(draft)
    return {
        "item": draft, "state": STATES[draft.state], "problems": found, "conflict": conflict,
        "low": draft.confidence < LOW, "percent": round(draft.confidence * 100),
        "parties": [
            {**p, "n": n, "label": names.of(p), "role_label": dict(ROLES)[p["role"]],
             "resolved": bool(p.get("unit_id") or p.get("set"))}
            for n, p in enumerate(draft.parties)
        ],
        "targets": [{**t, "n": n, "demand": demand(t)} for n, t in enumerate(draft.targets)],
        "deadlines": [{**d, "n": n} for n, d in enumerate(draft.deadlines)],
        "due_shown": due_of({"due": draft.due, "deadlines": draft.deadlines}, document.deadlines, document.year),
        "marks": json.dumps(marks(draft)), "roles": ROLES, "ops": OPS, "periods": PERIODS,
        "period": dict(PERIODS).get(draft.recurrence, draft.recurrence),
        "flags": " ".join(_flags(draft, found)),
    }  # fmt: skip


def problems(draft: Draft) -> list[str]:
    """What a reviewer should look at, in words; a dropped item has none."""
    if draft.state == "dropped":
        return []
    found = []
    if not draft.parties:
        found.append(_("没有责任单位"))
    unknown = [p["name"] for p in draft.parties if not (p.get("unit_id") or p.get("set"))]
    if unknown:
        found.append(_("%(n)s个单位名称未识别") % {"n": len(unknown)})
    doubts = unread_in(draft)
    if doubts and draft.state == "pending":
        found.append(_("%(n)s处未识别：%(why)s") % {"n": len(doubts), "why": _(doubts[0]["reason"])})
    return found


def _flags(draft: Draft, found: list[str]) -> list[str]:
    flags = [draft.state]
    if draft.confidence < LOW:
        flags.append("low")
    if found:
        flags.append("problem")
    return flags


def unread_in(draft: Draft) -> list[dict]:
    """Pieces the reader could not place, inside this item and not since covered by a correction."""
    return [
        u for u in draft.document.unread
        if draft.start <= u["start"] < draft.end
        and not any(r["start"] < u["end"] and u["start"] < r["end"] for r in _answers(draft, u["reason"]))
        and not (draft.parties and "责任单位" in u["reason"])
    ]  # fmt: skip


def _answers(draft: Draft, reason: str) -> list[dict]:
    """Rows of the kind that would settle it: a quote of a figure may hold a time word that is still not understood."""
    if "时间" in reason or "年度" in reason:
        return draft.deadlines
    if "单位" in reason and "计量" not in reason:
        return draft.parties
    return [*draft.targets, *draft.deadlines]


def open_unread(document: Document, drafts: list[Draft]) -> list[dict]:
    """Pieces that still wait for somebody: outside every item, or inside one nobody has confirmed."""
    inside = [u for d in drafts for u in document.unread if d.start <= u["start"] < d.end]
    waiting = [u for d in drafts if d.state == "pending" for u in unread_in(d)]
    return [u for u in document.unread if u not in inside or u in waiting]


def marks(draft: Draft) -> list[list]:
    """[[start, end, kind]] inside the source: title, unit, target, deadline."""
    title = title_span(draft)
    rows = [[*title, "title"]] if title else []
    for kind, values in (("unit", draft.parties), ("target", draft.targets), ("deadline", draft.deadlines)):
        rows += [[v["start"], v["end"], kind] for v in values if v["end"] > v["start"]]
    return rows


def title_span(draft: Draft) -> tuple[int, int] | None:
    """Where the title stands in the source, line breaks of the page aside; None once it was rewritten."""
    letters = re.sub(r"\s", "", draft.title)
    if not letters:
        return None
    shape = re.compile(r"\s*".join(map(re.escape, letters)))
    hit = shape.search(draft.document.text, draft.start, draft.end)
    return hit.span() if hit else None


def demand(row: dict) -> str:
    """≥98%, 6～8所."""
    if row.get("value_max") is not None:
        return f"{row['value']:g}～{row['value_max']:g}{row['unit']}"
    return f"{dict(OPS)[row['op']]}{row['value']:.10g}{row['unit']}"


def head_context(document: Document, drafts: list[Draft]) -> dict:
    """Context of ``plans/_review_head.html``: how far the review is."""
    counts = {code: sum(d.state == code for d in drafts) for code in STATES}
    unknown = unknown_names(drafts)
    unread = open_unread(document, drafts)
    return {
        "document": document, "total": len(drafts), "counts": counts,
        "done": counts["accepted"] + counts["dropped"], "unknown": unknown, "unread_open": unread,
        "low_count": sum(d.state == "pending" and d.confidence < LOW for d in drafts),
        "problem_count": sum(bool(problems(d)) for d in drafts),
        "certain": sum(d.state == "pending" and d.confidence >= SURE for d in drafts),
        "unread_json": json.dumps([[u["start"], u["end"], _(u["reason"])] for u in unread], ensure_ascii=False),
    }  # fmt: skip


def unknown_names(drafts: Iterable[Draft]) -> dict[str, int]:
    """Printed names that stand for no unit yet → in how many items."""
    found: dict[str, int] = {}
    for draft in drafts:
        if draft.state == "dropped":
            continue
        for party in draft.parties:
            if not (party.get("unit_id") or party.get("set")):
                found[party["name"]] = found.get(party["name"], 0) + 1
    return found
