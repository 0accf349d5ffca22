"""Review: each edit of one item is an action of its own, so a lost connection loses one field at most."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from shian.kernel.changes.writer import change
from shian.kernel.people import actions as people
from shian.kernel.people.models import Unit
from shian.kernel.scopes import Actor, system
from shian.kernel.scopes.rights import require_at

from .. import queries
from ..models import Document, Draft, Target, TaskParty
from ..rules import reading
from .guards import fresh

FIELDS = (
    "section_no", "section_title", "no", "title", "text", "start", "end",
    "parties", "targets", "deadlines", "due", "recurrence", "soft",
)  # fmt: skip


def edit_draft(*, actor: Actor, draft: Draft, version: int | None = None, **values: Any) -> Draft:
    """Sets fields of one item. ``version`` is the one the page shows; a later one is refused as stale.

    Raises ValidationError naming the field for a value that cannot stand.
    """
    _may_review(actor, draft.document)
    fresh(draft, version)
    for name, value in values.items():
        if name not in FIELDS:
            raise ValidationError({name: _("“%(name)s”不能在核对时修改") % {"name": name}})
        setattr(draft, name, _clean(draft, name, value))
    _check(draft, set(values) - set(_CLEANERS))
    if draft.end < draft.start or draft.end > len(draft.document.text):
        raise ValidationError(
            {
                "end": _("选区 %(start)s–%(end)s 超出正文（共%(length)s字）")
                % {"start": draft.start, "end": draft.end, "length": len(draft.document.text)}
            }
        )
    with change(actor, "draft.edit") as w:
        w.save(draft)
    return draft


def accept_draft(*, actor: Actor, draft: Draft, version: int | None = None) -> Draft:
    return _set_state(actor, draft, "accepted", version)


def drop_draft(*, actor: Actor, draft: Draft, version: int | None = None) -> Draft:
    """The item is no task (标题误识为任务); it stays in the list, struck out."""
    return _set_state(actor, draft, "dropped", version)


def reset_draft(*, actor: Actor, draft: Draft, version: int | None = None) -> Draft:
    return _set_state(actor, draft, "pending", version)


def accept_all(*, actor: Actor, document: Document, confidence: float = 0.0) -> int:
    """Accepts the pending items whose confidence is at least ``confidence``; returns how many."""
    _may_review(actor, document)
    rows = [d for d in _live(document) if d.state == "pending" and d.confidence >= confidence]
    for draft in rows:
        draft.state = "accepted"
    with change(actor, "draft.accept") as w:
        w.save_all(rows)
    return len(rows)


def add_draft(*, actor: Actor, document: Document, start: int, end: int, after: Draft | None = None) -> Draft:
    """A new item from a selection of the source: its first sentence is the title, the rest the text.

    Parties, figures and dates are read from the selection.
    """
    _may_review(actor, document)
    if not 0 <= start < end <= len(document.text):
        raise ValidationError(
            {"start": _("选区 %(start)s–%(end)s 不在正文范围内") % {"start": start, "end": end}}
        )
    words = document.text[start:end].strip()
    title, _stop, text = words.partition("。")
    before = after or _live(document).filter(start__lte=start).order_by("-start").first()
    draft = Draft(
        document=document,
        section_no=before.section_no if before else "",
        section_title=before.section_title if before else "",
        title="".join(title.split())[:300],
        text=text.strip(),
        start=start,
        end=end,
        sort=before.sort if before else 0,
        **reading.piece_fields(document.text, start, end, document.year, queries.names_of(document.place)),
    )
    with change(actor, "draft.add") as w:
        w.save(draft)
    return draft


def merge_drafts(*, actor: Actor, first: Draft, second: Draft, version: int | None = None) -> Draft:
    """``second`` becomes part of ``first``: texts joined, parties and figures of both, spans united."""
    _may_review(actor, first.document)
    fresh(first, version)
    if first.document_id != second.document_id or first.pk == second.pk:
        raise ValidationError(_("只能合并同一文件中的两个不同条目"))
    first.text = "\n".join(filter(None, (first.text, f"{second.title}。{second.text}".strip("。"))))
    named = {p["name"] for p in first.parties}
    first.parties = first.parties + [p for p in second.parties if p["name"] not in named]
    first.targets, first.deadlines = first.targets + second.targets, first.deadlines + second.deadlines
    first.start, first.end = min(first.start, second.start), max(first.end, second.end)
    with change(actor, "draft.merge") as w:
        w.save(first)
        w.retire(second)
    return first


def split_draft(
    *, actor: Actor, draft: Draft, offset: int, version: int | None = None
) -> tuple[Draft, Draft]:
    """Cuts the item at ``offset`` of the source text; figures and dates go to the side they stand on.

    Both sides keep the parties: a note at the end of a paragraph usually speaks for all of it.
    """
    document = draft.document
    _may_review(actor, document)
    fresh(draft, version)
    if not draft.start < offset < draft.end:
        raise ValidationError(
            {
                "offset": _("拆分位置 %(offset)s 不在条目范围 %(start)s–%(end)s 内")
                % {"offset": offset, "start": draft.start, "end": draft.end}
            }
        )
    source = document.text
    title, _stop, text = source[offset : draft.end].strip().partition("。")
    second = Draft(
        document=document, section_no=draft.section_no, section_title=draft.section_title, sort=draft.sort,
        title="".join(title.split())[:300], text=text.strip(), start=offset, end=draft.end,
        parties=draft.parties, due=draft.due, recurrence=draft.recurrence,
        targets=[t for t in draft.targets if t["start"] >= offset],
        deadlines=[d for d in draft.deadlines if d["start"] >= offset],
    )  # fmt: skip
    draft.text = _before(draft.text, second.title)
    draft.targets = [t for t in draft.targets if t["start"] < offset]
    draft.deadlines = [d for d in draft.deadlines if d["start"] < offset]
    draft.end = offset
    with change(actor, "draft.split") as w:
        w.save(draft)
        w.save(second)
    return draft, second


def resolve_party(
    *,
    actor: Actor,
    draft: Draft,
    index: int,
    unit: Unit | None = None,
    set: str = "",
    remember: bool = True,
    version: int | None = None,
) -> list[Draft]:
    """Says which unit (or set) a printed name means, here and in every item that prints it.

    The choice is remembered for later documents of the place. Returns the items changed.
    """
    document = draft.document
    _may_review(actor, document)
    fresh(draft, version)
    if not 0 <= index < len(draft.parties):
        raise ValidationError({"index": _("没有第%(n)s个承办单位") % {"n": index + 1}})
    name = draft.parties[index]["name"]
    changed = []
    for row in _live(document):
        parties = [
            {**p, "unit_id": unit.pk if unit else None, "set": set}
            if p["name"] == name and (row.pk == draft.pk or not (p["unit_id"] or p["set"]))
            else p
            for p in row.parties
        ]
        if parties != row.parties:
            row.parties = parties
            changed.append(row)
    with change(actor, "draft.resolve") as w:
        w.save_all(changed)
        if unit and remember and unit.name != name and _speaks_for(unit, document):
            people.remember_alias(actor=actor, unit=unit, name=name)
    return changed


def add_unit(*, actor: Actor, document: Document, name: str, kind: str = "department") -> Unit:
    """A unit of the document's place that nobody had entered yet, named as printed."""
    _may_review(actor, document)
    unit = Unit(name=name.strip(), kind=kind, place=document.place, member=kind != "township")
    _check(unit, {"name", "kind"})
    return people.save_unit(actor=actor, unit=unit)


# -- inside ---------------------------------------------------------------------------------------
def _check(row: Draft | Unit, names: set[str]) -> None:
    """The checks of a form on the fields ``names``; raises ValidationError at the field."""
    row.clean_fields(exclude={f.name for f in row._meta.fields} - names)


def _speaks_for(unit: Unit, document: Document) -> bool:
    """Aliases belong to the unit's place: a township's own is remembered there, not for the county."""
    return unit.place_id == document.place_id


def _may_review(actor: Actor, document: Document) -> None:
    require_at(actor, "draft.edit", document.place.path)
    if document.state != "reviewing":
        raise ValidationError(
            _("文件状态为“%(state)s”，不能再核对") % {"state": document.get_state_display()}
        )


def _live(document: Document):
    return document.drafts.filter(retired_at=None)


def _set_state(actor: Actor, draft: Draft, state: str, version: int | None) -> Draft:
    _may_review(actor, draft.document)
    fresh(draft, version)
    if state == "accepted" and not draft.title.strip():
        raise ValidationError({"title": _("标题为空，不能接受")})
    draft.state = state
    with change(
        actor, f"draft.{ {'accepted': 'accept', 'dropped': 'drop', 'pending': 'reset'}[state] }"
    ) as w:
        w.save(draft)
    return draft


def _before(text: str, title: str) -> str:
    """``text`` up to where the split-off sentence begins."""
    at = text.find(title[:12]) if title else -1
    return text[:at].rstrip() if at >= 0 else text


def _clean(draft: Draft, name: str, value: Any) -> Any:
    if name == "title":
        value = str(value).strip()
        if not value:
            raise ValidationError({"title": _("标题不能为空")})
        return value[:300]
    if name == "due":
        try:
            return dt.date.fromisoformat(value) if isinstance(value, str) and value else value or None
        except ValueError:
            raise ValidationError(
                {"due": _("“%(value)s”不是日期，请写成 2026-09-30") % {"value": value}}
            ) from None
    if name in ("parties", "targets", "deadlines"):
        return [_CLEANERS[name](draft, row) for row in value]
    return value


def _clean_party(draft: Draft, row: dict) -> dict:
    name, role, group = str(row.get("name", "")).strip(), row.get("role", "joint"), row.get("set") or ""
    if role not in dict(TaskParty.ROLES) or group not in dict(TaskParty.SETS):
        raise ValidationError(
            {
                "parties": _("“%(name)s”的角色“%(role)s”或集合“%(group)s”无效")
                % {"name": name, "role": role, "group": group}
            }
        )
    unit_id = row.get("unit_id") or None
    if unit_id is not None:
        with system("units are reference data"):
            unit = Unit.objects.live().filter(pk=unit_id).first()
        if unit is None:
            raise ValidationError({"parties": _("单位不存在（编号%(unit_id)s）") % {"unit_id": unit_id}})
        name = name or unit.name
    if name and name not in {p["name"] for p in draft.parties}:  # what is printed stays as it is printed
        try:
            _check(Unit(name=name[:120]), {"name"})
        except ValidationError as why:
            raise ValidationError({"parties": why.messages}) from None
    if not name and not group:
        raise ValidationError({"parties": _("请填写单位名称或选择单位")})
    return {
        "name": name[:120] or dict(TaskParty.SETS)[group], "role": role, "unit_id": unit_id, "set": group,
        "part": str(row.get("part") or "")[:200], "start": int(row.get("start") or 0), "end": int(row.get("end") or 0),
    }  # fmt: skip


def _clean_target(draft: Draft, row: dict) -> dict:
    try:
        value = float(row["value"])
        top = float(row["value_max"]) if row.get("value_max") not in (None, "") else None
    except (KeyError, TypeError, ValueError):
        raise ValidationError(
            {"targets": _("目标值“%(value)s”不是数字") % {"value": row.get("value")}}
        ) from None
    if row.get("op") not in dict(Target.OPS):
        raise ValidationError(
            {
                "targets": _("比较符“%(op)s”无效，应为 %(ops)s")
                % {"op": row.get("op"), "ops": "、".join(dict(Target.OPS))}
            }
        )
    if not str(row.get("subject") or "").strip():
        raise ValidationError({"targets": _("请填写指标名称")})
    if top is not None and top < value:
        raise ValidationError(
            {"targets": _("上限%(top)s小于下限%(value)s") % {"top": f"{top:g}", "value": f"{value:g}"}}
        )
    return {
        "subject": str(row["subject"]).strip()[:200], "op": row["op"], "value": value, "value_max": top,
        "unit": str(row.get("unit") or "")[:20], "deadline": row.get("deadline") or None,
        "quote": str(row.get("quote") or "")[:300], "soft": bool(row.get("soft")),
        "start": int(row.get("start") or 0), "end": int(row.get("end") or 0),
    }  # fmt: skip


def _clean_deadline(draft: Draft, row: dict) -> dict:
    try:
        day = dt.date.fromisoformat(str(row.get("date")))
    except ValueError:
        raise ValidationError(
            {"deadlines": _("“%(value)s”不是日期，请写成 2026-09-30") % {"value": row.get("date")}}
        ) from None
    return {
        "quote": str(row.get("quote") or "")[:200], "date": day.isoformat(), "what": str(row.get("what") or "")[:200],
        "start": int(row.get("start") or 0), "end": int(row.get("end") or 0),
    }  # fmt: skip


_CLEANERS = {"parties": _clean_party, "targets": _clean_target, "deadlines": _clean_deadline}
