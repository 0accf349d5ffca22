"""Cross-contact: what shared a place or a carrier with an affected lot, at the same time or soon after.

A market stall, a cutting board, a tanker passes on what it was given. At the places named (cf. FoodChain-Lab's
*cross contamination* stations), and in carriers if asked, every state present while an affected one was there, or
within ``window`` seconds after it left, is affected as well, from the moment they met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from .edges import FOREVER, Edge, Int64, Kind
from .overlay import NodeInfo
from .walk import Query, Reach, Walker


@dataclass(frozen=True)
class Contact:
    """Where contact counts: numbers of places, carriers or not, and how long (seconds) a place stays affected."""

    places: frozenset[int] = frozenset()
    carriers: bool = False
    window: int = 0

    def __bool__(self) -> bool:
        return bool(self.places) or self.carriers


class Rooms(Protocol):
    """What must be known of a graph to tell who met whom: an index in memory, or the store itself."""

    def node(self, node: int) -> NodeInfo: ...

    def at(self, place: int) -> list[int]: ...

    def edges(self, node: int, *, forward: bool) -> list[Edge]: ...


class Walked(Rooms, Protocol):
    """Rooms that can be walked as well."""

    walker: Walker


class Presence(NamedTuple):
    """A node at a place or in a carrier, from and until (seconds since 1970)."""

    node: int
    start: int
    end: int


Labels = Mapping[int, int]
"""Node → affected since (forward), relevant until (backward)."""


def reach_with_contact(index: Walked, query: Query, contact: Contact) -> tuple[Reach, tuple[Edge, ...]]:
    """The walk, repeated with what contact adds until nothing is added; also the CONTACT edges found."""
    reached: list[Reach] = []

    def walk(starts: Labels) -> Labels:
        again = Query(
            query.forward, tuple(starts.items()), query.timed, query.depth, query.stop, query.stop_events
        )
        reached[:] = [index.walker.reach(again)]
        return dict(zip(reached[0].nodes.tolist(), reached[0].times.tolist(), strict=True))

    met = spread(index, dict(query.starts), walk, contact, forward=query.forward)[1]
    return reached[0], _edges(met, query.forward)


def spread(
    rooms: Rooms, starts: Labels, walk: Callable[[Labels], Labels], contact: Contact, *, forward: bool = True
) -> tuple[Labels, dict[tuple[int, int], int]]:
    """(labels of all that ``walk`` reaches, (source, node met) → when). Who was met is a start of the next walk."""
    starts = dict(starts)
    met: dict[tuple[int, int], int] = {}
    halls: dict[tuple[int, bool], _Hall] = {}
    settled: dict[int, int] = {}
    while True:
        known = walk(starts)
        grown = False
        for node, label in known.items():
            if settled.get(node) == label:
                continue
            settled[node] = label
            for room, stay in _stays(rooms, node, contact):
                if room not in halls:
                    halls[room] = _Hall(_presences(rooms, *room))
                for other, time in halls[room].met(stay, label, contact.window, forward):
                    earlier = [x[other] for x in (starts, known) if other in x]
                    if not earlier or (time < min(earlier) if forward else time > max(earlier)):
                        starts[other] = met[(node, other)] = time
                        grown = True
        if not grown:
            return known, met


def _stays(rooms: Rooms, node: int, contact: Contact) -> Iterator[tuple[tuple[int, bool], Presence]]:
    """((place or LOAD node, is carrier), when) of every room in which ``node`` can have met others."""
    if contact.places and (place := rooms.node(node).place) in contact.places:
        yield (place, False), _presence(rooms, node)
    if contact.carriers:
        for edge in rooms.edges(node, forward=True):
            if edge.kind in (Kind.PACK, Kind.ASSOC):
                yield (edge.dst, True), Presence(node, edge.t_out, edge.until)


def _presences(rooms: Rooms, room: int, carrier: bool) -> list[Presence]:
    """Everything that ever was in a room."""
    if not carrier:
        return [_presence(rooms, node) for node in rooms.at(room)]
    return [Presence(e.src, e.t_out, e.until) for e in rooms.edges(room, forward=False)]


def _presence(rooms: Rooms, node: int) -> Presence:
    """When a state was at its place: from its first sign there to its last, as events and edges tell."""
    info = rooms.node(node)
    into, out = rooms.edges(node, forward=False), rooms.edges(node, forward=True)
    start = min([info.first, *(e.t_in for e in into)])
    end = max([info.last, *(e.t_in for e in into), *(e.t_out for e in out if e.t_out < FOREVER - 1)])
    return Presence(node, start, end)


class _Hall:
    """Who was in one room, as columns: a market has ten thousand lots, and each affected one is held against all."""

    def __init__(self, present: Iterable[Presence]) -> None:
        rows: Int64 = np.array(sorted(present), np.int64).reshape(-1, 3)
        self.node, self.since, self.until = rows.T

    def met(self, stay: Presence, label: int, window: int, forward: bool) -> Iterator[tuple[int, int]]:
        """(node met, label) of all that met ``stay``, whose own label is ``label``.

        Forward, an affected state spoils the room from the later of its arrival and its label until ``window`` after
        it leaves. Backward, what was in the room up to ``window`` before may have spoiled it.
        """
        source, start, end = stay
        if forward:
            begin = max(start, label)
            found = (self.since <= end + window) & (self.until >= begin) & (begin <= end)
            time = np.maximum(self.since, begin)
        else:
            finish = min(end, label)
            found = (self.since <= finish) & (self.until + window >= start) & (start <= finish)
            time = np.minimum(self.until, finish)
        found &= self.node != source
        return zip(self.node[found].tolist(), time[found].tolist(), strict=True)


def _edges(met: dict[tuple[int, int], int], forward: bool) -> tuple[Edge, ...]:
    pairs = ((a, b, t) if forward else (b, a, t) for (a, b), t in sorted(met.items()))
    return tuple(Edge(src, dst, Kind.CONTACT, t, t, 0) for src, dst, t in pairs)
