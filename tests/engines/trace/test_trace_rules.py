"""What tracing must and must not find: worked examples, one rule each."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from tests.engines.trace import events as ev

from shian.core.epcis import Event, event_from_json, event_to_json
from shian.core.trace import Direction, Kind, Mark, Options, Trace, UnknownThing
from shian.core.trace.transforms import MOST_PAIRS
from shian.engines.journal import Journal
from shian.engines.trace import GraphStore, LiveIndex, Tracer


@pytest.fixture
def ask(tmp_path: Path):
    """Capture events, then ask."""

    def run(events: list[Event], lots: str, way: str = "forward", **options: object) -> Trace:
        journal = Journal(tmp_path / f"{len(list(tmp_path.iterdir()))}.db")
        journal.observers = (GraphStore(journal.db),)
        assert not journal.capture(events, ev.NOW).refused
        with LiveIndex(journal.path) as index:
            things = [ev.pallet(int(n)) if n.isdigit() else ev.lot(n) for n in lots]
            return Tracer(index).trace(things, Direction(way), Options(**options))  # type: ignore[arg-type]

    return run


def states(trace: Trace) -> set[str]:
    """Lots at holders as two letters; carriers left out."""
    holders = {ev.place(p): p for p in "ABCDEF"}
    return {n.thing[-1] + holders.get(n.place, "?") for n in trace.nodes if not n.place.startswith("#")}


def sold(hours: float, lots: object, seller: str, buyer: str, **more: object) -> list[Event]:
    return [ev.ship(hours, lots, seller, buyer, **more), ev.receive(hours + 1, lots, buyer, seller, **more)]


def test_a_lot_split_by_quantity_is_followed_by_holder(ask) -> None:
    story = [ev.make(0, "F", "A"), *sold(1, "F", "A", "B"), *sold(1, "F", "A", "C"), ev.cook(5, "F", "P", "B"), ev.cook(5, "F", "Q", "C")]
    assert states(ask(story, "P", "backward")) == {"PB", "FB", "FA"}
    assert states(ask(story, "F", at=ev.place("C"))) == {"FC", "QC"}
    assert states(ask(story, "Q", "both")) == {"QC", "FC", "FA"}


def test_what_left_before_it_was_affected_is_not_affected(ask) -> None:
    story = [*sold(1, "P", "B", "C"), *sold(9, "P", "B", "D"), ev.cook(5, "F", "P", "B")]
    assert states(ask(story, "F")) == {"FB", "PB", "PD"}
    assert states(ask(story, "F", timed=False)) == {"FB", "PB", "PC", "PD"}
    assert states(ask(story, "P", at=ev.place("C"), way="backward")) == {"PC", "PB"}  # made later: not its source
    assert states(ask(story, "F", moment=ev.seconds(6))) == {"FB"}


def test_a_pallet_emptied_and_filled_anew_joins_nothing(ask) -> None:
    story = [
        ev.pack(1, 1, "F", "A"), ev.move_pallet(2, 1, "A", "B", arrives=False), ev.move_pallet(3, 1, "B", "A", arrives=True),
        ev.pack(4, 1, "F", "B", out=True),
        ev.pack(5, 1, "P", "B"), ev.move_pallet(6, 1, "B", "C", arrives=False), ev.move_pallet(7, 1, "C", "B", arrives=True),
    ]  # fmt: skip
    assert states(ask(story, "F")) == {"FA", "FB"}
    assert states(ask(story, "P")) == {"PB", "PC"}
    assert states(ask(story, "P", "backward")) == {"PB", "PC"}


def test_two_lots_on_one_pallet_are_not_each_other_s_source(ask) -> None:
    story = [
        ev.pack(1, 1, {"F": 5}, "A"), ev.pack(1, 1, {"G": 7}, "A"),
        ev.move_pallet(2, 1, "A", "B", arrives=False), ev.move_pallet(3, 1, "B", "A", arrives=True),
        ev.cook(4, "F", "P", "B"),
    ]  # fmt: skip
    trace = ask(story, "P", "backward")
    assert states(trace) == {"PB", "FB", "FA"}
    carried = next(e for e in trace.edges if e.kind is Kind.CARRY)
    assert str(carried.quantity.value) == "5"
    assert {"FB", "GB", "PB"} < states(ask(story, "1"))  # asked for the pallet: all that it brought
    assert {"FA", "GA"} < states(ask(story, "1", "backward"))


def test_a_carrier_inside_a_carrier_takes_its_content_along(ask) -> None:
    story = [
        ev.pack(1, 1, "F", "A"), ev.nest(2, 2, 1, "A"), ev.move_pallet(3, 2, "A", "B", arrives=False),
        ev.move_pallet(4, 2, "B", "A", arrives=True), ev.nest(5, 2, 1, "B", out=True),
        ev.move_pallet(6, 2, "B", "C", arrives=False), ev.move_pallet(7, 2, "C", "B", arrives=True),
    ]  # fmt: skip
    assert states(ask(story, "F")) == {"FA", "FB"}


def test_a_process_told_in_several_events_is_one(ask) -> None:
    tid = {"transformationID": "urn:epc:id:gdti:0614141.06012.1234"}
    story = [ev.cook(1, "F", {}, "A", **tid), ev.cook(2, {}, "P", "A", **tid), ev.cook(3, "G", {}, "A", **tid), ev.cook(4, {}, "Q", "A", **tid)]
    assert states(ask(story, "G")) == {"GA", "PA", "QA"}  # inputs of any may be in outputs of any
    assert states(ask(story, "P", "backward")) == {"PA", "FA", "GA"}


def test_a_great_process_costs_n_plus_m_edges(ask) -> None:
    inputs, outputs = "abcdefghijkl", "mnopqrstuvwx"
    assert len(inputs) * len(outputs) > MOST_PAIRS
    trace = ask([ev.cook(1, inputs, outputs, "A"), *sold(2, "m", "A", "B")], "a")
    assert states(trace) >= {f"{x}A" for x in outputs} | {"mB"} and len(trace.edges) == 1 + 12 + 1
    assert len(states(ask([ev.cook(1, inputs, outputs, "A")], "m", "backward")) & {f"{x}A" for x in inputs}) == 12


def test_returns_are_cycles_and_end(ask) -> None:
    story = [*sold(1, "F", "A", "B"), *sold(3, "F", "B", "A"), *sold(5, "F", "A", "C")]
    assert states(ask(story, "F", at=ev.place("B"))) == {"FA", "FB", "FC"}
    assert states(ask(story, "F", "both", timed=False)) == {"FA", "FB", "FC"}


def test_a_receipt_without_sender_is_matched_by_its_document(ask) -> None:
    paper = {"bizTransactionList": [{"type": "desadv", "bizTransaction": "urn:epc:id:gdti:0614141.06012.1"}]}
    story = [ev.ship(1, "F", "A", None, **paper), ev.receive(2, "F", "B", None, **paper)]
    assert [e.kind for e in ask(story, "F").edges] == [Kind.MOVE]
    apart = ask([ev.ship(1, "F", "A", None), ev.receive(2, "F", "B", None)], "F", "backward")
    assert not apart.edges and {m for n in apart.nodes for m in n.marks} == {Mark.SOURCE_UNKNOWN, Mark.DESTINATION_UNKNOWN}


def test_coverage_marks(ask) -> None:
    story = [ev.make(0, "F", "A"), ev.ship(1, "F", "A", "B"), *sold(1, "F", "A", "C"), ev.cook(9, "FG", "P", "C")]
    marks = {(n.thing[-1], n.place): set(n.marks) for n in ask(story, "F", platforms={ev.place("C"): "省平台"}).nodes}
    assert marks["F", ev.place("B")] == {Mark.NEVER_RECEIVED}
    assert marks["F", ev.place("C")] == {Mark.ELSEWHERE}
    back = ask(story, "P", "backward")
    assert not back.complete
    assert {n.thing[-1]: n.marks for n in back.nodes if n.marks} == {"F": (Mark.ORIGIN,), "G": (Mark.SOURCE_UNKNOWN,)}
    short = ask(story, "F", depth=1, at=ev.place("A"))
    assert {n.place for n in short.nodes if Mark.DEPTH in n.marks} == {ev.place("C")}
    assert ask([ev.make(0, "F", "A"), *sold(1, "F", "A", "C")], "F", "backward").complete


def test_kill_steps_stop_the_walk(ask) -> None:
    cooked = ev.cook(5, "F", "P", "B")
    story = [*sold(1, "F", "A", "B"), cooked, *sold(7, "P", "B", "C")]
    trace = ask(story, "F", at=ev.place("A"), kill_places=frozenset([ev.place("B")]))
    assert states(trace) == {"FA", "FB"} and trace.nodes[-1].marks == (Mark.KILLED,)
    everywhere = ask(story, "F", kill_places=frozenset([ev.place("B")]))
    assert states(everywhere) == {"FA", "FB"}, "B was delivered the lot: a start, but a kill step all the same"
    assert states(ask(story, "F", kill_places=frozenset([ev.place("A")]))) == {"FA", "FB", "PB", "PC"}
    assert states(ask(story, "F", kill_things=frozenset([ev.lot("P")]))) == {"FA", "FB", "PB"}
    assert states(ask(story, "F", kill_events=frozenset([cooked.event_id]))) == {"FA", "FB"}


def test_cross_contact_by_place_and_time(ask) -> None:
    story = [
        ev.receive(1, "F", "M", "A"), ev.ship(5, "F", "M", "B"),
        ev.receive(4, "P", "M", "A"), ev.ship(9, "P", "M", "C"),  # met F
        ev.receive(7, "Q", "M", "A"), ev.ship(9, "Q", "M", "D"),  # came two hours after F left, but met P
        ev.receive(30, "G", "M", "A"),
    ]  # fmt: skip
    market = frozenset([ev.place("M")])
    assert "P?" not in states(ask(story, "F"))
    trace = ask(story, "F", contact_places=market)
    assert {n.thing[-1] for n in trace.nodes} == {"F", "P", "Q"}
    assert {e.kind for e in trace.edges if e.event_id is None} == {Kind.CONTACT}
    assert {n.thing[-1] for n in ask(story, "G", "backward", contact_places=market).nodes} == {"G"}
    wide = ask(story, "G", "backward", contact_places=market, contact_window=22 * 3600)
    assert {n.thing[-1] for n in wide.nodes} == {"G", "P", "Q", "F"}


def test_cross_contact_through_a_reused_carrier(ask) -> None:
    story = [ev.pack(1, 1, "F", "A"), ev.pack(3, 1, "F", "A", out=True), ev.pack(4, 1, "P", "A"), ev.cook(6, "P", "Q", "A")]
    assert states(ask(story, "F")) == {"FA"}
    assert states(ask(story, "F", contact_carriers=True)) == {"FA"}
    assert states(ask(story, "F", contact_carriers=True, contact_window=7200)) == {"FA", "PA", "QA"}
    assert states(ask(story, "Q", "backward", contact_carriers=True, contact_window=7200)) == {"FA", "PA", "QA"}


def test_an_asset_takes_along_what_is_associated_with_it(ask) -> None:
    def bond(hours: float, lots: str, action: str) -> Event:
        return ev.event(
            "Association", hours, action=action, parentID=ev.pallet(1), childQuantityList=ev.amounts(lots), readPoint={"id": ev.place("A")}
        )  # fmt: skip

    story = [
        bond(1, "F", "ADD"), ev.move_pallet(2, 1, "A", "B", arrives=False), ev.move_pallet(3, 1, "B", "A", arrives=True),
        bond(4, "F", "DELETE"), bond(5, "G", "ADD"), ev.move_pallet(6, 1, "B", "C", arrives=False), ev.move_pallet(7, 1, "C", "B", arrives=True),
    ]  # fmt: skip
    trace = ask(story, "F")
    assert "FB" in states(trace) and not {"FC", "GC"} & states(trace)
    assert Kind.ASSOC in {e.kind for e in trace.edges}
    assert "GC" in states(ask(story, "F", contact_carriers=True, contact_window=7200))


def test_a_serial_seen_elsewhere_must_have_moved(ask) -> None:
    where = {"bizLocation": {"id": ev.place("B")}}
    story = [
        ev.event("Object", 1, action="ADD", bizStep="commissioning", epcList=[ev.pallet(7)], bizLocation={"id": ev.place("A")}),
        ev.event("Object", 5, action="OBSERVE", bizStep="inspecting", epcList=[ev.pallet(7)], **where),
    ]  # fmt: skip
    assert [e.kind for e in ask(story, "7").edges] == [Kind.IMPLIED]


def test_an_event_without_a_place_widens_instead_of_cutting(ask) -> None:
    story = [ev.make(0, "F", "A"), ev.cook(3, "F", "P", None), *sold(5, "P", "B", "C")]
    assert {"FA", "PB", "PC"} < states(ask(story, "F"))


def test_forms_of_one_id_meet(ask, tmp_path: Path) -> None:
    urn = ev.event(
        "Object", 1, action="OBSERVE", bizStep="shipping", readPoint={"id": ev.place("A")},
        quantityList=[{"epcClass": "urn:epc:class:lgtin:9521234.000001.F"}],
        destinationList=[{"type": "location", "destination": ev.place("B")}],
    )  # fmt: skip
    journal = Journal(tmp_path / "forms.db")
    journal.observers = (GraphStore(journal.db),)
    journal.capture([urn], ev.NOW)
    with LiveIndex(journal.path) as index:
        link = "https://example.cn/01/09521234000013/10/F?17=261231"
        asked = [Tracer(index).trace([name]).nodes for name in ("urn:epc:class:lgtin:9521234.000001.F", link)]
    assert asked[0] == asked[1]


@pytest.mark.parametrize("spelling", ["https://ref.gs1.org/cbv/BizStep-{}", "cbv:BizStep-{}", "urn:epcglobal:cbv:bizstep:{}"])
def test_a_step_spelled_as_an_address_is_the_same_step(ask, spelling: str) -> None:
    def spelled(event: Event) -> Event:
        return event_from_json(event_to_json(event) | {"bizStep": spelling.format(event.biz_step)})

    plain = [ev.make(0, "F", "A"), *sold(1, "F", "A", "B")]
    assert states(ask([spelled(event) for event in plain], "F")) == states(ask(plain, "F")) == {"FA", "FB"}


def test_unknown_things_are_named(ask) -> None:
    with pytest.raises(UnknownThing, match="追溯数据中没有"):
        ask([ev.make(0, "F", "A")], "Z")
    with pytest.raises(UnknownThing, match="地点"):
        ask([ev.make(0, "F", "A")], "F", at=ev.place("B"))


def test_the_collector_runs_again_after_an_answer_and_after_a_refusal(ask) -> None:
    ask([ev.make(0, "F", "A")], "F")
    assert gc.isenabled()
    with pytest.raises(UnknownThing):
        ask([ev.make(0, "F", "A")], "Z")
    assert gc.isenabled()
    gc.disable()
    try:
        ask([ev.make(0, "F", "A")], "F")
        assert not gc.isenabled(), "one who has paused it finds it paused"
    finally:
        gc.enable()
