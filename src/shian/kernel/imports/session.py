"""The life of an import session: check, apply, undo; each in resumable chunks."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from shian.kernel.changes.writer import change
from shian.kernel.jobs.actions import enqueue
from shian.kernel.jobs.kinds import Step, job
from shian.kernel.listing.bulk import REFUSALS, work_off
from shian.kernel.resources import registry
from shian.kernel.resources.resource import Resource
from shian.kernel.scopes import verbs
from shian.kernel.scopes.actor import Actor

from . import check
from .check import Checker, fill, headers_hash, next_rows, unwelcome
from .fields import lined
from .groups import GroupChecker
from .linewrites import below, refuse_rest
from .models import Mapping, Session, SessionRow

verbs.declare(
    {f"session.{state}": label for state, label in Session.STATES}
    | {"session.upload": gettext_lazy("上传导入文件")},
    own=True,
)

INLINE = 1000
"""Up to this many rows a session is worked off in the request; beyond, by a job with progress."""


def set_state(actor: Actor, session: Session, state: str, message: str = "") -> None:
    session.state, session.message = state, message
    with change(actor, f"session.{state}") as w:
        w.save(session)


def start(actor: Actor, session: Session, kind: str, size: int) -> None:
    """Runs the steps of ``kind`` here when the session is small, else queues them."""
    if size > INLINE:
        row = enqueue(actor, kind, {"session": session.pk}, title=f"{session} · {_('导入')}")
        session.job_id = row.pk
        with change(actor, f"session.{session.state}") as w:
            w.save(session)
        return
    steps = {"imports.check": check_chunk, "imports.apply": apply_chunk, "imports.undo": undo_chunk}[kind]
    cursor: dict = {}
    while True:
        work = steps(session, actor, cursor)
        next(work)
        with transaction.atomic():
            try:
                next(work)
            except StopIteration as end:
                step = end.value
        if step.finished:
            return
        cursor = step.cursor


def map_columns(actor: Actor, session: Session, mapping: dict[str, int], size: int) -> None:
    """Fixes the columns, remembers them for the same headings, and starts checking."""
    resource = registry.get(session.resource)
    missing = [resource.field_label(n) for n in resource.model.natural_key if n not in mapping]
    if missing:
        raise ValidationError(
            _("还没有对应到列：%(names)s。它们用来识别一行数据，必须有。") % {"names": "、".join(missing)}
        )
    if len(kinds := lined(resource, mapping)) > 1:
        labels = "、".join(str(k.child(resource)._meta.verbose_name) for k in kinds)
        raise ValidationError(_("一张表只能带一种明细，现在有：%(labels)s") % {"labels": labels})
    session.mapping = mapping
    Mapping.unscoped.update_or_create(
        resource=resource.name,
        headers_hash=headers_hash(session.headers),
        user_id=actor.user_id,
        defaults={"mapping": mapping},
    )
    SessionRow.unscoped.filter(session=session).delete()
    set_state(actor, session, "checking")
    start(actor, session, "imports.check", size)


def check_chunk(session: Session, actor: Actor, cursor: dict):
    resource = registry.get(session.resource)
    at = cursor.get("row", 0)
    kinds = lined(resource, session.mapping)
    checker = GroupChecker(session, resource, actor, kinds[0]) if kinds else Checker(session, resource, actor)
    rows = next_rows(session, at, checker.begins)
    checked = checker.check(rows)
    yield
    checker.recall()
    SessionRow.unscoped.bulk_create(checked, batch_size=250)
    finished = len(rows) < check.CHUNK
    if finished:
        session.refresh_from_db()
        session.counts = counts(session)
        set_state(actor, session, "preview")
    last = rows[-1][0] if rows else at
    done = cursor.get("done", 0) + len(rows)
    return Step({"row": last, "done": done}, done=done, message=_("已检查 %(n)s 行") % {"n": done}, finished=finished,
                url=address(session))  # fmt: skip


def apply_chunk(session: Session, actor: Actor, cursor: dict):
    resource = registry.get(session.resource)
    rows = list(
        SessionRow.unscoped.filter(
            session=session, head=None, done=False, kind__in=["new", "changed"]
        ).order_by("number")[: check.CHUNK]
    )
    pairs = _prepare(resource, actor, rows)
    yield
    _write(resource, actor, session, [(r, o) for r, o in pairs if r.kind != "refused"])
    for row in rows:
        row.done = True
    _note(rows, "done", "kind", "errors", "object_id", "version", "lines")
    refuse_rest(session, rows)
    finished = len(rows) < check.CHUNK
    if finished:
        session.refresh_from_db()
        session.counts = counts(session)
        set_state(actor, session, "applied")
    done = cursor.get("done", 0) + len(rows)
    total = session.counts.get("new", 0) + session.counts.get("changed", 0)
    return Step({"done": done}, done=done, total=total, message=_("已写入 %(n)s 行") % {"n": done}, finished=finished,
                url=address(session))  # fmt: skip


def _prepare(
    resource: Resource, actor: Actor, rows: list[SessionRow]
) -> list[tuple[SessionRow, models.Model]]:
    """Rows with their filled objects; rows overtaken since the preview become ``refused``."""
    current = resource.visible(actor).in_bulk([r.object_id for r in rows if r.object_id])
    pairs = []
    for row in rows:
        obj = current.get(row.object_id) if row.object_id else resource.model()
        if obj is None or (row.object_id and obj.version != row.version):
            _refuse(row, _("预览后已被他人修改，未写入"))
            obj = resource.model()
        else:
            fill(resource, obj, row.values)
        pairs.append((row, obj))
    written = [(row, obj) for row, obj in pairs if row.kind != "refused"]
    for n, why in unwelcome(resource, actor, [obj for _row, obj in written]).items():
        _refuse(written[n][0], why)
    return pairs


def _refuse(row: SessionRow, why: str) -> None:
    row.kind, row.errors = "refused", [["", "", why]]


def _write(resource: Resource, actor: Actor, session: Session, pairs: list) -> None:
    """Writes a chunk at once; where something objects, row by row, so that only the guilty row is refused."""
    how = {"actor": actor, "verb": resource.permission("import"), "batch": session.batch}
    lines = below(resource, session, actor)
    try:
        with transaction.atomic():
            resource.actions.save(rows=[o for _r, o in pairs], **how)
            lines.write(pairs)
        written = {row.pk: obj for row, obj in pairs}
    except REFUSALS:
        written = {}
        # What the failed attempt left in memory is no longer true: every row starts from the database again.
        current = resource.visible(actor).in_bulk([r.object_id for r, _o in pairs if r.object_id])

        def one(row: SessionRow) -> None:
            obj = current.get(row.object_id) or resource.model()
            fill(resource, obj, row.values)
            resource.actions.save(rows=[obj], **how)
            lines.write([(row, obj)])
            written[row.pk] = obj

        for row, why in work_off([row for row, _o in pairs], one):
            _refuse(row, _("未写入：%(why)s") % {"why": why})
    for row, _obj in pairs:
        if row.kind != "refused":
            row.object_id, row.version = written[row.pk].pk, written[row.pk].version


def _note(rows: list[SessionRow], *fields: str) -> None:
    """Many rows at once by upsert: bulk_update's CASE lists cost several times more."""
    SessionRow.unscoped.bulk_create(
        rows, batch_size=250, update_conflicts=True, unique_fields=["id"], update_fields=fields
    )


def undo_chunk(session: Session, actor: Actor, cursor: dict):
    """Restores former values, retires created rows, leaves and lists rows changed since or still in use."""
    resource = registry.get(session.resource)
    rows = list(
        SessionRow.unscoped.filter(
            session=session, head=None, done=True, outcome="", kind__in=["new", "changed"]
        ).order_by("-number")[: check.CHUNK]
    )
    yield
    _undo(resource, actor, session, rows)
    _note(rows, "outcome", "errors")
    finished = len(rows) < check.CHUNK
    if finished:
        session.refresh_from_db()
        session.counts = counts(session)
        set_state(actor, session, "undone")
    done = cursor.get("done", 0) + len(rows)
    return Step({"done": done}, done=done, message=_("已撤销 %(n)s 行") % {"n": done}, finished=finished,
                url=address(session))  # fmt: skip


def _undo(resource: Resource, actor: Actor, session: Session, rows: list[SessionRow]) -> None:
    """Through the actions of the resource: the chunk at once, else row by row, so that only what objects is left."""
    how = {"actor": actor, "verb": resource.permission("undo"), "batch": session.batch}
    mine = resource.model.objects.for_actor(actor).live()
    lines = below(resource, session, actor)

    def split(keys: list) -> tuple[list, list]:
        """(rows back at their former values, rows made by the import) as they stand in the database."""
        current, back, going = mine.in_bulk([row.object_id for row in keys]), [], []
        for row, stands in zip(keys, lines.untouched(keys), strict=True):
            obj = current.get(row.object_id)
            if obj is None or obj.version != row.version or not stands:
                continue
            if row.kind == "new":
                going.append((row, obj))
            else:
                fill(resource, obj, {name: pair[0] for name, pair in row.diff.items()})
                back.append((row, obj))
        return back, going

    def act(keys: list) -> None:
        back, going = split(keys)
        lines.take_back([*back, *going])
        if back:
            resource.actions.save(rows=[obj for _row, obj in back], **how)
        if going:
            resource.actions.retire(rows=[obj for _row, obj in going], **how)
        for row, _obj in (*back, *going):
            row.outcome = "retired" if row.kind == "new" else "restored"

    back, going = split(rows)
    fit = [row for row, _obj in (*back, *going)]
    for row in set(rows) - set(fit):
        row.outcome = "left"
    try:
        with transaction.atomic():
            act(fit)
    except REFUSALS:
        for row, why in work_off(fit, lambda row: act([row])):
            row.outcome, row.errors = "left", [["", "", why]]


def counts(session: Session) -> dict[str, int]:
    """{kind: rows}, lines that go and, after undo, {outcome: rows}; a parent counts once, however many its lines."""
    rows = SessionRow.unscoped.filter(session=session, head=None)
    out = dict(rows.order_by().values_list("kind").annotate(Count("pk")))
    lines = rows.filter(kind="changed").exclude(lines={}).values_list("lines", flat=True)
    if gone := sum(len(plan["gone"]) for plan in lines.iterator(chunk_size=2000)):
        out["gone"] = gone
    return out | dict(rows.order_by().exclude(outcome="").values_list("outcome").annotate(Count("pk")))


def address(session: Session) -> str:
    return f"/{session.resource}/import/{session.pk}/"


def _as_job(chunk):
    def step(row, cursor: dict):
        session = Session.unscoped.get(pk=row.args["session"])
        return (yield from chunk(session, row.actor(), cursor))

    return step


job("imports.check", title=gettext_noop("检查导入数据"))(_as_job(check_chunk))
job("imports.apply", title=gettext_noop("写入导入数据"))(_as_job(apply_chunk))
job("imports.undo", title=gettext_noop("撤销导入"))(_as_job(undo_chunk))
