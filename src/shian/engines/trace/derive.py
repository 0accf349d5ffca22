"""From facts to the edges of the groups that a batch of events touches."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import cast

from shian.core.trace.carriers import DISCHARGE, LOAD, Link, State, by_group, carriage, stays, trail
from shian.core.trace.facts import Act, Fact
from shian.core.trace.moves import History, Hop, Known, history
from shian.core.trace.transforms import process

from .names import NEVER, Names, Span, many

_FACT = "time, tie, seq, act, thing, unit, at, own, peer, papers, grp, mantissa, scale, measure"
# "grp AND grp = ?": without the first, SQLite cannot know that the index on groups, which leaves out 0, will do.
_BONDS = (Act.PACK, Act.UNPACK, Act.LINK, Act.UNLINK)
_PROCESS = (Act.INPUT, Act.OUTPUT)


class Batch:
    """The groups to derive anew because of ``told`` (facts with the numbers of their thing and group).

    Group numbers: ``4 * thing`` for a history, ``+ 1`` for a carriage, ``+ 2`` for a process with an id of its own,
    ``4 * seq + 3`` for a process that is one event.
    """

    def __init__(self, db: sqlite3.Connection, names: Names, told: Sequence[tuple[Fact, int, int]]) -> None:
        self.db = db
        self.names = names
        self.things = {thing for _, thing, _ in told}
        self.processes = {group for fact, _, group in told if fact.act in _PROCESS}
        self.lone: dict[int, list[int]] = defaultdict(list)
        for fact, thing, group in told:
            if group < 0 and fact.act in _PROCESS:
                self.lone[-group].append(thing)
        self._facts: dict[int, list[Known]] = {}
        self._histories: dict[int, History] = {}
        self._bonds: dict[int, list[Known]] = {}
        self._load(self.things)
        # a carrier was a unit when it was named, though it may move as a quantity of a class
        units = {thing for fact, thing, _ in told if fact.unit}
        units |= {thing for thing in self.things if any(fact.unit for fact in self._facts[thing])}
        self.carriers = self._carriers({group for fact, _, group in told if fact.act in _BONDS}, units)

    def _carriers(self, named: set[int], units: set[int]) -> set[int]:
        """Carriers named, units that are carriers, and all carriers inside of these: their trails have changed."""
        found = set(named)
        open_ = set(named)
        if units:
            rows = many(
                self.db, "SELECT DISTINCT grp FROM fact WHERE act >= 8 AND grp AND grp IN ({})", units
            )
            open_ |= {cast(int, grp) for (grp,) in rows} - found
            found |= open_
        while open_:
            rows = many(
                self.db, "SELECT DISTINCT thing FROM fact WHERE act >= 8 AND grp AND grp IN ({})", open_
            )
            inner = {cast(int, thing) for (thing,) in rows}
            rows = many(
                self.db, "SELECT DISTINCT grp FROM fact WHERE act >= 8 AND grp AND grp IN ({})", inner
            )
            open_ = {cast(int, grp) for (grp,) in rows} - found
            found |= open_
        return found

    def _load(self, things: Iterable[int]) -> None:
        wanted = [t for t in things if t not in self._facts]
        self._facts.update((t, []) for t in wanted)
        sql = f"SELECT {_FACT} FROM fact WHERE NOT void AND thing IN ({{}}) ORDER BY thing"  # noqa: S608
        facts = map(Known._make, many(self.db, sql, wanted))
        self._facts.update((thing, list(mine)) for thing, mine in groupby(facts, attrgetter("thing")))

    def history(self, thing: int) -> History:
        """The history of one thing."""
        if thing not in self._histories:
            self._load([thing])
            self._histories[thing] = history(self._facts[thing])
        return self._histories[thing]

    def _hops(self, thing: int) -> Sequence[Hop]:
        return self.history(thing).hops

    def _inside(self, thing: int) -> list[tuple[int, int, int]]:
        """(outer carrier, from, until) of a thing."""
        self._load([thing])
        outer = {f.group for f in self._facts[thing] if f.act in _BONDS and f.group != thing}
        out = []
        for carrier in sorted(outer):
            for stay in stays(self._carried(carrier))[0]:
                if stay.packed.thing == thing:
                    out.append((carrier, stay.packed.time, stay.end))
        return out

    def _carried(self, carrier: int) -> list[Known]:
        """The facts that name ``carrier`` as carrier."""
        if carrier not in self._bonds:
            rows = self.db.execute(
                f"SELECT {_FACT} FROM fact WHERE NOT void AND act >= 8 AND grp AND grp = ?",  # noqa: S608
                (carrier,),
            )
            self._bonds[carrier] = [Known(*row) for row in rows]
        return self._bonds[carrier]

    def groups(self) -> dict[int, list[Link]]:
        """The edges of every touched group, by group number."""
        out: dict[int, list[Link]] = {}
        for thing in sorted(self.things):
            out[4 * thing] = [
                Link((thing, h.src), (thing, h.dst), h.kind, h.t_out, h.t_in, h.seq, quantity=h.quantity)
                for h in self._hops(thing)
            ]
        for carrier in sorted(self.carriers):
            moves = trail(carrier, self._hops, self._inside)
            out[4 * carrier + 1] = carriage(carrier, self._carried(carrier), moves)
        out.update(self._derive_processes())
        return out

    def _derive_processes(self) -> dict[int, list[Link]]:
        out: dict[int, list[Link]] = {}
        shared = [g for g in self.processes if g > 0]
        sql = f"SELECT {_FACT} FROM fact WHERE NOT void AND act IN (6, 7) AND grp AND grp IN ({{}})"  # noqa: S608
        found = by_group(map(Known._make, many(self.db, sql, shared)))
        for group in shared:
            out[4 * group + 2] = process(lambda group=group: group, found.get(group, []))  # type: ignore[misc]
        for seq, things in self.lone.items():
            mine = [
                f for t in dict.fromkeys(things) for f in self._facts[t]
                if f.seq == seq and f.act in _PROCESS
            ]  # fmt: skip
            out[4 * seq + 3] = process(lambda seq=seq: self._process_thing(seq), mine)  # type: ignore[misc]
        return out

    def _process_thing(self, seq: int) -> int:
        """The thing that stands for a process known only by its event."""
        row = self.db.execute("SELECT event_id FROM event WHERE seq = ?", (seq,)).fetchone()
        name = f"urn:shian:process:{row[0]}"
        return self.names.things([name])[name]

    def spans(self) -> dict[State, Span]:
        """(flags, first, last) of the states of every touched thing; states that it no longer has are reset."""
        self.names.load_nodes(self.things)
        told = {
            state: NEVER
            for state in self.names.nodes
            if state[0] in self.things and state[1] not in (LOAD, DISCHARGE)
        }
        for thing in self.things:
            told.update(((thing, place), span) for place, span in self.history(thing).spans().items())
        return told
