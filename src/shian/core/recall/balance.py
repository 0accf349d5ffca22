"""How much is still out there? The mass balance (物料平衡) of every affected lot, from what the journal records.

For one lot, over the holders in question::

    entered = used + on hand + in transit + unexplained

*Entered* is what was made here, or received from outside the answer; *used* went into other lots, which have a balance
of their own; *on hand* is what the books of the holders leave; *in transit* was dispatched and never received. What
remains is *unexplained*: lost on the way (sent 100, received 90), gone to an unknown place, or, below zero, more given
out than was ever taken in. A sum with one unknown part is unknown, and different units are never added.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from shian.core.trace import Kind, Quantity
from shian.core.trace.facts import Act

_PASSIVE = (Kind.CARRY, Kind.UNPACK, Kind.IMPLIED)
"""Movements that no event tells of the thing itself."""


@dataclass(frozen=True, slots=True)
class Balance:
    """One lot; amounts in ``unit``, None where a part of them is unknown. ``on_hand`` is what is known of it, without
    the ``unsure`` holders of whom too little is recorded; ``holders`` still have some. ``units`` has several entries
    where the lot was measured in more than one, and then no amounts are given."""

    thing: str
    units: tuple[str, ...]
    entered: Decimal | None
    used: Decimal | None
    on_hand: Decimal | None
    in_transit: Decimal | None
    unexplained: Decimal | None
    holders: int
    unsure: int

    @property
    def unit(self) -> str:
        return self.units[0] if self.units else ""

    @property
    def out_there(self) -> Decimal | None:
        """At least this much may still be with somebody: what is known to be on hand and in transit."""
        if self.on_hand is None and self.in_transit is None:
            return None
        return (self.on_hand or Decimal(0)) + (self.in_transit or Decimal(0))


class Known(NamedTuple):
    """A fact that counts: who did what with how much; ``seq`` is its event."""

    place: int
    act: int
    seq: int
    amount: Quantity | None


class Step(NamedTuple):
    """An edge that leaves a state of the lot."""

    src: int
    dst: int
    kind: int
    seq: int
    amount: Quantity | None


PIECE = Quantity(Decimal(1), "")
"""A serial or logistic unit is one of itself, whatever it weighs."""


class _Sum:
    """A sum that one unknown part makes unknown."""

    def __init__(self) -> None:
        self.value: Decimal | None = Decimal(0)
        self.parts = 0

    def add(self, amount: Quantity | None, sign: int = 1) -> None:
        self.parts += 1
        self.value = None if amount is None or self.value is None else self.value + sign * amount.value


def balance(name: str, facts: Sequence[Known], inside: Mapping[int, int], steps: Sequence[Step]) -> Balance:
    """The balance of the lot ``name`` over the states ``inside`` (node → place), from what is told of it."""
    steps = [s for s in steps if s.src in inside or s.dst in inside]
    units = sorted(
        {q.unit for q in (*(f.amount for f in facts), *(s.amount for s in steps)) if q is not None}
    )
    if len(units) > 1 or not facts:  # a store loaded in bulk tells of movements only
        return Balance(name, tuple(units), None, None, None, None, None, 0, len(inside))
    entered, used, transit = _Sum(), _Sum(), _Sum()
    for step in steps:
        if step.kind == Kind.DISPATCH and step.src in inside:
            transit.add(step.amount)
    told = _by_place(facts)
    hand, holders, unsure = Decimal(0), 0, 0
    for node, place in inside.items():
        left, arrived = _left(node, told[place], inside, steps, entered)
        for fact in told[place][Act.INPUT]:
            used.add(fact.amount)
        transit.add(Quantity(arrived, ""), -1)
        if left is None:
            unsure += 1
        elif left > 0:
            hand += left
            holders += 1
    unexplained = None
    if not unsure and None not in (parts := (entered.value, used.value, transit.value)):
        unexplained = sum((-p for p in parts[1:] if p is not None), (parts[0] or Decimal(0)) - hand)
    known = None if unsure and unsure == len(inside) else hand
    return Balance(
        name, tuple(units), entered.value, used.value, known, transit.value, unexplained, holders, unsure
    )


def _left(
    node: int, mine: dict[int, list[Known]], inside: Mapping[int, int], steps: Sequence[Step], entered: _Sum
) -> tuple[Decimal | None, Decimal]:
    """(what the books of one holder leave it, how much of what was only dispatched to it must have arrived).

    What came from outside is added to ``entered``.
    """
    came = {s.seq: s for s in steps if s.dst == node and s.kind in (Kind.MOVE, Kind.RECEIPT)}
    taken, given = _Sum(), _Sum()
    for fact in mine[Act.OUTPUT] or mine[Act.MAKE]:  # told as both, it was made once
        taken.add(fact.amount)
        entered.add(fact.amount)
    for fact in mine[Act.RECEIVE]:
        taken.add(fact.amount)
        if fact.seq not in came or came[fact.seq].src not in inside:
            entered.add(fact.amount)
    for step in _passive(steps):
        if step.dst == node:
            taken.add(step.amount)
            if step.src not in inside:
                entered.add(step.amount)
        elif step.src == node:
            given.add(step.amount)
    for fact in (*mine[Act.SHIP], *mine[Act.INPUT]):
        given.add(fact.amount)
    for fact in mine[Act.VOID_SHIP]:
        given.add(fact.amount, -1)
    for step in steps:
        if step.src == node and step.kind == Kind.RECEIPT:  # only the receiver tells of it
            given.add(step.amount)
    coming = sum(
        (s.amount.value for s in steps if s.dst == node and s.kind == Kind.DISPATCH and s.amount), Decimal(0)
    )
    if given.parts and not taken.parts and not coming:
        entered.add(None)  # it gave out what nobody says it had
        return None, Decimal(0)
    if taken.value is None or given.value is None:
        return None, Decimal(0)
    left = taken.value - given.value
    arrived = min(max(-left, Decimal(0)), coming)
    return left + arrived, arrived


def _passive(steps: Sequence[Step]) -> list[Step]:
    """Movements with a carrier, unless events tell of the same movement themselves."""
    told = {(s.src, s.dst) for s in steps if s.kind not in _PASSIVE}
    return [s for s in steps if s.kind in _PASSIVE and (s.src, s.dst) not in told]


def _by_place(facts: Iterable[Known]) -> dict[int, dict[int, list[Known]]]:
    out: dict[int, dict[int, list[Known]]] = defaultdict(lambda: defaultdict(list))
    for fact in facts:
        out[fact.place][fact.act].append(fact)
    return out
