"""The world as columns: who made what from what, who sold what to whom, and what nobody wrote down.

Goods go farm → packer → wholesaler → market → kitchen. Packers mix up to eight lots, kitchens cook from as many;
sellers split lots among customers, few among very many (Pareto). Some goods come back (cycles), some are worked in
again (rework), some travel on pallets, packed and unpacked. Of the records, some dispatches and receipts are missing
and some come days late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

OPENING = 1_767_225_600
"""2026-01-01T00:00:00Z, the first second of the world."""

DAYS = 300
HOUR = 3600


class Record(IntEnum):
    """What was written down of a movement."""

    BOTH = 0
    NO_RECEIPT = 1
    NO_DISPATCH = 2
    NO_SOURCE = 3  # no dispatch, and the receipt does not say from whom


@dataclass(frozen=True)
class Moves:
    """One lot from one holder to another; ``grams`` moved; ``pallet`` or -1."""

    src: Ints
    dst: Ints
    ship: Ints
    receive: Ints
    grams: Ints
    record: Ints
    pallet: Ints

    def __len__(self) -> int:
        return len(self.src)


@dataclass(frozen=True)
class Uses:
    """Input ``src`` of process ``batch``; process ``b`` makes node ``made[b]`` at ``time[b]``."""

    src: Ints
    batch: Ints
    grams: Ints
    made: Ints
    time: Ints


Table = TypeVar("Table", Moves, Uses)


def joined(parts: Sequence[Table]) -> Table:
    """The parts, one after another."""
    kind = type(parts[0])
    return kind(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(kind)))


@dataclass(frozen=True)
class Pallets:
    """Carriers: from place to place, shipped and received; ``unpacked`` 0 = never."""

    src: Ints
    dst: Ints
    ship: Ints
    receive: Ints
    unpacked: Ints


@dataclass(frozen=True)
class World:
    """Nodes are lots at holders: ``thing[n]`` and ``place[n]``. The first ``len(made)`` nodes are farm lots, made at
    ``made`` seconds since 1970. ``tiers`` counts the holders: farms, packers, wholesalers, markets, kitchens."""

    thing: Ints
    place: Ints
    made: Ints
    moves: Moves
    uses: Uses
    pallets: Pallets
    tiers: tuple[int, ...]
    seed: int

    @property
    def things(self) -> int:
        """Number of lots, serial pallets not counted."""
        return int(self.thing.max()) + 1


_SHARE = (0.04, 0.08, 0.06, 0.14, 0.25, 0.34, 0.09)
"""Shares of the node count: farm lots, at packers, packed lots, at wholesalers, at markets, at kitchens, dishes."""

_HOLDERS = ((5, 400), (5, 5000), (6, 4000), (8, 1500), (12, 300))
"""Of each tier: the least number of holders, and lots per holder."""

_INPUTS = (0.55, 0.25, 0.08, 0.04, 0.03, 0.02, 0.02, 0.01)
"""How often a process takes 1 … 8 lots."""


def generate(lots: int, seed: int = 1) -> World:
    """A world of about ``lots`` lots at holders (at least 100; up to 10 M in about a minute)."""
    if lots < 100:
        raise ValueError(f"批次数至少 100：{lots}")
    return _Maker(lots, seed).world()


class _Maker:
    def __init__(self, lots: int, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.seed = seed
        self.count = [max(4, round(1.13 * lots * share)) for share in _SHARE]  # some sales coincide
        self.tiers = tuple(max(least, lots // size) for least, size in _HOLDERS)
        self.first_place: list[int] = np.cumsum((0, *self.tiers)).tolist()
        self.thing: list[Ints] = []
        self.place: list[Ints] = []
        self.since: list[Ints] = []
        self.nodes = 0
        self.lots = 0
        self.moves: list[Moves] = []
        self.uses: list[Uses] = []
        self.batches = 0

    def world(self) -> World:
        farm = self._new_lots(
            self._holders(0, self.count[0]), OPENING + np.sort(self._uniform(self.count[0], DAYS * 24))
        )
        made = self._times(farm)
        packer = self._sell(farm, 1, self.count[1])
        packed = self._process(packer, self.count[2])
        self._rework(packed)
        sold = self._sell(packed, 2, self.count[3], pallets=0.05)
        pallets = self._pallets
        stalls = self._sell(sold, 3, self.count[4])
        self._return(self.moves[-1])
        bought = self._sell(stalls, 4, self.count[5])
        self._process(bought, self.count[6])
        return World(
            np.concatenate(self.thing), np.concatenate(self.place), made, joined(self.moves),
            joined(self.uses), pallets, self.tiers, self.seed,
        )  # fmt: skip

    def _uniform(self, n: int, hours: float) -> Ints:
        return self.rng.integers(0, round(hours * HOUR), n)

    def _delay(self, n: int, hours: float) -> Ints:
        """Minutes to days, exponential, at least a minute."""
        return (60 + self.rng.exponential(hours * HOUR, n)).astype(np.int64)

    def _grams(self, n: int) -> Ints:
        return (1000 * (1 + self.rng.pareto(1.2, n)).clip(max=50_000)).astype(np.int64)

    def _holders(self, tier: int, n: int) -> Ints:
        """Holders of a tier for ``n`` lots: few big ones, many small ones."""
        rank = (self.tiers[tier] * self.rng.random(n) ** 2).astype(np.int64)
        return rank + self.first_place[tier]

    def _new_lots(self, place: Ints, since: Ints) -> Ints:
        thing = np.arange(self.lots, self.lots + len(place))
        self.lots += len(place)
        return self._add(thing, place, since)

    def _add(self, thing: Ints, place: Ints, since: Ints) -> Ints:
        self.thing.append(thing)
        self.place.append(place)
        self.since.append(since)
        self.nodes += len(thing)
        return np.arange(self.nodes - len(thing), self.nodes)

    def _times(self, nodes: Ints) -> Ints:
        """Since when the nodes of the last tier (one contiguous run) exist."""
        since: Ints = self.since[-1][nodes - nodes[0]]
        return since

    def _sell(self, sellers: Ints, tier: int, n: int, pallets: float = 0.0) -> Ints:
        """``n`` sales from lots at ``sellers`` (the last tier made) to holders of ``tier``; returns their nodes.

        Sellers' popularity is Pareto: one lot in a thousand goes to hundreds of customers. A customer who gets one
        lot from two sellers holds one state with two sources.
        """
        thing, since = self.thing[-1], self.since[-1]
        weight = np.cumsum((1 + self.rng.pareto(1.1, len(sellers))).clip(max=3000))
        pick = np.searchsorted(weight, self.rng.random(n) * weight[-1]).clip(max=len(sellers) - 1)
        buyer = self._holders(tier, n)
        key = thing[pick] * self.first_place[-1] + buyer
        _, once = np.unique(pick * self.first_place[-1] + buyer, return_index=True)
        pick, buyer, key = pick[once], buyer[once], key[once]
        ship = since[pick] + self._delay(len(pick), 40)
        receive = ship + self._delay(len(pick), 8)
        grams = self._grams(len(pick))
        record = self.rng.choice(4, len(pick), p=(0.955, 0.02, 0.02, 0.005))
        self._pallets, pallet, ship, receive = self._load(pick, buyer, ship, receive, pallets)
        states, inverse, sources = np.unique(key, return_inverse=True, return_counts=True)
        record[(sources[inverse] > 1) & (record == Record.NO_SOURCE)] = Record.BOTH
        record[pallet >= 0] = Record.BOTH
        arrival = np.full(len(states), 2**40, np.int64)
        np.minimum.at(arrival, inverse, receive)
        nodes = self._add(states // self.first_place[-1], states % self.first_place[-1], arrival)
        self.moves.append(Moves(sellers[pick], nodes[inverse], ship, receive, grams, record, pallet))
        return nodes

    def _load(
        self, pick: Ints, buyer: Ints, ship: Ints, receive: Ints, share: float
    ) -> tuple[Pallets, Ints, Ints, Ints]:
        """Put a share of the sales on pallets: up to four lots between the same two holders travel together. A lot on
        a pallet is packed at its ``ship`` time and arrives when the pallet does."""
        seller = self.place[-1][pick]
        chosen = np.flatnonzero(self.rng.random(len(pick)) < share)
        chosen = chosen[np.lexsort((ship[chosen], buyer[chosen], seller[chosen]))]
        lane = seller[chosen] * self.first_place[-1] + buyer[chosen]
        start = np.ones(len(chosen), np.bool_)
        start[1:] = (lane[1:] != lane[:-1]) | (np.arange(1, len(chosen)) % 4 == 0)
        number = np.cumsum(start) - 1
        count = int(number[-1]) + 1 if len(chosen) else 0
        leave = np.zeros(count, np.int64)
        np.maximum.at(leave, number, ship[chosen] + HOUR)
        arrive = leave + self._delay(count, 8)
        unpacked = np.where(self.rng.random(count) < 0.7, arrive + HOUR, 0)
        pallet = np.full(len(pick), -1, np.int64)
        pallet[chosen] = number
        receive = receive.copy()
        receive[chosen] = arrive[number]
        first = chosen[start]
        return Pallets(seller[first], buyer[first], leave, arrive, unpacked), pallet, ship, receive

    def _process(self, stock: Ints, n: int) -> Ints:
        """``n`` processes, each at one holder, from lots that lay there together; returns their new lots."""
        place, since = self.place[-1], self.since[-1]
        order = np.lexsort((since, place))
        at, end = place[order], self.rng.integers(0, len(order), n)
        take = self.rng.choice(len(_INPUTS), n, p=_INPUTS) + 1
        shelf = np.searchsorted(at, at[end])
        take = np.minimum(take, end - shelf + 1)
        time = since[order[end]] + self._delay(n, 12)
        batch = np.repeat(np.arange(n), take)
        back = np.arange(len(batch)) - np.repeat(np.cumsum(take) - take, take)
        made = self._new_lots(at[end], time)
        used = stock[order[end[batch] - back]]
        self.uses.append(Uses(used, batch + self.batches, self._grams(len(batch)), made, time))
        self.batches += n
        return made

    def _rework(self, packed: Ints) -> None:
        """Work one packed lot in twenty into the next one of the same packer: trimmings, returned packs."""
        place, time = self.place[-1], self.since[-1]
        order = np.lexsort((time, place))
        earlier, later = order[:-1], order[1:]
        fits = (place[earlier] == place[later]) & (time[earlier] < time[later])
        fits &= self.rng.random(len(fits)) < 0.05
        earlier, later = earlier[fits], later[fits]
        uses = self.uses[-1]
        self.uses[-1] = Uses(
            np.append(uses.src, packed[earlier]),
            np.append(uses.batch, later + self.batches - len(packed)),
            np.append(uses.grams, self._grams(len(earlier))),
            uses.made,
            uses.time,
        )

    def _return(self, sales: Moves) -> None:
        """One sale in a hundred comes back to its seller, some days later."""
        chosen = np.flatnonzero((self.rng.random(len(sales)) < 0.01) & (sales.record == Record.BOTH))
        ship = sales.receive[chosen] + self._delay(len(chosen), 48)
        self.moves.append(
            Moves(
                sales.dst[chosen], sales.src[chosen], ship, ship + self._delay(len(chosen), 8),
                sales.grams[chosen] // 2, np.zeros(len(chosen), np.int64), np.full(len(chosen), -1),
            )
        )  # fmt: skip
