"""Web mode: worked examples, the rules one by one, and agreement with a slow scorer on random networks."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from worlds import slow_web, web_worlds

from shian.core.trace.outbreak import Delivery, Network, NetworkError, Station, WebScenario, score_web
from shian.core.trace.outbreak.dates import Window, explicit_windows, inferred_windows
from shian.core.trace.outbreak.model import parse_date
from shian.core.trace.outbreak.web import Trace


def make(deliveries: str, relations: str = "") -> Network:
    """``"a:F>M b:M>K"`` and ``"a>b"``; a delivery may carry dates ``a:F>M@out/in``."""
    rows = []
    for word in deliveries.split():
        name, _, rest = word.partition(":")
        ends, _, dates = rest.partition("@")
        source, _, target = ends.partition(">")
        out, _, into = dates.partition("/")
        rows.append(Delivery(name, source, target, date_out=parse_date(out), date_in=parse_date(into)))
    names = dict.fromkeys(p for d in rows for p in (d.source, d.target))
    pairs = tuple((a, b) for a, _, b in (w.partition(">") for w in relations.split()))
    return Network(tuple(Station(n) for n in names), tuple(rows), pairs)


# a farm and a packer feed two kitchens; only the farm is behind both
CHAIN = make("a:Farm>Packer b:Packer>K1 c:Packer>K2 d:Other>K2 e:Farm>K1", "a>b a>c")


def test_common_link_is_behind_every_case() -> None:
    scores = score_web(CHAIN, WebScenario(outbreak_stations=("K1", "K2")))
    assert scores.station_scores == {"K1": 0.5, "K2": 0.5, "Packer": 1.0, "Farm": 1.0, "Other": 0.5}
    assert scores.delivery_scores == {"a": 1.0, "b": 0.5, "c": 0.5, "d": 0.5, "e": 0.5}
    assert scores.common_links == ("Farm", "Packer")


def test_outbreak_delivery_counts_as_a_case_of_its_own() -> None:
    scores = score_web(CHAIN, WebScenario(outbreak_stations=("K1",), outbreak_deliveries=("d",)))
    assert scores.delivery_scores["d"] == 0.5 and scores.station_scores["Other"] == 0.5
    assert "K2" not in scores.station_scores


def test_kill_steps_end_the_walk_uncounted() -> None:
    cases = WebScenario(outbreak_stations=("K1", "K2"))
    at_station = score_web(CHAIN, replace(cases, kill_stations=("Packer",)))
    assert "Packer" not in at_station.station_scores and "a" not in at_station.delivery_scores
    assert at_station.delivery_scores["b"] == 0.5
    at_delivery = score_web(CHAIN, replace(cases, kill_deliveries=("b",)))
    assert "b" not in at_delivery.delivery_scores and at_delivery.delivery_scores["a"] == 0.5
    case_itself = score_web(CHAIN, replace(cases, kill_stations=("K1",)))
    assert case_itself.station_scores["K1"] == 0.5 and case_itself.delivery_scores["b"] == 0.5
    killed_case = score_web(CHAIN, WebScenario(outbreak_deliveries=("d", "e"), kill_deliveries=("d",)))
    assert killed_case.delivery_scores == {"e": 0.5}


def test_without_relation_only_cross_contamination_links() -> None:
    network = make("a:F>M@2024-01-01/2024-01-05 b:G>M@2024-01-01/2024-01-09 c:M>K@2024-01-06/2024-01-07")
    cases = WebScenario(outbreak_stations=("K",))
    assert set(score_web(network, cases).station_scores) == {"K", "M"}
    cross = replace(cases, cross_contamination=("M",))
    assert set(score_web(network, cross).station_scores) == {"K", "M", "F", "G"}
    dated = score_web(network, replace(cross, mode="explicit"))
    assert set(dated.station_scores) == {"K", "M", "F"}


def test_unknown_dates_do_not_exclude() -> None:
    network = make("a:F>M@/2024-05 b:G>M@/garbage c:M>K@2024-01-06/")
    scenario = WebScenario(outbreak_stations=("K",), cross_contamination=("M",), mode="explicit")
    assert set(score_web(network, scenario).station_scores) == {"K", "M", "F", "G"}


def test_invisible_and_contained_cases_do_not_count() -> None:
    scenario = WebScenario(outbreak_stations=("K1", "K2"), invisible_stations=("K2",))
    assert score_web(CHAIN, scenario).station_scores == {"K1": 1.0, "Packer": 1.0, "Farm": 1.0}
    grouped = replace(scenario, invisible_stations=(), groups={"G": ("K1", "Other")})
    scores = score_web(CHAIN, grouped)
    assert scores.station_scores == {"K2": 1.0, "Packer": 1.0, "Farm": 1.0, "G": 1.0}
    as_group = score_web(CHAIN, replace(grouped, outbreak_stations=("G",)))
    assert as_group.delivery_scores == {"a": 1.0, "b": 1.0, "e": 1.0}


def test_trace_of_the_observed_station_and_kill_flags() -> None:
    network = make("a:F>M b:M>N c:N>K d:N>L", "a>b b>c b>d")
    scenario = WebScenario(observed_station="M")
    assert score_web(network, scenario).trace == Trace(("K", "L", "N"), ("F",), ("b", "c", "d"), ("a",))
    at_n = score_web(network, replace(scenario, kill_stations=("N",))).trace
    assert (at_n.forward_stations, at_n.forward_deliveries) == (("N",), ("b",))
    at_c = score_web(network, replace(scenario, kill_deliveries=("c",))).trace
    assert (at_c.forward_stations, at_c.forward_deliveries) == (("L", "N"), ("b", "c", "d"))
    first = score_web(network, replace(scenario, kill_deliveries=("b",))).trace
    assert first.forward_deliveries == ()
    from_k = score_web(network, WebScenario(observed_station="K", kill_deliveries=("b",))).trace
    assert from_k.backward_deliveries == ("a", "b", "c")
    from_k = score_web(network, WebScenario(observed_station="K", kill_stations=("M",))).trace
    assert (from_k.backward_stations, from_k.backward_deliveries) == (("N",), ("b", "c"))
    assert (
        score_web(network, WebScenario(observed_station="M", kill_stations=("M",))).trace.forward_stations
        == ()
    )


def test_inferred_limits_pass_through_relations() -> None:
    network = make("a:F>M@2024-01-01/2024-01-05 b:M>N@/ c:N>K@/2024-01-20", "a>b b>c")
    day = parse_date("2024-01-05")
    last = parse_date("2024-01-20")
    assert day is not None and last is not None
    low, high = day.ordinal(), last.ordinal()
    assert inferred_windows(network)[1] == Window(low, high, low, high)


def test_contradicting_dates_are_forgotten() -> None:
    left_after_arrival = make("a:F>M@2024-01-09/2024-01-05")
    assert inferred_windows(left_after_arrival)[0] == Window(
        float("-inf"), float("inf"), float("-inf"), float("inf")
    )
    product_before_input = make("a:F>M@2024-01-01/2024-01-09 b:M>K@2024-01-05/2024-01-06", "a>b")
    first, second = inferred_windows(product_before_input)
    start = explicit_windows(product_before_input)[0].out_min
    assert (first.out_min, first.in_min) == (start, start)  # the arrival was dropped, the departure kept
    open_window = Window(float("-inf"), float("inf"), float("-inf"), float("inf"))
    assert second == open_window  # both its dates lie before its input arrived, so neither is believed


@settings(max_examples=60, deadline=None)
@given(web_worlds())
def test_agrees_with_the_slow_scorer(world: tuple[Network, WebScenario]) -> None:
    network, scenario = world
    windows = inferred_windows(network) if scenario.mode == "inferred" else explicit_windows(network)
    limits = {d.id: (w.in_min, w.out_max) for d, w in zip(network.deliveries, windows, strict=True)}
    stations, deliveries = slow_web(network, scenario, limits)
    scores = score_web(network, scenario)
    assert scores.station_scores == stations and scores.delivery_scores == deliveries
    assert set(scores.common_links) == {i for i, s in stations.items() if s == 1.0}


@settings(max_examples=25, deadline=None)
@given(web_worlds())
def test_order_of_rows_does_not_matter(world: tuple[Network, WebScenario]) -> None:
    network, scenario = world
    mixed = random.Random(7)
    rows = [list(network.stations), list(network.deliveries), list(network.relations)]
    for part in rows:
        mixed.shuffle(part)
    shuffled = Network(*(tuple(part) for part in rows))
    assert score_web(shuffled, scenario) == score_web(network, scenario)


@pytest.mark.parametrize("mode", ["ignore", "inferred"])
def test_a_long_chain_needs_no_recursion(mode: str) -> None:
    count = 15_000
    network = Network(
        tuple(Station(str(i)) for i in range(count + 1)),
        tuple(Delivery(str(i), str(i), str(i + 1)) for i in range(count)),
        tuple((str(i), str(i + 1)) for i in range(count - 1)),
    )
    scores = score_web(network, WebScenario(outbreak_stations=(str(count),), mode=mode, observed_station="0"))
    assert len(scores.common_links) == count + 1 and len(scores.trace.forward_deliveries) == count


@pytest.mark.parametrize(
    ("deliveries", "relations", "message"),
    [
        ([Delivery("a", "S", "S"), Delivery("a", "S", "S")], [], "deliveries ID='a'"),
        ([Delivery("a", "S", "X")], [], "target='X'"),
        ([Delivery("a", "S", "S")], [("a", "b")], "to='b'"),
        ([Delivery("a", "S", "T"), Delivery("b", "S", "T")], [("a", "b")], "不在同一主体"),
    ],
)
def test_tables_that_do_not_fit_are_refused(
    deliveries: list[Delivery], relations: list[tuple[str, str]], message: str
) -> None:
    with pytest.raises(NetworkError, match=message):
        Network((Station("S"), Station("T")), tuple(deliveries), tuple(relations))
    with pytest.raises(NetworkError, match="stations ID='S'"):
        Network((Station("S"), Station("S")), ())
