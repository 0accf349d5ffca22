"""Standing recalls: a new event on an affected lot is caught when it is captured, not when somebody looks.

An open recall keeps the set of affected states, with the moment from which each is. Every change of edges is applied
to it inside the capturing transaction: new edges out of affected states are followed, however much of the way beyond
was known before; if an edge that mattered was withdrawn, the set is walked anew. So at any time it equals the forward
trace of the recall's lots, whatever the order in which events came.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from shian.core.trace import Edge
from shian.core.trace.facts import holder, thing
from shian.core.trace.names import many

_SCHEMA = """
CREATE TABLE IF NOT EXISTS recall (
  name TEXT PRIMARY KEY, opened INTEGER NOT NULL, moment INTEGER NOT NULL, closed INTEGER);
CREATE TABLE IF NOT EXISTS recall_lot (
  recall TEXT, thing TEXT, place TEXT, PRIMARY KEY (recall, thing, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS recall_hit (
  recall TEXT, node INTEGER, since INTEGER NOT NULL, PRIMARY KEY (recall, node)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS recall_news (
  n INTEGER PRIMARY KEY AUTOINCREMENT, recall TEXT, node INTEGER, since INTEGER NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Recall:
    """An open recall: its lots (with a holder, or "" for all), affected from ``moment`` on. Times: seconds since 1970."""

    name: str
    opened: int
    moment: int
    lots: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A state that a recall reached: hold it, tell its holder. ``number`` orders the news."""

    number: int
    recall: str
    thing: str
    place: str
    since: int


class StandingRecalls:
    """The open recalls of a store; a listener of its :class:`~shian.core.trace.GraphStore`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        db.executescript(_SCHEMA)

    def open(self, name: str, lots: Sequence[str], now: int, *, at: str = "", moment: int = 0) -> int:
        """Start a recall of ``lots``; returns how many states are affected already.

        Raises ``ValueError`` for a name in use or an empty list. A lot that no event mentions yet is allowed: its first
        event will be caught.
        """
        if not lots:
            raise ValueError("召回至少要有一个批次")
        if self.db.execute("SELECT 1 FROM recall WHERE name = ?", (name,)).fetchone():
            raise ValueError(f"召回编号已存在：{name}")
        place = holder(at) if at else ""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            self.db.execute("INSERT INTO recall VALUES (?, ?, ?, NULL)", (name, now, moment))
            rows = [(name, thing(lot), place) for lot in dict.fromkeys(lots)]
            self.db.executemany("INSERT OR IGNORE INTO recall_lot VALUES (?, ?, ?)", rows)
            count = self._extend(name, dict.fromkeys(self._starts(name), moment), {})
            self.db.execute("COMMIT")
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        return count

    def close(self, name: str, now: int) -> None:
        """End a recall; what it caught stays on record. Raises ``LookupError`` if none of that name is open."""
        done = self.db.execute("UPDATE recall SET closed = ? WHERE name = ? AND closed IS NULL", (now, name))
        if not done.rowcount:
            raise LookupError(f"没有进行中的召回：{name}")

    def recalls(self) -> list[Recall]:
        """The open recalls, by name."""
        rows = self.db.execute("SELECT name, opened, moment FROM recall WHERE closed IS NULL ORDER BY name")
        return [Recall(name, opened, moment, tuple(self._lots(name))) for name, opened, moment in rows.fetchall()]

    def hits(self, name: str) -> list[tuple[str, str, int]]:
        """(thing, place, since) of all states that a recall affects now."""
        rows = self.db.execute(
            "SELECT t.name, p.name, h.since FROM recall_hit h JOIN node n ON n.id = h.node JOIN thing t ON t.id = n.thing"
            " JOIN place p ON p.id = n.place WHERE h.recall = ? ORDER BY t.name, p.name",
            (name,),
        )
        return list(rows)

    def news(self, after: int = 0) -> list[Hit]:
        """What was caught since news number ``after``, in order."""
        rows = self.db.execute(
            "SELECT w.n, w.recall, t.name, p.name, w.since FROM recall_news w JOIN node n ON n.id = w.node"
            " JOIN thing t ON t.id = n.thing JOIN place p ON p.id = n.place WHERE w.n > ? ORDER BY w.n",
            (after,),
        )
        return [Hit(*row) for row in rows]

    def __call__(self, db: sqlite3.Connection, came: Sequence[Edge], went: Sequence[Edge]) -> None:
        """See :data:`shian.core.trace.graph.Listener`."""
        for name, moment in db.execute("SELECT name, moment FROM recall WHERE closed IS NULL").fetchall():
            known = self._known(name, {n for e in (*came, *went) for n in (e.src, e.dst)})
            starts = set(self._starts(name))
            if any(e.src in known for e in went) or self._lost_start(name, starts):
                self._anew(name, moment, starts)
                continue
            seeds = {n: moment for n in starts if self._since(name, n) is None}
            for e in came:
                if e.src in known and e.t_out >= known[e.src] and e.t_in < seeds.get(e.dst, 2**32):
                    seeds[e.dst] = e.t_in
            self._extend(name, seeds, {})

    def _lots(self, name: str) -> list[tuple[str, str]]:
        return list(self.db.execute("SELECT thing, place FROM recall_lot WHERE recall = ?", (name,)))

    def _starts(self, name: str) -> list[int]:
        """The states of the recalled lots that the corrected journal speaks of."""
        rows = self.db.execute(
            "SELECT n.id FROM recall_lot l JOIN thing t ON t.name = l.thing JOIN node n ON n.thing = t.id"
            " JOIN place p ON p.id = n.place WHERE l.recall = ? AND (l.place = '' OR l.place = p.name) AND ("
            " n.first < 4294967295 OR EXISTS (SELECT 1 FROM edge e WHERE e.src = n.id) OR EXISTS"
            " (SELECT 1 FROM node s JOIN edge e ON e.src = s.id WHERE s.thing = n.thing AND e.dst = n.id))",
            (name,),
        )
        return [n for (n,) in rows]

    def _known(self, name: str, nodes: Iterable[int]) -> dict[int, int]:
        """Since when those of ``nodes`` are affected that are."""
        wanted = list(nodes)
        out: dict[int, int] = {}
        for i in range(0, len(wanted), 500):
            part = wanted[i : i + 500]
            sql = f"SELECT node, since FROM recall_hit WHERE recall = ? AND node IN ({','.join('?' * len(part))})"  # noqa: S608
            out.update(self.db.execute(sql, (name, *part)).fetchall())
        return out

    def _since(self, name: str, node: int) -> int | None:
        row = self.db.execute("SELECT since FROM recall_hit WHERE recall = ? AND node = ?", (name, node)).fetchone()
        return None if row is None else int(row[0])

    def _lost_start(self, name: str, starts: set[int]) -> bool:
        """Was a state affected as a start that is none any more?"""
        rows = self.db.execute(
            "SELECT h.node FROM recall_lot l JOIN thing t ON t.name = l.thing JOIN node n ON n.thing = t.id"
            " JOIN place p ON p.id = n.place JOIN recall_hit h ON h.node = n.id AND h.recall = l.recall"
            " WHERE l.recall = ? AND (l.place = '' OR l.place = p.name)",
            (name,),
        )
        return any(n not in starts for (n,) in rows)

    def _anew(self, name: str, moment: int, starts: set[int]) -> None:
        old = dict(self.db.execute("SELECT node, since FROM recall_hit WHERE recall = ?", (name,)))
        self.db.execute("DELETE FROM recall_hit WHERE recall = ?", (name,))
        self._extend(name, dict.fromkeys(starts, moment), old)

    def _extend(self, name: str, seeds: dict[int, int], told: dict[int, int]) -> int:
        """Follow ``seeds`` (node → affected since) through the store; returns how many states were added. States in
        ``told`` are no news."""
        added: dict[int, int] = {}
        frontier = dict(seeds)
        while frontier:
            known = self._known(name, frontier)
            frontier = {n: t for n, t in frontier.items() if t < known.get(n, 2**32)}
            self.db.executemany(
                "INSERT OR REPLACE INTO recall_hit VALUES (?, ?, ?)", [(name, n, t) for n, t in frontier.items()]
            )
            added.update((n, t) for n, t in frontier.items() if n not in known or n in added)
            following: dict[int, int] = {}
            sql = "SELECT src, dst, t_out, t_in FROM edge WHERE src IN ({})"
            for src, dst, t_out, t_in in many(self.db, sql, frontier):
                if cast(int, t_out) >= frontier[cast(int, src)]:
                    at = cast(int, t_in)
                    following[cast(int, dst)] = min(at, following.get(cast(int, dst), 2**32))
            frontier = following
        news = [(name, n, t) for n, t in added.items() if n not in told]
        self.db.executemany("INSERT INTO recall_news (recall, node, since) VALUES (?, ?, ?)", news)
        return len(added)
