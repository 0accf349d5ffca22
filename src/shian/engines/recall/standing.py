"""Standing recalls: a new event on an affected lot is caught when it is captured, not when somebody looks.

An open recall keeps the set of affected states, with the moment from which each is. Every change of the graph is applied
to it inside the capturing transaction: new edges out of affected states are followed, however much of the way beyond
was known before; if an edge that mattered was withdrawn, or contact counts and somebody's stay in a room changed, the
set is walked anew. So at any time it equals the forward trace of the recall's lots under the same rules, whatever the
order in which events came.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from shian.core.errors import Invalid, Missing
from shian.core.recall.rules import Rules
from shian.core.trace import Edge, Kind, Options
from shian.core.trace.facts import holder, thing
from shian.core.words import say
from shian.engines.journal.store import transaction
from shian.engines.trace.names import many
from shian.engines.trace.stored import index_for_contact

from .follow import NEVER, Following, Row

_SCHEMA = """
CREATE TABLE IF NOT EXISTS recall (
  name TEXT PRIMARY KEY, opened INTEGER NOT NULL, moment INTEGER NOT NULL, closed INTEGER,
  rules TEXT NOT NULL DEFAULT '{}');
CREATE TABLE IF NOT EXISTS recall_lot (
  recall TEXT, thing TEXT, place TEXT, PRIMARY KEY (recall, thing, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS recall_hit (
  recall TEXT, node INTEGER, since INTEGER NOT NULL, PRIMARY KEY (recall, node)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS recall_news (
  n INTEGER PRIMARY KEY AUTOINCREMENT, recall TEXT, node INTEGER, since INTEGER NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Recall:
    """An open recall: its lots (with a holder, or "" for all), affected from ``moment`` on, followed by ``rules``.
    Times: seconds since 1970."""

    name: str
    opened: int
    moment: int
    lots: tuple[tuple[str, str], ...]
    rules: Rules


@dataclass(frozen=True, slots=True)
class Hit:
    """A state that a recall reached: hold it, tell its holder. ``number`` orders the news."""

    number: int
    recall: str
    thing: str
    place: str
    since: int


class StandingRecalls:
    """The open recalls of a store; a listener of its :class:`~shian.engines.trace.GraphStore`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        db.executescript(_SCHEMA)
        if not any(
            row[1] == "rules" for row in db.execute("PRAGMA table_info(recall)")
        ):  # made before rules were
            db.execute("ALTER TABLE recall ADD COLUMN rules TEXT NOT NULL DEFAULT '{}'")

    def open(self, name: str, lots: Sequence[str], now: int, options: Options | None = None) -> int:
        """Start a recall of ``lots``; returns how many states are affected already.

        Raises ``ValueError`` for a name in use, an empty list, or a bound on steps. A lot that no event mentions yet is
        allowed: its first event will be caught.
        """
        if not lots:
            raise Invalid("no_lots", say("召回至少要有一个批次"))
        if self.db.execute("SELECT 1 FROM recall WHERE name = ?", (name,)).fetchone():
            raise Invalid("name_taken", say("召回编号已存在：%(name)s", name=name))
        asked = options or Options()
        rules, moment, place = Rules.of(asked), asked.moment or 0, holder(asked.at) if asked.at else ""
        with transaction(self.db):
            if rules.spreads:
                index_for_contact(self.db)
            self.db.execute("INSERT INTO recall VALUES (?, ?, ?, NULL, ?)", (name, now, moment, rules.text()))
            rows = [(name, thing(lot), place) for lot in dict.fromkeys(lots)]
            self.db.executemany("INSERT OR IGNORE INTO recall_lot VALUES (?, ?, ?)", rows)
            found = Following(self.db, rules, self._starts(name)).anew(moment)
            self._write(name, found, {})
        return len(found)

    def close(self, name: str, now: int) -> None:
        """End a recall; what it caught stays on record. Raises ``LookupError`` if none of that name is open."""
        done = self.db.execute("UPDATE recall SET closed = ? WHERE name = ? AND closed IS NULL", (now, name))
        if not done.rowcount:
            raise Missing("not_running", say("没有进行中的召回：%(name)s", name=name))

    def recalls(self) -> list[Recall]:
        """The open recalls, by name."""
        rows = self.db.execute(
            "SELECT name, opened, moment, rules FROM recall WHERE closed IS NULL ORDER BY name"
        )
        return [
            Recall(name, opened, moment, tuple(self._lots(name)), Rules.parse(rules))
            for name, opened, moment, rules in rows.fetchall()
        ]

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

    def changed(
        self, db: sqlite3.Connection, came: Sequence[Edge], went: Sequence[Edge], touched: Sequence[int]
    ) -> None:
        """See :class:`shian.engines.trace.graph.Listener`."""
        ends = {n for e in (*came, *went) for n in (e.src, e.dst)}
        for recall in self.recalls():
            starts = self._starts(recall.name)
            known = self._known(recall.name, {*ends, *starts, *touched})
            following = Following(db, recall.rules, starts)
            if recall.rules.spreads:
                if self._may_meet(following, known, starts, (*came, *went), touched):
                    self._anew(recall, following)
            elif (
                any(e.src in known for e in went)
                or self._lost_start(recall.name, set(starts))
                or (recall.rules.kills and any(e.src in starts and e.dst in starts for e in came))
            ):
                self._anew(recall, following)
            else:
                moment = recall.moment if recall.rules.timed else 0
                seeds = {n: moment for n in starts if moment < known.get(n, NEVER)}
                rows: list[Row] = [(e.src, e.dst, e.t_out, e.t_in, e.event) for e in came if e.src in known]
                for node, time in following.arrivals(rows, known).items():
                    seeds[node] = min(time, seeds.get(node, NEVER))
                self._write(recall.name, following.reach(seeds, partial(self._known, recall.name)), None)

    def rebuilt(self, db: sqlite3.Connection) -> None:
        """See :class:`shian.engines.trace.graph.Listener`."""
        for recall in self.recalls():
            self._anew(recall, Following(db, recall.rules, self._starts(recall.name)))

    def _may_meet(
        self,
        following: Following,
        known: dict[int, int],
        starts: Iterable[int],
        edges: Iterable[Edge],
        touched: Iterable[int],
    ) -> bool:
        """Can a change matter to a recall with contact? It must concern an affected state, a start, the load of a
        carrier, or somebody's stay at a place where contact counts."""
        if known.keys() & {n for e in edges for n in (e.src, e.dst)} or known.keys() & set(touched):
            return True
        if any(n not in known for n in starts):
            return True
        contact = following.contact
        if contact.carriers and any(e.kind in (Kind.PACK, Kind.ASSOC) for e in edges):
            return True
        nodes = {*touched, *(n for e in edges for n in (e.src, e.dst))}
        places = {p for (p,) in many(self.db, "SELECT DISTINCT place FROM node WHERE id IN ({})", nodes)}
        return bool(places & contact.places)

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

    def _lost_start(self, name: str, starts: set[int]) -> bool:
        """Was a state affected as a start that is none any more?"""
        rows = self.db.execute(
            "SELECT h.node FROM recall_lot l JOIN thing t ON t.name = l.thing JOIN node n ON n.thing = t.id"
            " JOIN place p ON p.id = n.place JOIN recall_hit h ON h.node = n.id AND h.recall = l.recall"
            " WHERE l.recall = ? AND (l.place = '' OR l.place = p.name)",
            (name,),
        )
        return any(n not in starts for (n,) in rows)

    def _anew(self, recall: Recall, following: Following) -> None:
        old = dict(self.db.execute("SELECT node, since FROM recall_hit WHERE recall = ?", (recall.name,)))
        found = following.anew(recall.moment)
        if found != old:
            self.db.execute("DELETE FROM recall_hit WHERE recall = ?", (recall.name,))
            self._write(recall.name, found, old)

    def _write(self, name: str, found: dict[int, int], told: dict[int, int] | None) -> None:
        """Keep what was found; states that are not in ``told`` (None: not among the hits so far) are news."""
        if told is None:
            told = self._known(name, found)
        rows = [(name, n, t) for n, t in found.items()]
        self.db.executemany("INSERT OR REPLACE INTO recall_hit VALUES (?, ?, ?)", rows)
        self.db.executemany(
            "INSERT INTO recall_news (recall, node, since) VALUES (?, ?, ?)",
            [r for r in rows if r[1] not in told],
        )
