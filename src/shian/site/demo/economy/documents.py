"""The world told as EPCIS 2.0 documents, in the order in which they reach the platform: mostly on the day, some late."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import numpy as np

from shian.core.gs1 import check_digit
from shian.site.demo.economy.world import HOUR, Ints, Record, World

EVENT_PATTERN = "urn:uuid:00000000-0000-4000-8000-{:012d}"
"""eventID by event number."""


def place_id(number: int) -> str:
    """The Digital Link of a holder's GLN."""
    body = f"952{number:09d}"
    return f"https://id.gs1.org/414/{body}{check_digit(body)}"


def lot_id(number: int) -> str:
    """The Digital Link of a lot: one of a thousand products, and its batch number."""
    body = f"0952{number % 1000:09d}"
    return f"https://id.gs1.org/01/{body}{check_digit(body)}/10/L{number:08d}"


def pallet_id(number: int) -> str:
    """The Digital Link of a pallet's SSCC."""
    body = f"0952{number:013d}"
    return f"https://id.gs1.org/00/{body}{check_digit(body)}"


class Numbers:
    """Event numbers: makings, dispatches, receipts, processes, then packing and the pallets' own events."""

    def __init__(self, world: World) -> None:
        self.make = 1
        self.ship = self.make + len(world.made)
        self.receive = self.ship + len(world.moves)
        self.process = self.receive + len(world.moves)
        self.pack = self.process + len(world.uses.made)
        self.leave = self.pack + len(world.moves)
        self.arrive = self.leave + len(world.pallets.src)
        self.unpack = self.arrive + len(world.pallets.src)
        self.end = self.unpack + len(world.pallets.src)


def documents(world: World, size: int = 500) -> Iterator[bytes]:
    """JSON-LD documents of ``size`` events. One event in twenty arrives up to ten days late."""
    teller = _Teller(world)
    number, time = teller.calendar()
    rng = np.random.default_rng(world.seed)
    late = np.where(rng.random(len(number)) < 0.05, rng.integers(0, 240 * HOUR, len(number)), 0)
    order = np.argsort(time + late, kind="stable")
    number, time = number[order], time[order]
    head = '{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],"type":"EPCISDocument"'
    for i in range(0, len(number), size):
        part = zip(number[i : i + size].tolist(), time[i : i + size].tolist(), strict=True)
        events = ",".join(teller.event(n, t) for n, t in part)
        made = _stamp(int(time[i : i + size].max()))
        yield (
            f'{head},"schemaVersion":"2.0","creationDate":"{made}","epcisBody":{{"eventList":[{events}]}}}}'
        ).encode()


class _Teller:
    """Event number and time in, JSON out."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.numbers = Numbers(world)
        uses = world.uses
        order = np.argsort(uses.batch, kind="stable")
        self._use = order
        self._use_of = np.searchsorted(uses.batch[order], np.arange(len(uses.made) + 1))
        loaded = np.flatnonzero(world.moves.pallet >= 0)
        self._load = loaded[np.argsort(world.moves.pallet[loaded], kind="stable")]
        self._load_of = np.searchsorted(world.moves.pallet[self._load], np.arange(len(world.pallets.src) + 1))

    def calendar(self) -> tuple[Ints, Ints]:
        """Numbers and times of all events that were recorded."""
        w, n = self.world, self.numbers
        moves, pallets = w.moves, w.pallets
        free = moves.pallet < 0
        shipped = np.flatnonzero(free & (moves.record <= Record.NO_RECEIPT))
        received = np.flatnonzero(free & (moves.record != Record.NO_RECEIPT))
        packed, unpacked = np.flatnonzero(~free), np.flatnonzero(pallets.unpacked)
        every = np.arange(len(pallets.src))
        runs = (
            (n.make + np.arange(len(w.made)), w.made),
            (n.ship + shipped, moves.ship[shipped]),
            (n.receive + received, moves.receive[received]),
            (n.process + np.arange(len(w.uses.made)), w.uses.time),
            (n.pack + packed, moves.ship[packed]),
            (n.leave + every, pallets.ship),
            (n.arrive + every, pallets.receive),
            (n.unpack + unpacked, pallets.unpacked[unpacked]),
        )
        return np.concatenate([r[0] for r in runs]), np.concatenate([r[1] for r in runs])

    def event(self, number: int, time: int) -> str:
        n = self.numbers
        tellers: tuple[tuple[int, Callable[[int], tuple[str, str]]], ...] = (
            (n.unpack, lambda i: self._carry(i, "DELETE", "unpacking")),
            (n.arrive, lambda i: self._pallet(i, arrives=True)),
            (n.leave, lambda i: self._pallet(i, arrives=False)),
            (n.pack, self._pack),
            (n.process, self._process),
            (n.receive, self._receive),
            (n.ship, self._ship),
            (n.make, self._make),
        )
        first, tell = next((f, t) for f, t in tellers if number >= f)
        kind, fields = tell(number - first)
        return (
            f'{{"type":"{kind}Event","eventID":"{EVENT_PATTERN.format(number)}","eventTime":"{_stamp(time)}",'
            f'"eventTimeZoneOffset":"+08:00",{fields}}}'
        )

    def _make(self, i: int) -> tuple[str, str]:
        w = self.world
        where = _at("bizLocation", w.place[i])
        return (
            "Object",
            f'"action":"ADD","bizStep":"commissioning","epcList":[],"quantityList":[{_lot(w.thing[i])}],{where}',
        )

    def _ship(self, i: int) -> tuple[str, str]:
        w, m = self.world, self.world.moves
        goods = f'"epcList":[],"quantityList":[{_lot(w.thing[m.src[i]], m.grams[i])}]'
        return "Object", (
            f'"action":"OBSERVE","bizStep":"shipping","disposition":"in_transit",{goods},'
            f"{_at('readPoint', w.place[m.src[i]])},{_party('destination', w.place[m.dst[i]])}"
        )

    def _receive(self, i: int) -> tuple[str, str]:
        w, m = self.world, self.world.moves
        goods = f'"epcList":[],"quantityList":[{_lot(w.thing[m.src[i]], m.grams[i])}]'
        source = "" if m.record[i] == Record.NO_SOURCE else f",{_party('source', w.place[m.src[i]])}"
        return "Object", (
            f'"action":"OBSERVE","bizStep":"receiving",{goods},{_at("bizLocation", w.place[m.dst[i]])}{source}'
        )

    def _process(self, i: int) -> tuple[str, str]:
        w, u = self.world, self.world.uses
        used = self._use[self._use_of[i] : self._use_of[i + 1]].tolist()
        inputs = ",".join(_lot(w.thing[u.src[k]], u.grams[k]) for k in used)
        made = u.made[i]
        amount = int(u.grams[used].sum() * 9 // 10)
        return "Transformation", (
            f'"bizStep":"commissioning","inputQuantityList":[{inputs}],'
            f'"outputQuantityList":[{_lot(w.thing[made], amount)}],{_at("bizLocation", w.place[made])}'
        )

    def _pack(self, i: int) -> tuple[str, str]:
        w, m = self.world, self.world.moves
        return "Aggregation", (
            f'"action":"ADD","bizStep":"packing","parentID":"{pallet_id(int(m.pallet[i]))}","childEPCs":[],'
            f'"childQuantityList":[{_lot(w.thing[m.src[i]], m.grams[i])}],{_at("bizLocation", w.place[m.src[i]])}'
        )

    def _carry(self, i: int, action: str, step: str) -> tuple[str, str]:
        w, m = self.world, self.world.moves
        loads = self._load[self._load_of[i] : self._load_of[i + 1]].tolist()
        goods = ",".join(_lot(w.thing[m.src[k]], m.grams[k]) for k in loads)
        return "Aggregation", (
            f'"action":"{action}","bizStep":"{step}","parentID":"{pallet_id(i)}","childEPCs":[],'
            f'"childQuantityList":[{goods}],{_at("bizLocation", w.pallets.dst[i])}'
        )

    def _pallet(self, i: int, *, arrives: bool) -> tuple[str, str]:
        p = self.world.pallets
        here, other = (p.dst[i], p.src[i]) if arrives else (p.src[i], p.dst[i])
        step, side = ("receiving", "source") if arrives else ("shipping", "destination")
        where = _at("bizLocation" if arrives else "readPoint", here)
        return "Object", (
            f'"action":"OBSERVE","bizStep":"{step}","epcList":["{pallet_id(i)}"],{where},{_party(side, other)}'
        )


def _lot(thing: int, grams: int | None = None) -> str:
    amount = "" if grams is None else f',"quantity":{kilograms(int(grams))},"uom":"KGM"'
    return f'{{"epcClass":{json.dumps(lot_id(int(thing)))}{amount}}}'


def kilograms(grams: int) -> str:
    """Decimal text with three digits after the point."""
    return f"{grams // 1000}.{grams % 1000:03d}"


def _at(field: str, place: int) -> str:
    return f'"{field}":{{"id":"{place_id(int(place))}"}}'


def _party(side: str, place: int) -> str:
    return f'"{side}List":[{{"type":"possessing_party","{side}":"{place_id(int(place)).replace("/414/", "/417/")}"}}]'


def _stamp(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
