"""Affected parties and quantities (受影响主体与数量)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from shian.core.trace import Kind, Quantity, Trace, TraceEdge

MOVEMENTS = frozenset({Kind.MOVE, Kind.DISPATCH, Kind.RECEIPT, Kind.CARRY, Kind.UNPACK, Kind.IMPLIED})
"""Edges by which a lot changes hands."""


@dataclass(frozen=True, slots=True)
class PartyTotal:
    """What one holder got, passed on and worked up of one affected lot, by unit; ``unquantified`` counts movements
    of it that say no quantity."""

    place: str
    thing: str
    received: tuple[Quantity, ...]
    shipped: tuple[Quantity, ...]
    used: tuple[Quantity, ...]
    unquantified: int


def affected_parties(trace: Trace) -> list[PartyTotal]:
    """One row per affected lot at a holder, in order of holder and lot.

    Carriers, which hold nothing of their own, are left out; so are quantities that the records do not give: a total is
    what is known, ``unquantified`` how much is not.
    """
    nodes = {n.number: n for n in trace.nodes if not n.place.startswith("#")}
    into: dict[int, list[TraceEdge]] = defaultdict(list)
    out: dict[int, list[TraceEdge]] = defaultdict(list)
    used: dict[int, list[TraceEdge]] = defaultdict(list)
    for edge in trace.edges:
        if edge.kind in MOVEMENTS:
            into[edge.dst].append(edge)
            out[edge.src].append(edge)
        elif edge.kind == Kind.TRANSFORM:
            used[edge.src].append(edge)
    rows = []
    for number, node in nodes.items():
        moved = [*into[number], *out[number]]
        rows.append(
            PartyTotal(
                node.place, node.thing, _sum(into[number]), _sum(out[number]), _sum(_by_event(used[number])),
                sum(e.quantity is None for e in moved),
            )
        )  # fmt: skip
    return sorted(rows, key=lambda r: (r.place, r.thing))


def _by_event(edges: Iterable[TraceEdge]) -> list[TraceEdge]:
    """A process with several outputs gives an input several edges with the same quantity: count it once."""
    return list({e.event_id: e for e in edges}.values())


def _sum(edges: Iterable[TraceEdge]) -> tuple[Quantity, ...]:
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for edge in edges:
        if edge.quantity:
            totals[edge.quantity.unit] += edge.quantity.value
    return tuple(Quantity(value, unit) for unit, value in sorted(totals.items()))
