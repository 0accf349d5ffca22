"""Answers over the live index: names into numbers, the walk, numbers into names (:mod:`shian.core.trace.answer`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np

from shian.core.collector import collector_paused
from shian.core.trace.answer import (
    Direction,
    Mark,
    Options,
    Trace,
    TraceEdge,
    TraceNode,
    UnknownThing,
    joined,
    told,
)
from shian.core.trace.contact import Contact, reach_with_contact
from shian.core.trace.edges import FOREVER, Edge, Kind
from shian.core.trace.facts import holder, thing
from shian.core.trace.walk import Query, Reach
from shian.core.words import say

from .live import LiveIndex
from .names import many


class Tracer:
    """Answers over a live index, each as of the moment it is asked."""

    def __init__(self, index: LiveIndex) -> None:
        self.index = index

    def starts(self, things: Sequence[str], at: str | None = None) -> list[int]:
        """The states of ``things`` (any form of their ids), at one holder or all. Raises :class:`UnknownThing`."""
        self.index.refresh()
        place = None if at is None else holder(at)
        out: list[int] = []
        for name in things:
            rows = self.index.db.execute(
                "SELECT n.id FROM thing t JOIN node n ON n.thing = t.id JOIN place p ON p.id = n.place"
                " WHERE t.name = ? AND (? IS NULL OR p.name = ?) ORDER BY n.id",
                (thing(name), place, place),
            )
            found = [n for (n,) in rows if self._is_told(n)]
            if not found:
                where = "" if at is None else say("（地点 %(at)s）", at=at)
                raise UnknownThing(
                    "unknown_thing", say("追溯数据中没有：%(name)s%(where)s", name=name, where=where)
                )
            out += found
        return list(dict.fromkeys(out))

    def _is_told(self, node: int) -> bool:
        """Does the corrected journal still speak of this state? (Nodes outlive the events that made them.)"""
        index = self.index
        told = index.node(node).first != FOREVER
        return told or index.degree(node, forward=True) > 0 or index.degree(node, forward=False) > 0

    def trace(
        self, things: Sequence[str], direction: Direction = Direction.BOTH, options: Options | None = None
    ) -> Trace:
        """Follow ``things``. Raises :class:`UnknownThing` if no event mentions one of them."""
        with collector_paused():
            return self._trace(things, direction, options or Options())

    def _trace(self, things: Sequence[str], direction: Direction, options: Options) -> Trace:
        starts = self.starts(things, options.at)
        ways = [w for w in (Direction.BACKWARD, Direction.FORWARD) if direction in (w, Direction.BOTH)]
        answers = [self._one_way(starts, way is Direction.FORWARD, options) for way in ways]
        nodes: dict[int, TraceNode] = {}
        extra: dict[Edge, None] = {}
        for way, (reach, more) in zip(ways, answers, strict=True):
            extra.update(dict.fromkeys(more))
            edges = [*self.index.snapshot.edges(reach.positions), *more]
            for node in self._name(reach, edges, starts, way is Direction.FORWARD, options):
                known = nodes.get(node.number)
                nodes[node.number] = node if known is None else joined(known, node)
        if len(answers) > 1:
            edges = [*self.index.snapshot.edges(np.union1d(*(r.positions for r, _ in answers))), *extra]
        ordered = sorted(nodes.values(), key=lambda n: (n.depth, n.thing, n.place))
        return Trace(direction, tuple(starts), tuple(ordered), self._name_edges(edges, nodes))

    def reach(self, starts: Sequence[int], direction: Direction, options: Options) -> Reach:
        """The bare numbers of a one-way answer, for those who name nothing."""
        return self._one_way(starts, direction is Direction.FORWARD, options)[0]

    def _one_way(
        self, starts: Sequence[int], forward: bool, options: Options
    ) -> tuple[Reach, tuple[Edge, ...]]:
        """The walk, and the edges of its answer that are not in the snapshot."""
        unbounded = 0 if forward else FOREVER
        moment = unbounded if options.moment is None else options.moment
        query = Query(
            forward, tuple((n, moment) for n in starts), options.timed, options.depth,
            self._stops(starts, forward, options), self._events(options.kill_events),
        )  # fmt: skip
        if not options.contact_places and not options.contact_carriers:
            reach = self.index.walker.reach(query)
            return reach, reach.extra
        places = frozenset(
            cast(int, place)
            for (place,) in many(
                self.index.db, "SELECT id FROM place WHERE name IN ({})", map(holder, options.contact_places)
            )
        )
        reach, contacts = reach_with_contact(
            self.index, query, Contact(places, options.contact_carriers, options.contact_window)
        )
        return reach, (*reach.extra, *contacts)

    def _stops(self, starts: Sequence[int], forward: bool, options: Options) -> frozenset[int]:
        """Where kill steps end the walk. A start is no end, unless another start leads to it: a lot that was delivered
        to the plant that heats it is recalled there, but not what was made of it."""
        stop = self._nodes_of("place", options.kill_places) | self._nodes_of("thing", options.kill_things)
        origin = frozenset(starts)
        free = set()
        for node in stop & origin:
            before = {e.src if forward else e.dst for e in self.index.edges(node, forward=not forward)}
            if not (before - {node}) & origin:
                free.add(node)
        return stop - free

    def _nodes_of(self, column: str, names: frozenset[str]) -> frozenset[int]:
        key = holder if column == "place" else thing
        sql = f"SELECT n.id FROM {column} x JOIN node n ON n.{column} = x.id WHERE x.name IN ({{}})"  # noqa: S608
        return frozenset(cast(int, n) for (n,) in many(self.index.db, sql, map(key, names)))

    def _events(self, event_ids: frozenset[str]) -> frozenset[int]:
        sql = "SELECT seq FROM event WHERE event_id IN ({})"
        return (
            frozenset(cast(int, n) for (n,) in many(self.index.db, sql, event_ids))
            if event_ids
            else frozenset()
        )

    def _name(
        self, reach: Reach, edges: Sequence[Edge], starts: Sequence[int], forward: bool, options: Options
    ) -> list[TraceNode]:
        sql = (
            "SELECT n.id, t.name, p.name FROM node n JOIN thing t ON t.id = n.thing"
            " JOIN place p ON p.id = n.place WHERE n.id IN ({})"
        )
        numbers = reach.nodes.tolist()
        names = {n: (t, p) for n, t, p in many(self.index.db, sql, numbers)}
        unreceived = {e.dst for e in edges if e.kind == Kind.DISPATCH}
        killed = self._stops(starts, forward, options)
        elsewhere = {holder(place): platform for place, platform in options.platforms.items()}
        flags = self.index.flags(reach.nodes)
        sources = self.index.degrees(reach.nodes, forward=False)
        onward = self.index.degrees(reach.nodes, forward=forward) if options.depth is not None else sources
        out = []
        rows = zip(numbers, reach.depths.tolist(), reach.times.tolist(), flags, sources, onward, strict=True)
        for number, depth, time, flag, source, more in rows:
            name, place = names[number]
            marks = told(flag, source, forward)
            if number in unreceived:
                marks += (Mark.NEVER_RECEIVED,)
            if place in elsewhere:
                marks += (Mark.ELSEWHERE,)
            if number in killed:
                marks += (Mark.KILLED,)
            elif options.depth == depth and more:
                marks += (Mark.DEPTH,)
            when = time if options.timed and time not in (0, FOREVER) else None
            out.append(TraceNode(number, name, place, depth, when, marks, elsewhere.get(place)))
        return out

    def _name_edges(self, edges: Sequence[Edge], nodes: Mapping[int, TraceNode]) -> tuple[TraceEdge, ...]:
        ids = event_ids(self.index, {e.event for e in edges})
        by_name = sorted(nodes.values(), key=lambda n: (n.thing, n.place))
        rank = {n.number: i for i, n in enumerate(by_name)}
        kinds = {kind.value: kind for kind in Kind}
        keyed = [
            (e.t_out, e.t_in, rank[e.src], rank[e.dst], e.kind, ids.get(e.event) or "", i)
            for i, e in enumerate(edges)
        ]
        return tuple(
            TraceEdge(e.src, e.dst, kinds[e.kind], e.t_out, e.t_in, event_id or None, e.quantity)
            for *_, event_id, i in sorted(keyed)
            for e in (edges[i],)
        )


def event_ids(index: LiveIndex, seqs: set[int]) -> dict[int, str]:
    """eventIDs by sequence number. A store that was loaded in bulk names its events by a pattern."""
    pattern = index.db.execute("SELECT value FROM graph_meta WHERE name = 'event_pattern'").fetchone()
    if pattern:
        return {seq: str(pattern[0]).format(seq) for seq in seqs if seq}
    sql = "SELECT seq, event_id FROM event WHERE seq IN ({})"
    return dict(many(index.db, sql, seqs))
