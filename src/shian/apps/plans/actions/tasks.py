"""A task entered by hand, from any source."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from shian.kernel.changes.writer import change
from shian.kernel.places.models import Place
from shian.kernel.scopes import Actor
from shian.kernel.scopes.rights import require_at

from .. import flow
from ..models import Document, Task, TaskParty
from ..rules.judge import responsible
from .guards import step
from .making import make_instances, new_parties
from .sets import share_documents, share_tasks


def create_task(
    *,
    actor: Actor,
    title: str,
    document: Document | None = None,
    place: Place | None = None,
    text: str = "",
    due: dt.date | None = None,
    parties: list[dict] | None = None,
    year: int | None = None,
    recurrence: str = "",
    soft: bool = False,
) -> Task:
    """A task of ``document`` (instruction, minutes, finding …), or of ``place`` without one.

    ``parties``: [{unit_id or set, role, part?, name?}]; at least one.
    """
    place = document.place if document else place
    if place is None:
        raise ValidationError({"place": _("请选择区域")})
    require_at(actor, "task.assign", place.path)
    rows = [party_row(p) for p in parties or []]
    if not title.strip():
        raise ValidationError({"title": _("请填写任务名称")})
    if not rows:
        raise ValidationError({"parties": _("请至少指定一个承办单位")})
    year = year or (document.year if document else due.year if due else None)
    if year is None:
        raise ValidationError({"year": _("请填写年度或完成时限")})
    task = Task(
        document=document, place=place, year=year, title=title.strip()[:300], text=text, due=due, original_due=due,
        recurrence=recurrence, soft=soft, sort=document.tasks.count() + 1 if document else 0,
        lead_id=_lead(rows),
    )  # fmt: skip
    with change(actor, "task.assign", basis=document.number if document else "") as w:
        w.save(task)
        if document and document.state == "draft":
            document.state = step(flow.DOCUMENT, document.state, "register", {"office"}, {})
            w.save(document)
        children = make_instances(task, document.date if document else None)
        w.save_all(children)
        w.save_all([p for t in (task, *children) for p in new_parties(t, rows)])
        share_tasks([task, *children])
        if document:
            share_documents([document.pk])
    return task


def party_row(row: dict) -> dict:
    role = row.get("role", "joint")
    if role not in dict(TaskParty.ROLES):
        raise ValidationError({"parties": _("角色“%(role)s”无效") % {"role": role}})
    if not (row.get("unit_id") or row.get("set")):
        raise ValidationError({"parties": _("承办单位须选择单位或单位集合")})
    return {"unit_id": None, "set": "", "name": "", "part": "", **row, "role": role}


def _lead(rows: list[dict]) -> int | None:
    answer = sorted(responsible({n: p["role"] for n, p in enumerate(rows)}))
    if answer and (rows[answer[0]]["role"] == "lead" or len(answer) == 1):
        return rows[answer[0]]["unit_id"]
    return None
