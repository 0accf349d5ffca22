"""Reading and writing the exchange formats, and the command line over them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from jsonschema import Draft7Validator
from tests.core.outbreak.worlds import networks

from shian.core.trace.outbreak import Delivery, Network, NetworkError, Station, score_web, score_weighted
from shian.core.trace.outbreak.formats import to_json_v1
from shian.core.trace.outbreak.formats.document import read_document
from shian.core.trace.outbreak.formats.flags import FileFlags, Flags
from shian.core.trace.outbreak.model import PartialDate, parse_date
from shian.engines.trace.outbreak import read_file, write_workbook
from shian.site.commands.outbreak import command

V0: dict[str, Any] = {
    "stations": [
        {"id": "F", "name": "Farm", "type": "farm"},
        {"id": "M", "crossContamination": True},
        {"id": "K", "outbreak": True},
        {"id": "L", "weight": -1},
    ],
    "deliveries": [
        {"id": "1", "source": "F", "target": "M", "date": "2024-03-01", "lot": "x"},
        {"id": "2", "source": "M", "target": "K", "date": "2024-03-02"},
        {"id": "3", "source": "M", "target": "L"},
    ],
    "deliveriesRelations": [{"id": "r", "source": "1", "target": "2"}],
}


def cell(**values: Any) -> list[dict[str, Any]]:
    return [{"id": name.replace("_", " "), "value": value} for name, value in values.items()]


V1: dict[str, Any] = {
    "version": "1.2.0",
    "data": {
        "stations": {"columnProperties": [], "data": [cell(ID="F", Name="Farm"), cell(ID="M"), cell(ID="K")]},
        "deliveries": {
            "columnProperties": [],
            "data": [
                [
                    *cell(ID=1, to="M", Name="egg"),
                    {"id": "from", "value": "F"},
                    *cell(Date_Delivery_Arrival="02.03.2024"),
                ],
                [
                    *cell(ID=2, to="K", Lot_ID="77"),
                    {"id": "from", "value": "M"},
                    *cell(date_delivery="2024-03"),
                ],
            ],
        },
        "deliveryRelations": {"columnProperties": [], "data": [cell(ID=1, Next=2)]},
    },
    "tracing": {
        "nodes": [{"id": "K", "weight": 1, "observed": True}, {"id": "G", "killContamination": True}],
        "deliveries": [{"id": "1", "weight": None, "crossContamination": True}],
    },
    "settings": {"metaNodes": [{"id": "G", "members": ["M"]}], "view": {"edge": {"invisibleEdges": ["2"]}}},
}


def test_v0_tables_and_flags() -> None:
    content = read_document(V0)
    assert content.network.stations[0] == Station("F", "Farm", {"type": "farm"})
    assert content.network.deliveries[0].date_out == PartialDate(2024, 3, 1)
    assert content.network.deliveries[0].lot_identity() == "F|1|x"
    assert content.flags.web().outbreak_stations == ("K",) and content.flags.web().cross_contamination == (
        "M",
    )
    assert content.flags.weighted().station_weights == {"K": 1.0, "L": -1.0}
    elements = {
        "stations": [
            {**s, "connections": V0["deliveriesRelations"] if s["id"] == "M" else []} for s in V0["stations"]
        ]
        + [{"id": "G", "contains": ["M", "L"]}],
        "deliveries": [{**d, "source": "G", "originalSource": d["source"]} for d in V0["deliveries"]],
    }
    nested = read_document({"elements": elements})
    assert nested.network.relations == content.network.relations and nested.flags.groups == {"G": ("M", "L")}
    assert [d.source for d in nested.network.deliveries] == ["F", "M", "M"]


def test_v1_tables_and_flags() -> None:
    content = read_document(V1)
    first, second = content.network.deliveries
    assert (first.id, first.source, first.product, first.date_in) == (
        "1",
        "F",
        "egg",
        PartialDate(2024, 3, 2),
    )
    assert (second.lot, second.date_out) == ("77", PartialDate(2024, 3))
    assert content.network.relations == (("1", "2"),)
    web = content.flags.web()
    assert (web.outbreak_stations, web.observed_station, web.kill_stations) == (("K",), "K", ("G",))
    assert (web.groups, web.invisible_deliveries, web.mode) == ({"G": ("M",)}, ("2",), "inferred")
    assert content.flags.weighted().cross_deliveries == ("1",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-02", PartialDate(2024, 3, 2)),
        ("02.03.2024", PartialDate(2024, 3, 2)),
        ("2024-03", PartialDate(2024, 3)),
        ("2024", PartialDate(2024)),
        ("2024-02-30", None),
        ("2/3/2024", None),
        ("", None),
        (None, None),
    ],
)
def test_dates(text: str | None, expected: PartialDate | None) -> None:
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "JSON 对象"),
        ({}, "不是 FoodChain-Lab 格式"),
        ({"data": {}}, "data.stations"),
        ({**V0, "deliveriesRelations": [{"source": "9", "target": "2"}]}, "from='9'"),
        ({**V0, "deliveries": [{"id": "1", "source": "F"}]}, "target: 缺少值"),
        ({**V0, "stations": [*V0["stations"], {"id": "K"}]}, "stations ID='K'"),
        (
            {**V0, "stations": [{"id": "F", "weight": "heavy"}], "deliveries": [], "deliveriesRelations": []},
            "weight",
        ),
        ({**V1, "tracing": {"nodes": [{"id": "?"}], "deliveries": []}}, "tracing.nodes id='\\?'"),
        ({**V1, "settings": {"metaNodes": [{"id": "F", "members": []}]}}, "与主体编号重复"),
    ],
)
def test_wrong_documents_are_refused_by_field(document: Any, message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        read_document(document)


@settings(max_examples=40, deadline=None)
@given(networks())
def test_json_round_trip_is_exact(network: Network) -> None:
    flags = FileFlags(stations=(Flags("S0", 2.0, cross=True),), deliveries=(Flags("D0", -1.0, kill=True),))
    document = json.loads(json.dumps(to_json_v1(network, flags)))
    again = read_document(document)
    assert again.network == network and again.flags.stations == flags.stations


def test_written_json_satisfies_the_published_schema(shared_formats: Path) -> None:
    schema = json.loads((shared_formats / "schema-v1.json").read_text("utf-8"))
    document = to_json_v1(read_document(V0).network, FileFlags(stations=(Flags("K", 1.0),)))
    assert list(Draft7Validator(schema).iter_errors(document)) == []


@pytest.fixture
def shared_formats() -> Path:
    folder = Path(__file__).resolve().parents[4] / "shared/data/outbreak_formats"
    if not folder.is_dir():
        pytest.skip("../shared/data/outbreak_formats is absent beside the checkout")
    return folder


NETWORK = Network(
    (Station("10", "农场", {"City": "某市"}), Station("20", "=包装厂"), Station("30", "食堂")),
    (
        Delivery(
            "1", "10", "20", "白菜", "A-1", PartialDate(2024, 3, 1), PartialDate(2024, 3), amount="5 kg"
        ),
        Delivery("2", "20", "30", "沙拉", "007", None, PartialDate(2024, 3, 9)),
    ),
    (("1", "2"),),
)


def test_workbook_round_trip(tmp_path: Path) -> None:
    write_workbook(NETWORK, tmp_path / "all.xlsx")
    again = read_file(tmp_path / "all.xlsx").network
    assert again.deliveries == NETWORK.deliveries and again.relations == NETWORK.relations
    assert [(s.id, s.name) for s in again.stations] == [(s.id, s.name) for s in NETWORK.stations]
    assert again.stations[0].properties == {"city": "某市"}


def test_workbook_of_another_program(tmp_path: Path) -> None:
    """Written by openpyxl: numeric ids, a title row, merged group headings, an unknown column."""
    import openpyxl

    book = openpyxl.Workbook()
    stations = book.active
    stations.title = "Stations"
    stations.append(["FoodChain-Lab"])
    stations.append(["Company_ID", "Name", "Country"])
    for row in ([1, "Farm", "CN"], [2, "Kitchen", None]):
        stations.append(row)
    goods = book.create_sheet("Deliveries")
    goods.append(
        ["DeliveryID", "Sender", "Product Name", "Lot Number", "Lot size", None, "Delivery Date Departure"]
    )
    goods.append([None, "Station", None, None, "Quantity", "Type / Unit", "Day", "Month", "Year"])
    goods["J1"], goods["M1"], goods["N1"] = "Delivery Date Arrival", "Recipient", "Extra"
    goods["J2"], goods["K2"], goods["L2"] = "Day", "Month", "Year"
    goods.append([7, 1, "egg", "x", 3, "kg", 5, 4, 2024, None, None, 2024, 2, "?"])
    book.create_sheet("Deliveries2Deliveries").append(["From DeliveryID", "Into DeliveryID"])
    book.save(tmp_path / "book.xlsx")
    (delivery,) = read_file(tmp_path / "book.xlsx").network.deliveries
    assert (delivery.id, delivery.source, delivery.target, delivery.amount) == ("7", "1", "2", "3 kg")
    assert (delivery.date_out, delivery.date_in) == (PartialDate(2024, 4, 5), PartialDate(2024))
    goods.append([8, 1, "egg", "x", 3, "kg", 5, 4, 2024, None, None, 2024, 2, "?"])
    book.save(tmp_path / "book.xlsx")
    with pytest.raises(NetworkError, match="第 4 行: 与第 3 行内容相同"):
        read_file(tmp_path / "book.xlsx")
    goods.append([9, 1, "egg", "y", 3, "kg", 31, 2, 2024, None, None, None, 2])
    goods.delete_rows(4)
    book.save(tmp_path / "book.xlsx")
    with pytest.raises(NetworkError, match="2024-2-31: 日历上没有这一天"):
        read_file(tmp_path / "book.xlsx")


def test_workbook_with_one_heading_row(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Stations"
    for row in (["Company_ID", "Name"], ["S1", "Farm"], ["S2", "Kitchen"]):
        book.active.append(row)
    goods = book.create_sheet("Deliveries")
    parts = [f"{side} {part}" for side in ("Departure", "Arrival") for part in ("Day", "Month", "Year")]
    goods.append(["DeliveryID", "Station", "Product Name", "Lot Number", *parts, "Recipient"])
    goods.append(["D1", "S1", "egg", "x", 1, 2, 2024, 3, 2, 2024, "S2"])
    goods.append(["D2", "S2", "cake", "y", None, None, 2024, None, None, None, "S2"])
    pairs = book.create_sheet("Deliveries2Deliveries")
    pairs.append(["From", "Into"])
    pairs.append(["D1", "D2"])
    book.save(tmp_path / "book.xlsx")
    network = read_file(tmp_path / "book.xlsx").network
    assert network.relations == (("D1", "D2"),)
    assert [(d.date_out, d.date_in) for d in network.deliveries] == [
        (PartialDate(2024, 2, 1), PartialDate(2024, 2, 3)),
        (PartialDate(2024), None),
    ]


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(command, [str(a) for a in arguments])
    return result.exit_code, result.stdout, result.stderr


def test_command_answers_in_the_form_of_the_exchange(tmp_path: Path) -> None:
    file, scenario = tmp_path / "v0.json", tmp_path / "scenario.json"
    file.write_text(json.dumps(V0))
    scenario.write_text(
        json.dumps({"outbreakStations": ["K", "L"], "mode": "ignore", "observedStation": "M"})
    )
    code, out, _ = run("score", file, "--mode", "web", "--scenario", scenario, "--format", "json")
    assert code == 0 and json.loads(out) == {
        "stationScores": {"M": 1.0, "K": 0.5, "L": 0.5, "F": 0.5},
        "deliveryScores": {"1": 0.5, "2": 0.5, "3": 0.5},
        "commonLinks": ["M"],
        "forwardStations": ["K", "L"],
        "backwardStations": ["F"],
        "forwardDeliveries": ["2", "3"],
        "backwardDeliveries": ["1"],
    }
    code, out, _ = run("score", file, "--mode", "weighted", "--format", "json")
    held = read_document(V0)
    answer = json.loads(out)
    assert (
        code == 0
        and answer["stationScores"] == score_weighted(held.network, held.flags.weighted()).station_scores
    )
    assert set(answer) == {
        *(
            "stationScores",
            "stationPositiveScores",
            "stationNegativeScores",
            "maxLotScores",
            "deliveryScores",
        ),
        *("lotScores", "forwardStations", "backwardStations", "forwardDeliveries", "backwardDeliveries"),
    }
    code, out, _ = run("score", file, "--mode", "web", "--explain")
    assert code == 0 and "共同来源" in out and "最小解释集" in out
    code, out, _ = run("score", file, "--mode", "likelihood", "--format", "json")
    assert code == 0 and json.loads(out)["cases"] == 1
    assert score_web(held.network, held.flags.web()).common_links == ("F", "K", "M")


@pytest.mark.parametrize(
    ("scenario", "message"),
    [
        ({"outbreakStations": ["nowhere"]}, "outbreakStations='nowhere'"),
        ({"outbreakStations": "K"}, "列表"),
        ({"outbreakStation": ["K"]}, "outbreakStation: 不认识的字段"),
        ({"mode": "yesterday"}, "mode='yesterday'"),
        ([], "JSON 对象"),
    ],
)
def test_command_refuses_wrong_scenarios(tmp_path: Path, scenario: Any, message: str) -> None:
    file, path = tmp_path / "v0.json", tmp_path / "scenario.json"
    file.write_text(json.dumps(V0))
    path.write_text(json.dumps(scenario))
    code, out, err = run("score", file, "--mode", "web", "--scenario", path, "--format", "json")
    assert (code, out) == (1, "") and message in err


def test_command_exit_codes_and_convert(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{")
    assert run("score", tmp_path / "bad.json", "--mode", "web")[0] == 1
    assert run("score", tmp_path / "absent.json", "--mode", "web")[0] == 2
    assert run("score", tmp_path / "bad.json")[0] == 2
    write_workbook(NETWORK, tmp_path / "all.xlsx")
    assert run("convert", tmp_path / "all.xlsx", tmp_path / "all.json")[0] == 0
    assert run("convert", tmp_path / "all.json", tmp_path / "again.xlsx")[0] == 0
    assert read_file(tmp_path / "again.xlsx").network.deliveries == NETWORK.deliveries
    assert run("convert", tmp_path / "all.json", tmp_path / "all.csv")[0] == 2
    (tmp_path / "w.json").write_text(
        json.dumps({"stationWeights": {"30": 1}, "deliveryWeights": {"2": None}})
    )
    code, _, err = run(
        "score", tmp_path / "all.json", "--mode", "weighted", "--scenario", tmp_path / "w.json"
    )
    assert code == 1 and "deliveryWeights '2'=None" in err


def test_refuses_what_it_cannot_read() -> None:
    with pytest.raises(NetworkError, match="UTX 文件，尚不能读"):
        read_document({"utxCore": {"station": {"current": []}}}, "a.json")
