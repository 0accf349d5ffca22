"""A corrected document takes the place of a published one; tasks keep their ids, progress and history."""

from __future__ import annotations

from shian.kernel.changes.writer import Writer
from shian.kernel.scopes import Actor
from shian.kernel.scopes.rights import require_at

from .. import flow
from ..models import Decision, Document, Draft, Task
from ..rules.compare import Item, Pair, compare
from .closing import end_milestones
from .guards import step
from .making import (
    decimal,
    describe,
    make_tasks,
    new_milestones,
    new_parties,
    new_targets,
    target_fields,
)


def compare_documents(*, actor: Actor, document: Document) -> list[Pair]:
    """What a correction under review changes in the tasks of the document it supersedes."""
    require_at(actor, "document.view", document.place.path)
    old = document.supersedes
    tasks = _tasks(old) if old else []
    drafts = document.drafts.filter(retired_at=None).exclude(state="dropped")
    return compare([_task_item(t) for t in tasks], [_draft_item(d) for d in drafts])


Step = tuple[Pair, Task | None, Draft | None]
"""A difference with the task it concerns and the item that replaces it; new ones have no task, gone ones no item."""


def differences(old: Document, drafts: list[Draft]) -> list[Step]:
    """What ``drafts`` change in the tasks of ``old``; read before anything is written."""
    tasks, items = {t.pk: t for t in _tasks(old)}, {d.pk: d for d in drafts}
    pairs = compare([_task_item(t) for t in tasks.values()], [_draft_item(d) for d in drafts])
    return [(p, tasks[p.old.key] if p.old else None, items[p.new.key] if p.new else None) for p in pairs]


def take_over(w: Writer, document: Document, steps: list[Step]) -> list[Task]:
    """Same and changed items keep their task, new ones are added, what is gone is dropped by decision.

    Returns the tasks of ``document`` with their instances.
    """
    kept = []
    for pair, task, draft in steps:
        if draft is None:
            _drop(w, task, document)
        elif task is not None:
            _update(w, task, draft, pair)
            kept.append(task)
    return kept + make_tasks(w, document, [draft for _pair, task, draft in steps if task is None])


def _tasks(document: Document) -> list[Task]:
    rows = document.tasks.filter(retired_at=None, parent=None).select_related("place")
    return list(rows.prefetch_related("parties", "targets", "milestones", "instances"))


def _live(rows) -> list:
    return [r for r in rows.all() if r.retired_at is None]


def _task_item(task: Task) -> Item:
    facts = {
        "parties": [(p.role, p.name) for p in _live(task.parties)],
        "targets": [_demand(t.subject, t.op, t.value, t.value_max, t.unit_text) for t in _live(task.targets)],
        "deadlines": [str(m.due) for m in _live(task.milestones)],
    }
    return Item(task.pk, task.no, task.title, task.text, facts)


def _draft_item(draft: Draft) -> Item:
    facts = {
        "parties": [(p.role, p.name) for p in new_parties(Task(), draft.parties)],
        "targets": [
            _demand(t["subject"], t["op"], decimal(t["value"]), decimal(t["value_max"]), t["unit"])
            for t in draft.targets
        ],
        "deadlines": [d["date"] for d in draft.deadlines],
    }
    return Item(draft.pk, draft.no, draft.title, draft.text, facts)


def _demand(*parts) -> str:
    return " ".join(str(p.normalize()) if hasattr(p, "normalize") else str(p or "") for p in parts)


def _update(w: Writer, task: Task, draft: Draft, pair: Pair) -> None:
    """The task under its new words; a deadline that a decision has moved stays moved."""
    moved = task.due != task.original_due
    describe(task, draft)
    if not moved:
        task.due = task.original_due
    w.save(task)
    for child in _live(task.instances):
        child.document, child.title, child.text, child.lead_id = (
            task.document,
            task.title,
            task.text,
            task.lead_id,
        )
        w.save(child)
    if "parties" in pair.fields:
        for party in _live(task.parties):
            w.retire(party)
        w.save_all(new_parties(task, draft.parties))
        task._prefetched_objects_cache.pop("parties", None)
    _update_targets(w, task, draft)
    if "deadlines" in pair.fields:
        done = {(str(m.due), m.title) for m in _live(task.milestones) if m.done_on}
        for row in _live(task.milestones):
            if not row.done_on:
                w.retire(row)
        rows = [m for m in new_milestones(task, draft.deadlines) if (str(m.due), m.title) not in done]
        w.save_all(rows)


def _update_targets(w: Writer, task: Task, draft: Draft) -> None:
    """Targets are matched by subject, so that reported values stay with what they measure."""
    before: dict[str, list] = {}
    for target in _live(task.targets):
        before.setdefault(target.subject, []).append(target)
    for row in draft.targets:
        waiting = before.get(row["subject"])
        if not waiting:
            w.save_all(new_targets(task, [row]))
            continue
        target = waiting.pop(0)
        for name, value in target_fields(row, task).items():
            setattr(target, name, value)
        w.save(target)
    for target in (t for rest in before.values() for t in rest):
        w.retire(target)


def _drop(w: Writer, task: Task, document: Document) -> None:
    """No longer in the corrected document: dropped by a decision that names it."""
    if task.status in flow.TASK.codes(final=True):
        return
    end_milestones(w, [task])
    for row in (task, *[c for c in _live(task.instances) if c.is_open]):
        before, row.status = (
            row.status,
            step(
                flow.TASK,
                row.status,
                "drop",
                {"office"},
                {"reason": "更正", "number": document.number or document.title},
            ),
        )
        w.save(row)
        w.save(
            Decision(
                task=row, kind="drop", reason="更正后的文件不再列入此项", number=(document.number or document.title)[:120],
                decided_on=w.at.date(), before={"状态": flow.TASK.state[before].label}, after={"状态": "已取消"},
            )
        )  # fmt: skip
