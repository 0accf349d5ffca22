"""Sealing (封存): change rows get a number, and their digests go into a Merkle log that cannot be rewritten.

The row carries no hash of its predecessor, so writers do not queue for one (architecture, point 15). A job
numbers committed rows afterwards. A row of an open transaction is invisible to it, and rows are found by
having no number rather than by an id above the last one, so a late commit is never passed over: it gets the
next number. Rows of one object keep their order, because its second writer waits for the first to commit.

Number first, then log: a crash between the two leaves numbered rows above the end of the log, and the next
run appends exactly those.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from shian.core.tlog import Checkpoint, NoteError, Signer, record_digest
from shian.engines.tlog import Log, LogError
from shian.engines.tlog.audit import Finding, check_log, compare_records

from ..changes.models import Change

ORIGIN = "shian/changes"
BATCH = 1000
"""Rows numbered in one transaction; the log lags behind the numbers by no more."""
COLUMNS = (
    "id", "at", "actor_id", "actor_name", "unit_name", "verb", "basis", "reason",
    "object_type", "object_id", "object_label", "diff", "request_id", "batch",
)  # fmt: skip
"""What is sealed: every column but the number, which the place in the log proves."""


class SealingRefused(Exception):
    """Log and rows contradict each other; going on would paper over it."""


@dataclass(frozen=True)
class Report:
    """What a check of the change log found; ``findings`` are for people, empty when all is well."""

    entries: int
    unsealed: int
    findings: list[str] = field(default_factory=list)


def folder() -> Path:
    return Path(settings.DATA_DIR) / "log"


def signer() -> Signer:
    """The key of this installation's log, made at first use, readable by its owner only."""
    path = folder() / "changes.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as target:
            target.write(Signer.generate(ORIGIN).export() + "\n")
    return Signer.parse(path.read_text())


def canonical(row: dict) -> bytes:
    """One byte string per change row: JSON, sorted keys, UTC moments with microseconds."""
    values = {name: row[name] for name in COLUMNS}
    values["at"] = row["at"].astimezone(dt.UTC).isoformat(timespec="microseconds")
    text = json.dumps(
        values, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return text.encode()


def digests(first: int, end: int) -> Iterator[bytes]:
    """Digests of the rows numbered ``first`` to ``end`` - 1 that exist, in order."""
    rows = Change.unscoped.filter(seq__gte=first, seq__lt=end).order_by("seq")
    for row in rows.values(*COLUMNS).iterator(chunk_size=2000):
        yield record_digest(canonical(row))


def number(limit: int | None = None) -> int:
    """Numbers up to ``limit`` (:data:`BATCH`) committed rows in the order of their ids. Returns how many."""
    with transaction.atomic():
        ids = list(
            Change.unscoped.filter(seq=None).order_by("pk").values_list("pk", flat=True)[: limit or BATCH]
        )
        first = _next_number()
        table = connection.ops.quote_name(Change._meta.db_table)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {table} SET seq = %s WHERE id = %s AND seq IS NULL",  # noqa: S608
                list(enumerate(ids, first)),
            )
    return len(ids)


def append() -> int:
    """Logs the numbered rows above the end of the log. Returns how many.

    Raises :class:`SealingRefused` when rows are gone that were logged, or the log lost its end.
    """
    with _writing() as log:
        size, end = log.size, _next_number()
        if size > end:
            text = _("防篡改日志有 %(size)s 条，数据库只编到 %(end)s：变更记录被删除，或数据库由旧备份恢复")
            raise SealingRefused(text % {"size": size, "end": end})
        if end - size > BATCH:
            text = _("防篡改日志只有 %(size)s 条，数据库已编到 %(end)s：日志丢失或被截短")
            raise SealingRefused(text % {"size": size, "end": end})
        found = list(digests(size, end))
        if len(found) != end - size:
            text = _("第 %(size)s 号之后的变更记录不连续，有记录在封存前被删除")
            raise SealingRefused(text % {"size": size})
        log.append(found)
        return len(found)


def sign() -> None:
    """Signs the present end of the log, once per end."""
    with _writing() as log:
        last = log.last_checkpoint()
        if log.size and (last is None or Checkpoint.of(last).size < log.size):
            log.checkpoint(signer())


def unsealed() -> int:
    """Rows not in the log yet."""
    return Change.unscoped.filter(seq=None).count()


def verify() -> Report:
    """Compares every sealed row with the log, and the log with its signed end. Changes nothing."""
    if not (folder() / "changes.tlog").is_file():
        sealed = Change.unscoped.exclude(seq=None).exists()
        lost = [_("防篡改日志文件不存在，但数据库中有已封存的记录：日志丢失")] if sealed else []
        return Report(0, unsealed(), lost)
    try:
        with Log(folder() / "changes.tlog") as log:
            findings = [f.message for f in check_log(log, _trusted(log))]
            for found in compare_records(log, digests(0, log.size)):
                findings.append(_named(found))
            return Report(log.size, unsealed(), findings)
    except (LogError, NoteError) as error:
        return Report(0, unsealed(), [_("防篡改日志无法读取：%(error)s") % {"error": error}])


def _trusted(log: Log) -> list[Checkpoint]:
    note = log.last_checkpoint()
    if note is None:
        return []
    if not note.signed_by(signer().verifier()):
        raise NoteError("foreign_key", _("最后一个检查点的签名与本系统的密钥不符"))
    return [Checkpoint.of(note)]


def _named(found: Finding) -> str:
    """The finding with the row it is about: who did what to which object, when."""
    row = Change.unscoped.filter(seq=found.index).first()
    if row is None or found.kind == "removed":
        return found.message
    about = f"#{row.pk} {row.at:%Y-%m-%d %H:%M} {row.actor_name} {row.verb} {row.object_label}"
    return f"{found.message}（{about}）"


def _next_number() -> int:
    last = Change.unscoped.aggregate(last=Max("seq"))["last"]
    return 0 if last is None else last + 1


@contextmanager
def _writing() -> Iterator[Log]:
    """The log, open for one writer at a time among all processes of this host."""
    folder().mkdir(parents=True, exist_ok=True)
    with open(folder() / "changes.lock", "w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        with Log(folder() / "changes.tlog", ORIGIN) as log:
            yield log
