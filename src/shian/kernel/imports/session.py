"""The life of an import session: check, apply, undo; each in resumable chunks."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from ..changes.writer import StaleObject, change
from ..jobs.actions import enqueue
from ..jobs.kinds import Step, job
from ..resources import registry
from ..resources.resource import Resource
from ..scopes import verbs
from ..scopes.actor import Actor
from .check import CHUNK, Checker, fill, headers_hash, next_rows, unwelcome
from .models import Mapping, Session, SessionRow

verbs.declare(
    {f"session.{state}": label for state, label in Session.STATES} | {"session.upload": gettext_lazy("上传导入文件")}, own=True
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
    rows = next_rows(session, at)
    checked = Checker(session, resource, actor).check(rows)
    yield
    SessionRow.unscoped.bulk_create(checked, batch_size=250)
    finished = len(rows) < CHUNK
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
        SessionRow.unscoped.filter(session=session, done=False, kind__in=["new", "changed"]).order_by(
            "number"
        )[:CHUNK]
    )
    pairs = _prepare(resource, actor, rows)
    yield
    _write(resource, actor, session, [(r, o) for r, o in pairs if r.kind != "refused"])
    for row in rows:
        row.done = True
    _note(rows, "done", "kind", "errors", "object_id", "version")
    finished = len(rows) < CHUNK
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
    """Writes a chunk at once; where a constraint objects, row by row, so that only the guilty row is refused."""
    verb = resource.permission("import")
    try:
        with transaction.atomic():
            resource.actions.save(actor=actor, rows=[o for _r, o in pairs], verb=verb, batch=session.batch)
    except (IntegrityError, StaleObject, ValidationError):
        for row, obj in pairs:
            if not row.object_id:
                obj.pk, obj._state.adding = None, True
            try:
                with transaction.atomic():
                    resource.actions.save(actor=actor, rows=[obj], verb=verb, batch=session.batch)
            except (IntegrityError, StaleObject, ValidationError) as error:
                why = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
                _refuse(row, _("未写入：%(why)s") % {"why": why})
    for row, obj in pairs:
        if row.kind != "refused":
            row.object_id, row.version = obj.pk, obj.version


def _note(rows: list[SessionRow], *fields: str) -> None:
    """Many rows at once by upsert: bulk_update's CASE lists cost several times more."""
    SessionRow.unscoped.bulk_create(
        rows, batch_size=250, update_conflicts=True, unique_fields=["id"], update_fields=fields
    )


def undo_chunk(session: Session, actor: Actor, cursor: dict):
    """Restores former values, retires created rows, leaves and lists rows changed since."""
    resource = registry.get(session.resource)
    rows = list(
        SessionRow.unscoped.filter(
            session=session, done=True, outcome="", kind__in=["new", "changed"]
        ).order_by("-number")[:CHUNK]
    )
    current = resource.model.objects.for_actor(actor).in_bulk([r.object_id for r in rows])
    yield
    with change(actor, resource.permission("undo"), batch=session.batch) as w:
        for row in rows:
            obj = current.get(row.object_id)
            if obj is None or obj.version != row.version or obj.retired_at:
                row.outcome = "left"
            elif row.kind == "new":
                w.retire(obj)
                row.outcome = "retired"
            else:
                fill(resource, obj, {name: pair[0] for name, pair in row.diff.items()})
                w.save(obj)
                row.outcome = "restored"
    _note(rows, "outcome")
    finished = len(rows) < CHUNK
    if finished:
        session.refresh_from_db()
        session.counts = counts(session)
        set_state(actor, session, "undone")
    done = cursor.get("done", 0) + len(rows)
    return Step({"done": done}, done=done, message=_("已撤销 %(n)s 行") % {"n": done}, finished=finished,
                url=address(session))  # fmt: skip


def counts(session: Session) -> dict[str, int]:
    """{kind: rows} and, after undo, {outcome: rows}."""
    rows = SessionRow.unscoped.filter(session=session)
    out = dict(rows.order_by().values_list("kind").annotate(Count("pk")))
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
