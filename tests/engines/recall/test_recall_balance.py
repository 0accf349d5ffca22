"""How much is still out there: the mass balance of a lot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.trace import events as ev
from tests.engines.trace.stories import FAST, stories

from shian.core.epcis import Event, event_to_json
from shian.core.recall import Balance
from shian.core.trace import Direction, Options, UnknownThing
from shian.engines.journal import Journal
from shian.engines.recall import balances
from shian.engines.trace import GraphStore, LiveIndex, Tracer

Ask = Callable[..., Balance]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    def balance(story: Sequence[Event], lot: str = "F", **options: Any) -> Balance:
        journal = Journal(tmp_path / f"{len(list(tmp_path.iterdir()))}.db")
        journal.observers = (GraphStore(journal.db),)
        journal.capture(story, ev.NOW)
        with LiveIndex(journal.path) as index:
            trace = Tracer(index).trace([ev.lot("F")], Direction.FORWARD, Options(**options))
            return next(b for b in balances(index.db, trace) if b.thing == ev.lot(lot))

    return balance


def sold(hours: float, amount: float | None, a: str, b: str, got: float | None = None) -> list[Event]:
    return [
        ev.ship(hours, {"F": amount}, a, b),
        ev.receive(hours + 1, {"F": amount if got is None else got}, b, a),
    ]


def figures(b: Balance) -> tuple[Any, ...]:
    return tuple(None if x is None else float(x) for x in (b.entered, b.used, b.on_hand, b.in_transit, b.unexplained))


def test_where_a_lot_is(ask: Ask) -> None:
    story = [
        ev.make(0, {"F": 100}, "A"), *sold(1, 60.5, "A", "B"), ev.ship(1, {"F": 30}, "A", "C"),
        ev.cook(3, {"F": 20.25}, {"P": 18}, "B"),
    ]  # fmt: skip
    one = ask(story)
    assert figures(one) == (100, 20.25, 9.5 + 40.25, 30, 0)
    assert (one.unit, one.holders, one.unsure, one.out_there) == ("KGM", 2, 0, Decimal("79.75"))
    made = ask(story, "P")
    assert figures(made) == (18, 0, 18, 0, 0)


def test_what_is_lost_on_the_way_or_goes_nobody_knows_where_is_unexplained(ask: Ask) -> None:
    assert figures(ask([ev.make(0, {"F": 100}, "A"), *sold(1, 100, "A", "B", got=90)])) == (100, 0, 90, 0, 10)
    assert figures(ask([ev.make(0, {"F": 100}, "A"), ev.ship(1, {"F": 40}, "A", None)])) == (100, 0, 60, 0, 40)


def test_more_given_out_than_taken_in_is_unexplained_below_zero(ask: Ask) -> None:
    assert figures(ask([ev.make(0, {"F": 100}, "A"), *sold(1, 120, "A", "B")])) == (100, 0, 120, 0, -20)


def test_what_was_used_has_arrived_though_nobody_booked_it(ask: Ask) -> None:
    story = [ev.make(0, {"F": 100}, "A"), ev.ship(1, {"F": 30}, "A", "B"), ev.cook(3, {"F": 10}, {"P": 9}, "B")]
    assert figures(ask(story)) == (100, 10, 70, 20, 0)


def test_unknown_stays_unknown(ask: Ask) -> None:
    silent = ask([ev.make(0, {"F": 100}, "A"), *sold(1, None, "A", "B")])
    assert figures(silent) == (100, 0, None, 0, None) and silent.unsure == 2
    partly = ask([ev.make(0, {"F": 100}, "A"), *sold(1, 60, "A", "B"), ev.ship(5, {"F": None}, "B", "C")])
    assert figures(partly) == (100, 0, 40, None, None) and (partly.holders, partly.unsure) == (1, 1)
    unmade = ask(sold(1, 60, "A", "B"))
    assert figures(unmade) == (None, 0, 60, 0, None) and unmade.unsure == 1


def test_units_are_never_added(ask: Ask) -> None:
    boxes = event_to_json(ev.make(0, {"F": 10}, "A"))
    boxes["quantityList"][0]["uom"] = "XBX"
    one = ask([ev.event_from_json(boxes), *sold(1, 60, "A", "B")])
    assert one.units == ("KGM", "XBX") and figures(one) == (None,) * 5 and one.out_there is None


def test_goods_on_a_pallet_are_counted_once(ask: Ask) -> None:
    packed = [
        ev.make(0, {"F": 100}, "A"), ev.pack(1, 1, {"F": 40}, "A"),
        ev.move_pallet(2, 1, "A", "B", arrives=False), ev.move_pallet(3, 1, "B", "A", arrives=True),
    ]  # fmt: skip
    assert figures(ask(packed)) == (100, 0, 100, 0, 0) and ask(packed).holders == 2
    assert figures(ask([*packed, *sold(2, 40, "A", "B")])) == (100, 0, 100, 0, 0)


def test_part_of_a_lot_balances_by_what_came_into_that_part(ask: Ask) -> None:
    story = [ev.make(0, {"F": 100}, "A"), *sold(1, 60, "A", "B"), *sold(3, 25, "B", "C")]
    assert figures(ask(story, at=ev.place("B"))) == (60, 0, 60, 0, 0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ABCD"), st.sampled_from("ABCD"), st.integers(1, 9), st.booleans()), max_size=12))
def test_books_that_are_kept_balance(moves: list[tuple[str, str, int, bool]]) -> None:
    """Nobody sells what he has not got and everything is written down: then nothing is unexplained."""
    stock: dict[str, int] = defaultdict(int, A=50)
    used = lost = 0
    story = [ev.make(0, {"F": 50}, "A")]
    for hour, (a, b, amount, cooked) in enumerate(moves, start=1):
        if stock[a] < amount:
            continue
        stock[a] -= amount
        if cooked:
            used += amount
            story.append(ev.cook(2 * hour, {"F": amount}, f"P{hour}", a))
        elif a == b:
            lost += amount
            story.append(ev.ship(2 * hour, {"F": amount}, a, None))
        else:
            stock[b] += amount
            story += sold(2 * hour, amount, a, b)
    (one,) = [b for b in answers(story) if b.thing == ev.lot("F")]
    assert figures(one)[:3] == (50, used, sum(stock.values()))
    assert one.in_transit + one.unexplained == lost, "a receipt may have taken the dispatch that named no destination"
    assert one.holders == sum(s > 0 for s in stock.values())


@settings(max_examples=60, deadline=None)
@given(stories())
def test_any_story_has_a_balance_that_adds_up_or_says_why_not(story: list[Event]) -> None:
    for one in answers(story):
        parts = one.entered, one.used, one.on_hand, one.in_transit
        if one.unexplained is not None:
            assert None not in parts and one.unexplained == parts[0] - sum(parts[1:])
        else:
            assert one.unsure or None in parts
        assert one.on_hand is None or one.on_hand >= 0


def answers(story: Sequence[Event]) -> list[Balance]:
    with TemporaryDirectory(dir=FAST) as folder:
        journal = Journal(Path(folder) / "j.db")
        journal.observers = (GraphStore(journal.db),)
        journal.capture(story, ev.NOW)
        journal.close()
        with LiveIndex(journal.path) as index:
            try:
                return list(balances(index.db, Tracer(index).trace([ev.lot("F")], Direction.FORWARD)))
            except UnknownThing:
                return []
