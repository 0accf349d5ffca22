"""How one thing moved between holders: dispatches and receipts, paired.

A dispatch and a receipt are two views of one movement, told by two parties, in any order and sometimes not at
all. What is paired becomes one edge with both times; what is not stays visible as *dispatched, never received* or
*received, never dispatched*. The pairing is a function of the set of facts: the order of capture has no say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .edges import FOREVER, Amount, Kind, NodeFlag
from .facts import Act

SKEW = 3600
"""Seconds by which a receipt may precede its dispatch: clocks of two parties differ."""


class Known(NamedTuple):
    """A fact with numbers for names (0 = not given), as the store keeps it. ``tie`` orders facts of one second:
    taken from the event's digest, it is the same in every journal."""

    time: int
    tie: int
    seq: int
    act: int
    thing: int
    unit: int
    at: int
    own: int
    peer: int
    papers: str
    group: int
    mantissa: int | None
    scale: int
    measure: int

    @property
    def quantity(self) -> Amount | None:
        return None if self.mantissa is None else Amount(self.mantissa, self.scale, self.measure)


class Hop(NamedTuple):
    """A movement of one thing from place to place (0 = unknown place)."""

    src: int
    dst: int
    kind: int
    t_out: int
    t_in: int
    seq: int
    quantity: Amount | None
    tie: int


@dataclass
class State:
    """A thing at one place: when it was seen there, and flags."""

    first: int = FOREVER
    last: int = 0
    flags: int = 0


@dataclass
class History:
    """All states of one thing by place, and the hops between them."""

    states: dict[int, State] = field(default_factory=lambda: defaultdict(State))
    hops: list[Hop] = field(default_factory=list)

    def spans(self) -> dict[int, tuple[int, int, int]]:
        """(flags, first, last) by place."""
        return {place: (state.flags, state.first, state.last) for place, state in self.states.items()}


def history(facts: Iterable[Known]) -> History:
    """The states and hops of one thing, from all its facts."""
    told = sorted(facts)
    out = History()
    states, make = out.states, Act.MAKE
    for fact in told:
        state, time = states[fact.at], fact.time
        if state.first == FOREVER:
            state.first = time
        state.last = time
        if fact.act == make:
            state.flags |= NodeFlag.ORIGIN
    if len(told) == 1 and told[0].act not in (Act.SHIP, Act.RECEIVE):
        return out
    alias = {f.own: f.at for f in told if f.own and f.at}
    pairs, ships, receipts = _pair(told)
    for ship, receipt in pairs:
        amount = receipt.quantity or ship.quantity
        out.hops.append(
            Hop(ship.at, receipt.at, Kind.MOVE, ship.time, receipt.time, receipt.seq, amount, receipt.tie)
        )
    for f in ships:
        if not f.peer:
            out.states[f.at].flags |= NodeFlag.LOST
        elif (to := alias.get(f.peer, f.peer)) != f.at:
            out.hops.append(Hop(f.at, to, Kind.DISPATCH, f.time, f.time, f.seq, f.quantity, f.tie))
    for f in receipts:
        if f.peer and (origin := alias.get(f.peer, f.peer)) != f.at:
            out.hops.append(Hop(origin, f.at, Kind.RECEIPT, f.time, f.time, f.seq, f.quantity, f.tie))
    if any(f.unit for f in told):
        out.hops += _implied(told, out.hops)
    if 0 in out.states and len(out.states) > 1:
        out.hops += _assumed(told, out)
    return out


def _pair(told: Sequence[Known]) -> tuple[list[tuple[Known, Known]], list[Known], list[Known]]:
    """(pairs, dispatches left over, receipts left over). Receipts take, in order of time, the best dispatch that
    does not contradict them: one sharing a document, then one of the same quantity, then the earliest."""
    open_: dict[int, list[Known]] = defaultdict(list)  # by stated destination
    receipts: list[Known] = []
    ship, receive, void = Act.SHIP, Act.RECEIVE, Act.VOID_SHIP
    for fact in told:
        act = fact.act
        if act == receive:
            receipts.append(fact)
        elif act == ship:
            open_[fact.peer].append(fact)
        elif act == void:
            _void(open_, fact)
    pairs, single = [], []
    for fact in receipts:
        keys = {fact.at, fact.own, 0}
        fitting = [s for key in keys for s in open_.get(key, ()) if _fits(s, fact)]
        if not fitting:
            single.append(fact)
            continue
        best = fitting[0]
        if len(fitting) > 1:
            best = min(
                fitting, key=lambda s: (not _shares(s, fact), not _same(s, fact), s.time, s.tie, s.seq)
            )
        open_[best.peer].remove(best)
        pairs.append((best, fact))
    return pairs, sorted(s for ships in open_.values() for s in ships), single


def _fits(ship: Known, receipt: Known) -> bool:
    if ship.at == receipt.at or receipt.time < ship.time - SKEW:
        return False
    if receipt.peer and receipt.peer not in (ship.at, ship.own):
        return False
    return bool(ship.peer or receipt.peer or _shares(ship, receipt))


def _same(ship: Known, receipt: Known) -> bool:
    sent = ship.quantity
    return sent is not None and sent.same(receipt.quantity)


def _shares(ship: Known, receipt: Known) -> bool:
    """Do both name one business document (order, invoice, despatch advice)?"""
    return bool(
        ship.papers
        and receipt.papers
        and not set(ship.papers.split("\n")).isdisjoint(receipt.papers.split("\n"))
    )


def _void(open_: dict[int, list[Known]], void: Known) -> None:
    """Take back the latest dispatch from the same place that the voiding event can mean."""
    fitting = [
        s for ships in open_.values() for s in ships
        if s.at == void.at and s.time <= void.time and (not void.peer or void.peer == s.peer)
    ]  # fmt: skip
    if fitting:
        last = max(fitting, key=lambda s: (_shares(s, void), s.time, s.tie))
        open_[last.peer].remove(last)


def _implied(told: Sequence[Known], hops: Sequence[Hop]) -> list[Hop]:
    """A serial is in one place at a time: seen elsewhere without a recorded movement, it must have moved.

    Unpacking is left to the carrier's history, which knows how the thing came there.
    """
    out, place, since = [], 0, 0
    explained = {(h.dst, h.t_in) for h in hops}
    for fact in told:
        if not fact.at or fact.act == Act.VOID_SHIP:
            continue
        if place and fact.at != place and fact.act not in (Act.UNPACK, Act.UNLINK):
            known = (fact.at, fact.time) in explained or any(
                h.dst == fact.at and since <= h.t_in <= fact.time for h in hops
            )
            if not known:
                out.append(Hop(place, fact.at, Kind.IMPLIED, since, fact.time, fact.seq, None, fact.tie))
        place, since = fact.at, fact.time
    return out


def _assumed(told: Sequence[Known], known: History) -> list[Hop]:
    """Events without a place may mean any state of the thing: join them to all that time allows, so that a missing
    field widens an answer instead of cutting it."""
    nowhere = known.states[0]
    latest = max(f for f in told if not f.at)
    seq, tie = latest.seq, latest.tie
    sourced = {h.dst for h in known.hops}
    out = []
    for place, state in known.states.items():
        if not place or (state.last == 0 and state.first == FOREVER):
            continue
        if state.first <= nowhere.last:
            out.append(Hop(place, 0, Kind.ASSUMED, nowhere.last, nowhere.first, seq, None, tie))
        if place not in sourced and not state.flags & NodeFlag.ORIGIN:
            out.append(
                Hop(0, place, Kind.ASSUMED, state.last, max(state.first, nowhere.first), seq, None, tie)
            )
    return out
