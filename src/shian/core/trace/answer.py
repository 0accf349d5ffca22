"""Ask and answer: where did this lot go (顺向追踪), where did it come from (逆向溯源)?

The answer is a graph of lot states with the event behind every edge, quantities where known, and *coverage marks*:
an answer that ends somewhere says why, because a gap in the records is not the end of the food.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from shian.core.errors import Told

from .edges import Kind, NodeFlag, Quantity


class Direction(StrEnum):
    """Which way to follow. BOTH = where it came from, and where it went; not the fates of its siblings."""

    FORWARD = "forward"
    BACKWARD = "backward"
    BOTH = "both"


class Mark(StrEnum):
    """Why an answer ends, or is not sure, at a state."""

    ORIGIN = "origin"  # came into being here: the end of a complete backward trace
    SOURCE_UNKNOWN = "source-unknown"  # used or received here, nobody says from whom (来源不明)
    NEVER_RECEIVED = "never-received"  # dispatched to this holder, who has not recorded it (有发无收)
    DESTINATION_UNKNOWN = "destination-unknown"  # dispatched from here, nobody says to whom (去向不明)
    ELSEWHERE = "another-platform"  # this holder reports to another platform: ask there (其他平台)
    KILLED = "kill-step"  # a kill step stops the walk here (杀灭步骤)
    DEPTH = "depth-limit"  # the question's own limit


@dataclass(frozen=True)
class Options:
    """How to follow.

    ``at``: only the start's states at this holder. ``moment``: forward from it, backward up to it (seconds since
    1970). ``timed=False`` ignores time. ``kill_*`` stop at holders, things, events. ``contact_places`` with
    ``contact_window`` seconds, ``contact_carriers``: see :mod:`shian.core.trace.contact`. ``platforms`` maps holders
    that report elsewhere to the platform's name.
    """

    at: str | None = None
    moment: int | None = None
    timed: bool = True
    depth: int | None = None
    kill_places: frozenset[str] = frozenset()
    kill_things: frozenset[str] = frozenset()
    kill_events: frozenset[str] = frozenset()
    contact_places: frozenset[str] = frozenset()
    contact_carriers: bool = False
    contact_window: int = 0
    platforms: Mapping[str, str] = field(default_factory=dict)


class TraceNode(NamedTuple):
    """A state in the answer. ``time``: affected since (forward), relevant until (backward); None where unbounded.
    ``depth`` steps from the start. ``platform`` is set with :attr:`Mark.ELSEWHERE`."""

    number: int
    thing: str
    place: str
    depth: int
    time: int | None
    marks: tuple[Mark, ...]
    platform: str | None = None


class TraceEdge(NamedTuple):
    """A step in the answer. ``event_id`` is None only for contact. Times in seconds since 1970."""

    src: int
    dst: int
    kind: Kind
    left: int
    arrived: int
    event_id: str | None
    quantity: Quantity | None


@dataclass(frozen=True)
class Trace:
    """The answer: nodes by depth, then thing and place; edges by time, then ends. ``starts`` are node numbers.

    ``complete`` is true if no mark tells of a gap.
    """

    direction: Direction
    starts: tuple[int, ...]
    nodes: tuple[TraceNode, ...]
    edges: tuple[TraceEdge, ...]

    @property
    def complete(self) -> bool:
        fine = {Mark.ORIGIN, Mark.KILLED}
        return all(set(n.marks) <= fine for n in self.nodes)


class UnknownThing(Told, LookupError):
    """No event mentions this thing (at this place)."""


def told(flags: int, sources: int, forward: bool) -> tuple[Mark, ...]:
    """What the records themselves say or leave out about a state."""
    marks: tuple[Mark, ...] = ()
    if flags & NodeFlag.ORIGIN:
        marks = (Mark.ORIGIN,)
    elif not forward and not sources and not flags & NodeFlag.CARRIER:
        marks = (Mark.SOURCE_UNKNOWN,)
    return (*marks, Mark.DESTINATION_UNKNOWN) if flags & NodeFlag.LOST else marks


def joined(a: TraceNode, b: TraceNode) -> TraceNode:
    """One state reached both ways."""
    nearer = min(a, b, key=lambda n: n.depth)
    marks = tuple(dict.fromkeys((*a.marks, *b.marks)))
    return TraceNode(a.number, a.thing, a.place, nearer.depth, nearer.time, marks, a.platform or b.platform)
