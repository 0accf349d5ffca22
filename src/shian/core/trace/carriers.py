"""What a carrier held when: pallets, crates, vehicles, and everything that moved inside them.

Content packed at one place and found at another has moved with its carrier, though no event says so of the content
itself. Two nodes stand for a carrier: its *load* (content goes in, nothing comes out) and its *discharge* (where its
content came to be). Between them there is no way through, so that a pallet emptied and filled anew never joins old
content to new, and two lots on one pallet are not taken for each other's source.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from .edges import FOREVER, Amount, Kind
from .facts import Act
from .moves import Hop, Known

LOAD = 1
DISCHARGE = 2
"""Numbers of the places that stand for the two sides of a carrier."""

State = tuple[int, int]
"""(thing, place)."""


class Link(NamedTuple):
    """An edge between states, before they get node numbers."""

    src: State
    dst: State
    kind: int
    t_out: int
    t_in: int
    seq: int
    until: int = FOREVER
    quantity: Amount | None = None


class Stay(NamedTuple):
    """A content's time in a carrier: packed by one fact, unpacked (or not yet) by another."""

    packed: Known
    unpacked: Known | None

    @property
    def end(self) -> int:
        return self.unpacked.time if self.unpacked else FOREVER


def stays(facts: Iterable[Known]) -> tuple[list[Stay], list[Known]]:
    """The stays in one carrier, and unpackings of things that nobody packed. A second packing of what is inside
    already says nothing new; an unpacking fact about the carrier itself empties it."""
    open_: dict[int, Known] = {}
    done: list[Stay] = []
    loose: list[Known] = []
    for fact in sorted(facts):
        if fact.act in (Act.PACK, Act.LINK):
            open_.setdefault(fact.thing, fact)
        elif fact.thing == fact.group:
            done += [Stay(packed, fact) for packed in open_.values()]
            open_.clear()
        elif fact.thing in open_:
            done.append(Stay(open_.pop(fact.thing), fact))
        else:
            loose.append(fact)
    return done + [Stay(packed, None) for packed in open_.values()], loose


def trail(
    carrier: int,
    hops: Callable[[int], Sequence[Hop]],
    inside: Callable[[int], Sequence[tuple[int, int, int]]],
) -> list[Hop]:
    """All movements of ``carrier``: its own, and those of the carriers it was itself inside of, for as long.

    ``hops(x)`` are the own movements of x, ``inside(x)`` the (outer carrier, from, until) of x. Carriers that
    contain each other in a circle, which only wrong data can say, are walked once.
    """
    out: list[Hop] = []
    seen = {carrier}
    open_ = [(carrier, 0, FOREVER)]
    while open_:
        current, start, end = open_.pop()
        out += [h for h in hops(current) if start <= h.t_out < end and h.kind != Kind.ASSUMED]
        for outer, packed, until in inside(current):
            if outer not in seen and max(start, packed) < min(end, until):
                seen.add(outer)
                open_.append((outer, max(start, packed), min(end, until)))
    return sorted(out, key=lambda h: (h.t_out, h.t_in, h.tie, h.kind))


def carriage(carrier: int, facts: Sequence[Known], moves: Sequence[Hop]) -> list[Link]:
    """The edges that ``carrier`` causes, from the facts naming it as carrier and its movements in order of time."""
    done, loose = stays(facts)
    out: list[Link] = []
    for stay in done:
        out += _stay(carrier, stay, moves)
    for fact in loose:
        if fact.at and fact.thing != carrier:
            out.append(_content(carrier, fact.thing, fact.at, fact.time, fact.seq, fact.quantity))
    return out


def _stay(carrier: int, stay: Stay, moves: Sequence[Hop]) -> list[Link]:
    packed, gone = stay
    thing, amount = packed.thing, packed.quantity
    kind = Kind.ASSOC if packed.act == Act.LINK else Kind.PACK
    here, left = packed.at, packed.time
    out = [Link((thing, here), (carrier, LOAD), kind, left, left, packed.seq, stay.end, amount)]
    for move in moves:
        if not packed.time <= move.t_out < stay.end or not move.dst or move.dst == here:
            continue
        out.append(Link((thing, here), (thing, move.dst), Kind.CARRY, left, move.t_in, move.seq, quantity=amount))
        out.append(_content(carrier, thing, move.dst, move.t_in, move.seq, amount))
        here, left = move.dst, move.t_in
    if gone and gone.at and gone.at != here:
        amount = gone.quantity or amount
        out.append(Link((thing, here), (thing, gone.at), Kind.UNPACK, left, gone.time, gone.seq, quantity=amount))
        out.append(_content(carrier, thing, gone.at, gone.time, gone.seq, amount))
    return out


def _content(carrier: int, thing: int, place: int, time: int, seq: int, amount: Amount | None) -> Link:
    return Link((carrier, DISCHARGE), (thing, place), Kind.CONTENT, time, time, seq, quantity=amount)


def by_group(facts: Iterable[Known]) -> Mapping[int, list[Known]]:
    """Facts by the carrier or process that they name."""
    out: dict[int, list[Known]] = defaultdict(list)
    for fact in facts:
        out[fact.group].append(fact)
    return out
