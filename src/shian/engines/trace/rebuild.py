"""The whole graph derived anew from the journal, every group once.

Capture derives the groups that an event mentions, again with every event that mentions them. Here all facts are written
first; then the histories are derived in order of things, the processes in order of their groups, the carriages last, so
that each is read in one sweep and written without looking for what was there before. The rules are the same functions.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, islice
from types import MappingProxyType
from typing import Any

from shian.core.trace.carriers import Link, State
from shian.core.trace.moves import Known, history
from shian.core.trace.snapshot import Progress
from shian.core.trace.transforms import process
from shian.engines.journal import Journal, View

from .derive import Batch
from .names import Names, Span
from .rows import INSERT_EDGE, edge_rows, put_facts

CHUNK = 5000
"""Events, things or groups at a time."""

_FACT = ", ".join(Known._fields).replace("group", "grp")


def derive_all(journal: Journal, progress: Progress) -> None:
    """Replace facts and edges by what the journal implies now. Nodes keep their numbers. Inside a transaction."""
    db = journal.db
    for table in ("fact", "edge", "gone", "touched"):
        db.execute(f"DELETE FROM {table}")  # noqa: S608
    db.execute("UPDATE node SET flags = flags & 4, first = 4294967295, last = 0")
    db.execute("INSERT OR REPLACE INTO graph_meta VALUES ('generation', hex(randomblob(8)))")
    indexes = db.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name IN ('fact', 'edge') AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in indexes:  # filling tables first and sorting once is several times faster
        db.execute(f"DROP INDEX {name}")
    _write_facts(journal, progress)
    _histories(db, progress)
    _processes(db, progress)
    progress("整理索引", 0, 0)
    for _, sql in indexes:
        db.execute(sql)
    _carriages(db, progress)


def _write_facts(journal: Journal, progress: Progress) -> None:
    db, total = journal.db, journal.last()
    after = 0
    while rows := list(journal.events(View.RECORDED, after=after, limit=CHUNK)):
        void = set(_declared(db, rows[0].seq, rows[-1].seq))
        put_facts(Names(db), rows, void)
        after = rows[-1].seq
        progress("读取事件", after, total)


def _histories(db: sqlite3.Connection, progress: Progress) -> None:
    """The movements of every thing, and when it was where."""
    total = int(db.execute("SELECT coalesce(max(thing), 0) FROM fact").fetchone()[0])
    facts = map(Known._make, db.execute(f"SELECT {_FACT} FROM fact WHERE NOT void ORDER BY thing"))  # noqa: S608
    for part in _chunks(groupby(facts, lambda fact: fact.thing)):
        told = [(thing, history(mine)) for thing, mine in part]
        links = [
            (
                4 * thing,
                Link((thing, h.src), (thing, h.dst), h.kind, h.t_out, h.t_in, h.seq, quantity=h.quantity),
            )
            for thing, its in told
            for h in its.hops
        ]
        _put(db, links, {(thing, place): span for thing, its in told for place, span in its.spans().items()})
        progress("推导移动", told[-1][0], total)


def _processes(db: sqlite3.Connection, progress: Progress) -> None:
    """The transformations, those of one event and those that several tell together."""
    group = "CASE WHEN grp THEN 4 * grp + 2 ELSE 4 * seq + 3 END"
    rows = db.execute(f"SELECT {group}, {_FACT} FROM fact WHERE NOT void AND act IN (6, 7) ORDER BY 1")  # noqa: S608
    done = 0
    for part in _chunks(groupby(rows, lambda row: int(row[0]))):
        names = Names(db)
        links = [
            (key, link)
            for key, mine in part
            for link in process(lambda key=key: _hub(names, key), [Known._make(row[1:]) for row in mine])  # type: ignore[misc]  # noqa: B023
        ]
        _put(db, links)
        done += len(part)
        progress("推导加工", done, 0)


def _hub(names: Names, group: int) -> int:
    """The thing that stands for a process; see :class:`~shian.engines.trace.derive.Batch` for the numbers of groups."""
    if group % 4 == 2:
        return group // 4
    row = names.db.execute("SELECT event_id FROM event WHERE seq = ?", (group // 4,)).fetchone()
    name = f"urn:shian:process:{row[0]}"
    return names.things([name])[name]


def _carriages(db: sqlite3.Connection, progress: Progress) -> None:
    """What moved inside carriers."""
    carriers = [n for (n,) in db.execute("SELECT DISTINCT grp FROM fact WHERE grp AND act >= 8 ORDER BY grp")]
    for i in range(0, len(carriers), CHUNK):
        batch = Batch(db, Names(db), ())
        batch.carriers = set(carriers[i : i + CHUNK])
        _put(db, ((group, link) for group, links in batch.groups().items() for link in links))
        progress("推导装载", i, len(carriers))


def _put(
    db: sqlite3.Connection,
    links: Iterable[tuple[int, Link]],
    spans: Mapping[State, Span] = MappingProxyType({}),
) -> None:
    """Write new edges with their nodes, and the spans of nodes."""
    rows = list(links)
    names = Names(db)
    names.put_nodes({s for _, link in rows for s in link[:2]}, spans)
    db.executemany(INSERT_EDGE, edge_rows(rows, names))


def _chunks(groups: Iterable[tuple[int, Iterator[Any]]]) -> Iterator[list[tuple[int, list[Any]]]]:
    """Groups with their members, :data:`CHUNK` groups at a time."""
    told = ((key, list(members)) for key, members in groups)
    while part := list(islice(told, CHUNK)):
        yield part


def _declared(db: sqlite3.Connection, first: int, last: int) -> list[int]:
    rows = db.execute(
        "SELECT seq FROM event WHERE seq BETWEEN ? AND ? AND event_id IN"
        " (SELECT event_id FROM event WHERE declares)",
        (first, last),
    )
    return [seq for (seq,) in rows]
