"""What a confirmed item becomes: a task with its instances, parties, targets and dates; shared by every publication."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from shian.kernel.changes.writer import Writer
from shian.kernel.places.models import Population
from shian.kernel.scopes import system
from shian.kernel.scopes.scope import subtree

from ..models import Document, Draft, Milestone, Target, Task, TaskParty
from ..rules import reading
from ..rules.judge import responsible
from ..rules.periods import instances


def make_tasks(w: Writer, document: Document, drafts: list[Draft]) -> list[Task]:
    """Tasks of ``drafts`` with everything below them, in one set-shaped write a model."""
    tasks = [new_task(document, draft) for draft in drafts]
    w.save_all(tasks)
    with_instances = list(tasks)
    for task in tasks:
        children = make_instances(task, document.date)
        w.save_all(children)
        with_instances += children
    source = {task.pk: draft for task, draft in zip(tasks, drafts, strict=True)}
    parties = [
        party
        for task in with_instances
        for party in new_parties(task, source[task.parent_id or task.pk].parties)
    ]
    w.save_all(parties)
    w.save_all([t for task in tasks for t in new_targets(task, source[task.pk].targets)])
    w.save_all([m for task in tasks for m in new_milestones(task, source[task.pk].deadlines)])
    return with_instances


def new_task(document: Document, draft: Draft) -> Task:
    task = Task(document=document, place=document.place, year=document.year)
    describe(task, draft)
    task.due = task.original_due
    return task


def describe(task: Task, draft: Draft) -> None:
    """What the document says of the task; progress and a deadline moved by decision are left alone."""
    document = draft.document
    for name in ("section_no", "section_title", "no", "title", "text", "start", "end", "recurrence", "soft"):
        setattr(task, name, getattr(draft, name))
    task.document, task.sort = document, draft.sort
    row = {"due": draft.due, "deadlines": draft.deadlines}
    task.original_due = reading.due_of(row, document.deadlines, document.year)
    roles = {n: p["role"] for n, p in enumerate(draft.parties)}
    answer = [draft.parties[n] for n in sorted(responsible(roles))]
    leads = any(p["role"] == "lead" for p in answer)
    task.lead_id = answer[0]["unit_id"] if answer and (leads or len(answer) == 1) else None


def make_instances(task: Task, issued: dt.date | None) -> list[Task]:
    """The periods of a recurring task that end after its document was ``issued``."""
    return [
        Task(
            document=task.document, place=task.place, year=task.year, section_no=task.section_no,
            section_title=task.section_title, no=task.no, sort=task.sort, title=task.title, text=task.text,
            start=task.start, end=task.end, lead_id=task.lead_id, due=due, original_due=due, soft=task.soft,
            parent=task, period=label,
        )
        for label, due in instances(task.recurrence, task.year, issued)
    ]  # fmt: skip


def new_parties(task: Task, rows: list[dict]) -> list[TaskParty]:
    """One row a party; a unit or set printed twice in the same capacity stands once, under both names."""
    out: dict[tuple, TaskParty] = {}
    for row in rows:
        resolved = row["unit_id"] or row["set"]
        key = (row["unit_id"], row["set"], row["role"], "" if resolved else row["name"])
        if key in out:
            if row["set"] and row["name"] not in out[key].name:
                out[key].name = f"{out[key].name}、{row['name']}"[:120]
            continue
        out[key] = TaskParty(
            task=task, unit_id=row["unit_id"], set=row["set"], role=row["role"], name=row["name"][:120],
            part=row.get("part", ""), sort=len(out) + 1,
        )  # fmt: skip
    return list(out.values())


def new_targets(task: Task, rows: list[dict]) -> list[Target]:
    return [
        Target(task=task, place=task.place, owner_id=task.lead_id, **target_fields(row, task)) for row in rows
    ]


def target_fields(row: dict, task: Task) -> dict:
    return {
        "subject": row["subject"], "op": row["op"], "value": decimal(row["value"]), "value_max": decimal(row["value_max"]),
        "unit_text": row["unit"], "due": row["deadline"] or task.original_due, "quote": row["quote"],
        "start": row["start"], "end": row["end"], "soft": row.get("soft", False),
    }  # fmt: skip


def new_milestones(task: Task, rows: list[dict]) -> list[Milestone]:
    return [
        Milestone(
            task=task, title=(row["what"] or row["quote"])[:200], due=row["date"], quote=row["quote"][:200],
            start=row["start"], end=row["end"],
        )
        for row in rows
    ]  # fmt: skip


def decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.0001"))


def freeze_population(w: Writer, document: Document) -> None:
    """Per-thousand targets of the year are judged on the figures of the day the plan was published."""
    if document.kind != "plan":
        return
    with system("figures of the plan's own territory"):
        rows = Population.objects.live().filter(
            subtree("place__path", document.place.path), year=document.year, frozen_at=None
        )
        rows = list(rows)
    for row in rows:
        row.frozen_at = w.at
    w.save_all(rows)
