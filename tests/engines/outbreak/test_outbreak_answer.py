"""``outbreak score --format json``: exactly the fields of the exchange, in both modes that FoodChain-Lab has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from shian.site.commands.outbreak import command

# Farms 1 and 2 supply packer 3, which sells to kitchens 4 and 5; shop 6 buys from farm 2 only. Ids are numbers in the
# file, as FoodChain-Lab's own workbooks have them.
NETWORK: dict[str, Any] = {
    "stations": [{"id": n} for n in (1, 2, 3, 4, 5, 6)],
    "deliveries": [
        {"id": 11, "source": 1, "target": 3, "name": "salad", "lot": "a"},
        {"id": 12, "source": 2, "target": 3, "name": "salad", "lot": "b"},
        {"id": 13, "source": 3, "target": 4, "name": "salad", "lot": "c"},
        {"id": 14, "source": 3, "target": 5, "name": "salad", "lot": "c"},
        {"id": 15, "source": 2, "target": 6, "name": "salad", "lot": "b"},
    ],
    "deliveriesRelations": [{"id": 1, "source": 11, "target": 13}, {"id": 2, "source": 11, "target": 14}],
}
TRACE = {"forwardStations", "backwardStations", "forwardDeliveries", "backwardDeliveries"}
WEB = {"stationScores", "deliveryScores", "commonLinks", *TRACE}
WEIGHTED = {
    "stationScores", "stationPositiveScores", "stationNegativeScores", "maxLotScores", "deliveryScores", "lotScores",
    *TRACE,
}  # fmt: skip

WEB_SCENARIO: dict[str, Any] = {
    "outbreakStations": ["4", "5"],
    "outbreakDeliveries": ["15"],
    "crossContamination": ["3"],
    "killContaminationStations": [],
    "killContaminationDeliveries": [],
    "observedStation": "3",
    "mode": "ignore",
}
WEIGHTED_SCENARIO: dict[str, Any] = {
    "stationWeights": {"4": 1, "5": 1, "6": -0.5},
    "deliveryWeights": {"15": -0.5},
    "crossContaminationStations": [],
    "crossContaminationDeliveries": [],
    "killContaminationStations": [],
    "killContaminationDeliveries": [],
    "enforceTemporalOrder": False,
    "observedStation": "3",
}


def answer(folder: Path, mode: str, scenario: dict[str, Any] | None) -> dict[str, Any]:
    (folder / "net.json").write_text(json.dumps(NETWORK))
    words = ["score", str(folder / "net.json"), "--mode", mode, "--format", "json"]
    if scenario is not None:
        (folder / "scenario.json").write_text(json.dumps(scenario))
        words += ["--scenario", str(folder / "scenario.json")]
    result = CliRunner().invoke(command, words)
    assert result.exit_code == 0, result.stderr
    (line,) = result.stdout.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_web_answer_field_by_field(tmp_path: Path) -> None:
    found = answer(tmp_path, "web", WEB_SCENARIO)
    assert set(found) == WEB
    third = pytest.approx(1 / 3, abs=1e-12)
    assert found["stationScores"] == {
        "1": pytest.approx(2 / 3), "2": 1.0, "3": pytest.approx(2 / 3), "4": third, "5": third,
    }  # fmt: skip  # shop 6 explains no case: left out
    assert found["deliveryScores"] == {
        "11": pytest.approx(2 / 3), "12": pytest.approx(2 / 3), "13": third, "14": third, "15": third,
    }  # fmt: skip
    assert found["commonLinks"] == ["2"]
    assert (found["forwardStations"], found["backwardStations"]) == (["4", "5"], ["1", "2"])
    assert (found["forwardDeliveries"], found["backwardDeliveries"]) == (["13", "14"], ["11", "12"])


def test_web_kill_lists_and_zero_left_out(tmp_path: Path) -> None:
    killed = {**WEB_SCENARIO, "killContaminationStations": ["3"], "killContaminationDeliveries": ["15"]}
    found = answer(tmp_path, "web", killed)
    assert set(found) == WEB
    third = pytest.approx(1 / 3)
    assert found["stationScores"] == {"4": third, "5": third}
    assert found["deliveryScores"] == {"13": third, "14": third} and found["commonLinks"] == []


def test_weighted_answer_field_by_field(tmp_path: Path) -> None:
    found = answer(tmp_path, "weighted", WEIGHTED_SCENARIO)
    assert set(found) == WEIGHTED
    assert found["stationScores"] == {"1": 1.0, "2": -0.5, "3": 1.0, "4": 0.5, "5": 0.5, "6": -0.25}
    assert found["stationPositiveScores"] == {"1": 1.0, "3": 1.0, "4": 0.5, "5": 0.5}
    assert found["stationNegativeScores"] == {"2": 1.0, "6": 0.5}
    assert found["deliveryScores"] == {"11": 1.0, "13": 0.5, "14": 0.5, "15": -0.5}
    # a lot is the union of its deliveries, their own weight left out: 13 and 14 are one lot, 12 and 15 another
    assert found["lotScores"] == {"11": 1.0, "12": -0.25, "13": 1.0, "14": 1.0, "15": -0.25}
    assert found["maxLotScores"] == {"1": 1.0, "2": -0.25, "3": 1.0}
    assert (found["forwardStations"], found["backwardStations"]) == (["4", "5"], ["1", "2"])
    assert (found["forwardDeliveries"], found["backwardDeliveries"]) == (["13", "14"], ["11", "12"])


@pytest.mark.parametrize(("mode", "fields"), [("web", WEB), ("weighted", WEIGHTED)])
def test_every_field_is_there_when_nothing_is_asked(tmp_path: Path, mode: str, fields: set[str]) -> None:
    for scenario in ({}, None):
        found = answer(tmp_path, mode, scenario)
        assert set(found) == fields and not any(found.values())


def test_messages_a_user_meets(tmp_path: Path) -> None:
    net, bad, scenario = tmp_path / "net.json", tmp_path / "bad.json", tmp_path / "s.json"
    net.write_text(json.dumps(NETWORK))
    bad.write_text("{")
    scenario.write_text('{"mode":')

    def said(*words: object, expect: int) -> str:
        result = CliRunner().invoke(command, [str(word) for word in words])
        assert result.exit_code == expect, result.output
        return result.stderr

    assert said("score", bad, "--mode", "web", expect=1).count("bad.json") == 1
    assert "s.json: 不是合法的 JSON：第 1 行" in said(
        "score", net, "--mode", "web", "--scenario", scenario, expect=1
    )
    assert "没有标记病例" in said("score", net, "--mode", "web", expect=0)
    assert "没有文件夹" in said("convert", net, tmp_path / "no" / "net.xlsx", expect=2)
