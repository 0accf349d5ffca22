"""The journal in one SQLite file.

Rules (traceability design §6.2; gs1/EPCIS issues 48, 226, 403): an eventID with the content it had is the same
event, and its sender gets the earlier receipt; an eventID with other content is a conflict; an error declaration
repeats the eventID on purpose and is stored beside the event that it declares wrong, whichever comes first.
Rows are never changed or deleted: the database itself refuses (triggers). Write-ahead log with full
synchronisation: a receipt that was given survives a killed process and a power cut.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, cast

from shian.core.collector import collector_paused
from shian.core.epcis import Event, Problem, bare, canonical_bytes, digest_of, event_from_json, event_hash
from shian.core.epcis.jsonld.read import parse_json
from shian.core.errors import Told
from shian.core.words import say

from .model import Behaviour, Item, Observer, Receipt, Status, Stored, View

_SCHEMA = """
CREATE TABLE IF NOT EXISTS capture (
  id INTEGER PRIMARY KEY, recorded INTEGER NOT NULL, events INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS event (
  seq INTEGER PRIMARY KEY, event_id TEXT NOT NULL, digest BLOB NOT NULL, declares INTEGER NOT NULL,
  capture INTEGER NOT NULL, recorded INTEGER NOT NULL, occurred INTEGER NOT NULL,
  type TEXT NOT NULL, step TEXT, body BLOB NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS event_identity ON event (event_id, digest);
CREATE INDEX IF NOT EXISTS event_declared ON event (event_id) WHERE declares;
CREATE TRIGGER IF NOT EXISTS event_kept BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, '日志只增不删'); END;
CREATE TRIGGER IF NOT EXISTS event_fixed BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, '日志只增不改'); END;
"""

_COLUMNS = "seq, event_id, digest, capture, recorded, occurred, body"
_KNOWN = "seq, capture, digest, declares"
_CORRECTED = (
    " AND NOT declares AND NOT EXISTS"
    " (SELECT 1 FROM event AS d WHERE d.event_id = event.event_id AND d.declares)"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Journal:
    """The journal at ``path`` (made if missing). ``name`` gives the eventID of an event that came without one."""

    def __init__(
        self,
        path: Path | str,
        observers: Sequence[Observer] = (),
        name: Callable[[Event], str] | None = None,
        timeout: float = 20.0,
    ) -> None:
        self.path = Path(path)
        self.observers = tuple(observers)
        self._name = name or cbv_name
        self.db = connect(self.path, timeout)
        if not self.db.execute("SELECT 1 FROM sqlite_master WHERE name = 'event_fixed'").fetchone():
            self._make_tables()

    def _make_tables(self) -> None:
        """All or nothing: killed between two tables, the file would look like another program's ever after."""
        try:
            self.db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
        except sqlite3.Error:
            self.db.close()
            raise

    def close(self) -> None:
        self.db.close()

    def capture(
        self, events: Sequence[Event], now: datetime, behaviour: Behaviour = Behaviour.ROLLBACK
    ) -> Receipt:
        """Store ``events`` (one document) and return the receipt. ``now`` (aware) becomes their record time.

        Refused events carry a problem with path, rule and message; see :class:`Behaviour` for what that does to
        the rest. Raises ``sqlite3.OperationalError`` if another process holds the file beyond the timeout.
        """
        with collector_paused():
            keyed = [_Keyed(event, self._name) for event in events]  # all work before the lock is taken
            with transaction(self.db):
                return self._capture(keyed, milliseconds(now), behaviour)

    def _capture(self, keyed: Sequence[_Keyed], recorded: int, behaviour: Behaviour) -> Receipt:
        earlier = self._known([key.event_id for key in keyed])
        items, fresh = self._judge(keyed, earlier)
        if behaviour is Behaviour.ROLLBACK and any(i.status is Status.REFUSED for i in items):
            return Receipt(None, tuple(i for i in items if i.status is not Status.STORED))
        if not fresh:
            return Receipt(_earlier(items), tuple(items))
        capture, rows = self._append([keyed[i] for i in fresh], recorded)
        void = _newly_void(rows, earlier)
        for observer in self.observers:
            observer.stored(self.db, rows, void)
        return Receipt(capture, _placed(items, rows))

    def _judge(
        self, keyed: Sequence[_Keyed], earlier: Mapping[str, list[_Row]]
    ) -> tuple[list[Item], list[int]]:
        """Each event's status, and the indices of those to store (an event twice in a document is stored once)."""
        items: list[Item] = []
        fresh: list[int] = []
        pending: dict[str, list[_Row]] = {}
        for index, key in enumerate(keyed):
            event_id, digest = key.event_id, key.digest
            others = [*earlier.get(event_id, ()), *pending.get(event_id, ())]
            same = next((row for row in others if row.digest == digest), None)
            if same is not None:
                items.append(Item(index, event_id, Status.KNOWN, digest, same.seq, same.capture))
            elif not key.declares and not all(row.declares for row in others):
                items.append(Item(index, event_id, Status.REFUSED, digest, problem=_conflict(index, key)))
            else:
                items.append(Item(index, event_id, Status.STORED, digest))
                pending.setdefault(event_id, []).append(_Row(None, None, digest, key.declares))
                fresh.append(index)
        return items, fresh

    def _known(self, event_ids: Sequence[str]) -> dict[str, list[_Row]]:
        """All rows with these eventIDs."""
        out: dict[str, list[_Row]] = {}
        for i in range(0, len(event_ids), 500):
            part = event_ids[i : i + 500]
            marks = ",".join("?" * len(part))
            sql = f"SELECT event_id, {_KNOWN} FROM event WHERE event_id IN ({marks}) ORDER BY seq"  # noqa: S608
            for event_id, *row in self.db.execute(sql, part):
                out.setdefault(event_id, []).append(_Row._make(row))
        return out

    def _append(self, keyed: Sequence[_Keyed], recorded: int) -> tuple[int, list[Stored]]:
        sql = "INSERT INTO capture (recorded, events) VALUES (?, ?)"
        capture = cast(int, self.db.execute(sql, (recorded, len(keyed))).lastrowid)
        rows = [
            Stored(seq, key.event_id, key.digest, capture, recorded, key.occurred, key.event)
            for seq, key in enumerate(keyed, self.last() + 1)
        ]
        self.db.executemany(
            "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (r.seq, r.event_id, r.digest, key.declares, capture, recorded, r.occurred,
                 r.event.type, r.event.biz_step and bare("bizStep", r.event.biz_step), key.body)
                for r, key in zip(rows, keyed, strict=True)
            ],
        )  # fmt: skip
        return capture, rows

    def last(self) -> int:
        """The highest sequence number, 0 for an empty journal."""
        return int(self.db.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()[0])

    def get(self, event_id: str, view: View = View.RECORDED) -> list[Stored]:
        """All rows with an eventID: the event and its error declarations, in order of capture."""
        return list(self.events(view, where="event_id = ?", arguments=(event_id,)))

    def events(
        self,
        view: View = View.RECORDED,
        *,
        after: int = 0,
        where: str = "1",
        arguments: Sequence[object] = (),
        limit: int = -1,
    ) -> Iterator[Stored]:
        """Rows with ``seq > after`` in order of capture; ``after`` is a page token that inserts cannot shift.

        ``where`` is a condition of this package's callers over the columns seq, event_id, occurred, type and
        step, its values in ``arguments``; never text from outside.
        """
        sql = (
            f"SELECT {_COLUMNS} FROM event WHERE seq > ? AND {where}"  # noqa: S608
            f"{_CORRECTED if view is View.CORRECTED else ''} ORDER BY seq LIMIT ?"
        )
        for seq, event_id, digest, capture, recorded, occurred, body in self.db.execute(
            sql, (after, *arguments, limit)
        ):
            yield Stored(seq, event_id, digest, capture, recorded, occurred, decode(body))

    def body(self, seq: int) -> bytes:
        """The exact canonical bytes of one row. Raises ``KeyError`` if there is none."""
        row = self.db.execute("SELECT body FROM event WHERE seq = ?", (seq,)).fetchone()
        if row is None:
            raise KeyError(seq)
        return bytes(row[0])


class _Row(NamedTuple):
    """What the journal knows of a stored event; no place yet for one that is about to be stored."""

    seq: int | None
    capture: int | None
    digest: bytes
    declares: int


class _Keyed:
    """An event with all that is computed about it before the write lock is taken."""

    __slots__ = ("body", "declares", "digest", "event", "event_id", "occurred")

    def __init__(self, event: Event, name: Callable[[Event], str]) -> None:
        self.event = event
        self.body = canonical_bytes(event)
        self.digest = digest_of(self.body)
        self.event_id = event.event_id or name(event)
        self.declares = event.error_declaration is not None
        self.occurred = milliseconds(event.event_time.instant)


class transaction:
    """``BEGIN IMMEDIATE`` … ``COMMIT``; rolled back on any exception. The lock is taken at once, so that a
    transaction never reads what another has meanwhile changed."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def __enter__(self) -> None:
        self.db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, *_: object) -> None:
        self.db.execute("COMMIT" if kind is None else "ROLLBACK")


class NotAJournal(Told, sqlite3.DatabaseError):
    """The file is a database of another program; making our tables in it would spoil it."""


def refuse_foreign(db: sqlite3.Connection) -> None:
    """Raise :class:`NotAJournal` where ``db`` holds tables, and none of a journal or its index."""
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if tables and not tables & {"event", "graph_meta"}:
        raise NotAJournal("foreign_tables", say("其中是别的程序的表：%(tables)s", tables=tuple(sorted(tables)[:3])))


def connect(path: Path | str, timeout: float = 20.0) -> sqlite3.Connection:
    """A connection with explicit transactions, write-ahead log and full synchronisation. Raises
    ``sqlite3.DatabaseError`` for a file that is no journal."""
    db = sqlite3.connect(path, timeout=timeout, isolation_level=None, check_same_thread=False)
    refuse_foreign(db)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA wal_autocheckpoint = 8000")  # pages, 32 MB: the log is carried over less often, never later lost
    db.execute("PRAGMA cache_size = -65536")
    return db


def milliseconds(instant: datetime) -> int:
    """Whole milliseconds since 1970 of an aware ``instant``, rounded down."""
    return (instant - _EPOCH) // timedelta(milliseconds=1)


def decode(body: bytes) -> Event:
    """The event in a row's canonical bytes."""
    tree = parse_json(body)
    assert isinstance(tree, dict)
    return event_from_json(tree)


def cbv_name(event: Event) -> str:
    """The CBV 2.0 event hash, which names an event that came without an eventID (design §6.2)."""
    return event_hash(event, "CBV2.0")


def _conflict(index: int, key: _Keyed) -> Problem:
    return Problem(
        f"eventList[{index}].eventID",
        "journal.conflict",
        say("事件编号 %(event_id)s 已存在，且内容不同；更正请先提交差错声明（errorDeclaration）", event_id=key.event_id),
    )


def _earlier(items: Sequence[Item]) -> int | None:
    return min((i.capture for i in items if i.capture is not None), default=None)


def _newly_void(rows: Sequence[Stored], earlier: Mapping[str, list[_Row]]) -> list[int]:
    """Sequence numbers that leave the corrected view with ``rows``: declarations and what they declare wrong, be it
    stored before them, with them or after them. ``earlier`` are the rows with the same eventIDs."""
    declared = {row.event_id for row in rows if row.declares_error}
    before = declared | {
        event_id for event_id, known in earlier.items() if any(row.declares for row in known)
    }
    void = [row.seq for row in rows if row.event_id in before]
    void += [row.seq for event_id in declared for row in earlier.get(event_id, ()) if row.seq is not None]
    return sorted(void)


def _placed(items: Sequence[Item], rows: Sequence[Stored]) -> tuple[Item, ...]:
    """``items`` with the places of ``rows``; an event repeated in its document lies where its first copy does."""
    place = {(row.event_id, row.digest): row for row in rows}
    out = []
    for item in items:
        row = place.get((item.event_id, item.digest))
        if row is not None and item.seq is None:
            item = Item(
                item.index, item.event_id, item.status, item.digest, row.seq, row.capture, item.problem
            )
        out.append(item)
    return tuple(out)
