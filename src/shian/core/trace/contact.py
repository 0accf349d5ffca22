"""Cross-contact: what shared a place or a carrier with an affected lot, at the same time or soon after.

A market stall, a cutting board, a tanker passes on what it was given. At the places named (cf. FoodChain-Lab's
*cross contamination* stations), and in carriers if asked, every state present while an affected one was there, or
within ``window`` seconds after it left, is affected as well, from the moment they met.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shian.core.trace.edges import FOREVER, Edge, Kind
from shian.core.trace.live import LiveIndex
from shian.core.trace.walk import Query, Reach


@dataclass(frozen=True)
class Contact:
    """Where contact counts: numbers of places, carriers or not, and how long (seconds) a place stays affected."""

    places: frozenset[int] = frozenset()
    carriers: bool = False
    window: int = 0


class Presence(NamedTuple):
    """A node at a place or in a carrier, from and until (seconds since 1970)."""

    node: int
    start: int
    end: int


def reach_with_contact(index: LiveIndex, query: Query, contact: Contact) -> tuple[Reach, tuple[Edge, ...]]:
    """The walk, repeated with what contact adds until nothing is added; also the CONTACT edges found."""
    starts = dict(query.starts)
    met: dict[tuple[int, int], int] = {}
    rooms: dict[tuple[int, bool], list[Presence]] = {}
    while True:
        reach = index.walker.reach(
            Query(query.forward, tuple(starts.items()), query.timed, query.depth, query.stop, query.stop_events)
        )
        known = dict(zip(reach.nodes.tolist(), reach.times.tolist(), strict=True))
        grown = False
        for room, affected in _affected(index, reach, known, contact).items():
            if room not in rooms:
                rooms[room] = _presences(index, *room)
            for node, source, time in _meetings(rooms[room], affected, contact.window, query.forward):
                earlier = starts.get(node, known.get(node))
                if earlier is None or (time < earlier if query.forward else time > earlier):
                    starts[node] = time
                    grown = True
                    met[(source, node)] = time
        if not grown:
            return reach, _edges(met, query.forward)


def _affected(
    index: LiveIndex, reach: Reach, known: dict[int, int], contact: Contact
) -> dict[tuple[int, bool], list[tuple[Presence, int]]]:
    """(place or LOAD node, is carrier) -> the affected nodes there, with their labels."""
    out: dict[tuple[int, bool], list[tuple[Presence, int]]] = defaultdict(list)
    if contact.places:
        for node, time in known.items():
            if (place := index.node(node).place) in contact.places:
                out[(place, False)].append((_presence(index, node), time))
    if contact.carriers:
        for node, time in known.items():
            for edge in index.edges(node, forward=True):
                if edge.kind in (Kind.PACK, Kind.ASSOC):
                    out[(edge.dst, True)].append((Presence(node, edge.t_out, edge.until), time))
    return out


def _presences(index: LiveIndex, room: int, carrier: bool) -> list[Presence]:
    """Everything that ever was in a room."""
    if not carrier:
        return [_presence(index, node) for node in index.at(room)]
    return [Presence(e.src, e.t_out, e.until) for e in index.edges(room, forward=False)]


def _presence(index: LiveIndex, node: int) -> Presence:
    """When a state was at its place: from its first sign there to its last, as events and edges tell."""
    info = index.node(node)
    into, out = index.edges(node, forward=False), index.edges(node, forward=True)
    start = min([info.first, *(e.t_in for e in into)])
    end = max([info.last, *(e.t_in for e in into), *(e.t_out for e in out if e.t_out < FOREVER - 1)])
    return Presence(node, start, end)


def _meetings(
    present: Sequence[Presence], affected: Iterable[tuple[Presence, int]], window: int, forward: bool
) -> Iterable[tuple[int, int, int]]:
    """(node met, by which, label) for each meeting in one room.

    Forward, an affected state spoils the room from the later of its arrival and its label until ``window`` after it
    leaves. Backward, what was in the room up to ``window`` before may have spoiled it.
    """
    for (source, start, end), label in affected:
        for node, since, until in present:
            if node == source:
                continue
            if forward:
                begin = max(start, label)
                if begin <= end and since <= end + window and until >= begin:
                    yield node, source, max(begin, since)
            else:
                finish = min(end, label)
                if start <= finish and since <= finish and until + window >= start:
                    yield node, source, min(finish, until)


def _edges(met: dict[tuple[int, int], int], forward: bool) -> tuple[Edge, ...]:
    pairs = ((a, b, t) if forward else (b, a, t) for (a, b), t in sorted(met.items()))
    return tuple(Edge(src, dst, Kind.CONTACT, t, t, 0) for src, dst, t in pairs)


