"""``shian outbreak trace`` on a generated economy, from an empty folder to the true source."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from shian.core.trace.outbreak.cases import check_rows
from shian.engines.trace.outbreak.cases import read_cases
from shian.site.commands._epcis_store import capture
from shian.site.commands.outbreak import command as outbreak
from shian.site.commands.trace import command as trace
from shian.site.demo.economy import generate
from shian.site.demo.economy.documents import lot_id

LOTS, SEED = 800, 7
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal made as a user makes it: generate → capture → build."""
    place = tmp_path_factory.mktemp("outbreak")
    runner = CliRunner()
    events, journal = str(place / "events"), str(place / "trace.db")
    for command, arguments in (
        (trace, ["generate", "--lots", str(LOTS), "--seed", str(SEED), "--out", events]),
        (capture, [events, "--journal", journal]),
        (trace, ["build", "--journal", journal]),
    ):
        if command is capture:
            arguments = [*sorted(map(str, Path(events).glob("*.json"))), "--journal", journal]
        result = runner.invoke(command, arguments)
        assert result.exit_code == 0, result.output
    return place


@pytest.fixture
def run(folder: Path, tmp_path: Path) -> Run:
    def call(rows: list[list[str]], *options: str, expect: int = 0) -> Result:
        file = tmp_path / "cases.csv"
        with file.open("w", encoding="utf-8-sig", newline="") as out:
            csv.writer(out).writerows(rows)
        result = CliRunner().invoke(
            outbreak, ["trace", str(file), "--journal", str(folder / "trace.db"), *options]
        )
        assert result.exit_code == expect, result.output
        return result

    return call


def _lines(result: Result) -> list[dict]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def _truth() -> tuple[str, list[str], list[str]]:
    """A farm lot, the final lots made of it, and final lots that it never reached."""
    world = generate(LOTS, SEED)
    starts = np.concatenate((world.moves.src, world.uses.src))
    ends = np.concatenate((world.moves.dst, world.uses.made[world.uses.batch]))
    final = np.setdiff1d(np.arange(len(world.thing)), starts)

    def reached(source: int) -> np.ndarray:
        seen = np.zeros(len(world.thing), dtype=bool)
        seen[source] = True
        while (grown := np.unique(ends[seen[starts]])).size and not seen[grown].all():
            seen[grown] = True
        return seen

    best, most = 0, 0
    for source in range(len(world.made)):
        count = int(reached(source)[final].sum())
        if most < count <= len(final) // 6:
            best, most = source, count
    seen = reached(best)
    things = {int(t) for t in world.thing[final[seen[final]]]}
    others = {int(t) for t in world.thing[final[~seen[final]]]} - things
    return (
        lot_id(int(world.thing[best])),
        [lot_id(t) for t in sorted(things)],
        [lot_id(t) for t in sorted(others)],
    )


HEAD = ["病例", "批次", "主体", "时间", "对照"]


def test_the_true_source_is_found(run: Run) -> None:
    source, dishes, others = _truth()
    assert len(dishes) >= 5
    ill = [[f"P{i}", dishes[i % len(dishes)], "", "", ""] for i in range(20)]
    ill += [[f"X{i}", others[i], "", "", "否"] for i in range(3)]
    well = [[f"C{i}", others[(7 * i) % len(others)], "", "", "是"] for i in range(60)]
    answer = _lines(run([HEAD, *ill, *well, ["Y", "urn:unknown:lot", "", "", ""]], "--format", "json"))
    suspects = [a for a in answer if "rank" in a]
    assert source in suspects[0]["lots"] and suspects[0]["rankByRatio"] == 1
    assert suspects[0]["cases"] >= 20 and suspects[0]["share"] == pytest.approx(suspects[0]["cases"] / 24)
    assert [a["notTraced"]["case"] for a in answer if "notTraced" in a] == ["Y"]
    sets = next(a for a in answer if "explainingSets" in a)
    assert "Y" in sets["unexplained"] and sets["provedSmallest"]
    summary = answer[-1]["summary"]
    assert (summary["cases"], summary["controls"], summary["offTrace"]) == (24, 60, ["Y"])
    assert summary["refusedRows"] == 0


def test_a_source_of_all_cases_is_a_common_link(run: Run) -> None:
    source, dishes, others = _truth()
    rows = [[f"P{i}", f"{lot}；{others[i]}", "", "2099-01-01", ""] for i, lot in enumerate(dishes[:12])]
    answer = _lines(run([HEAD, *rows], "--format", "json", "--top", "0"))
    links = next(a["commonLinks"] for a in answer if "commonLinks" in a)
    assert source in links["lots"]
    smallest = next(a for a in answer if "explainingSets" in a)
    assert any(source in c["lots"] for chosen in smallest["explainingSets"] for c in chosen)
    assert smallest["explainedCases"] == 12 and smallest["unexplained"] == []
    first = next(a for a in answer if a.get("rank") == 1)
    assert first["share"] == 1.0 and first["rankByShare"] == 1 and first["logLikelihoodRatio"] is None
    assert "没有对照" in run([HEAD, *rows]).output


def test_place_and_time_must_fit(run: Run) -> None:
    _, dishes, _ = _truth()
    rows = [["P0", dishes[0], "", "1990-01-01T08:00", ""], ["P1", dishes[0], "9529999999993", "", ""]]
    answer = _lines(run([HEAD, *rows], "--format", "json"))
    reasons = {a["notTraced"]["case"]: a["notTraced"]["reason"] for a in answer if "notTraced" in a}
    assert reasons == {"P0": "该批次此时尚未到达", "P1": "该主体处没有该批次"}


def test_bad_rows_are_refused_and_the_others_counted(run: Run) -> None:
    _, dishes, _ = _truth()
    rows = [
        ["P0", dishes[0], "", "", ""],
        ["", dishes[0], "", "", ""],
        ["P2", dishes[1], "9529999999990", "", ""],
        ["P3", dishes[1], "", "昨天", ""],
        ["P4", dishes[1], "", "", "也许"],
        ["P0", dishes[1], "", "", "是"],
    ]
    result = run([HEAD, *rows], "--format", "json", expect=1)
    refused = [a["refused"] for a in _lines(result) if "refused" in a]
    assert [(r["row"], r["column"], r["value"], r["rule"]) for r in refused] == [
        (3, "病例", "", "cases.required"),
        (4, "主体", "9529999999990", "gln.check_digit"),
        (5, "时间", "昨天", "cases.time"),
        (6, "对照", "也许", "cases.control"),
        (7, "对照", "是", "cases.one_group"),
    ]
    assert _lines(result)[-1]["summary"]["cases"] == 1
    assert "第 4 行“主体”列“9529999999990”" in result.stderr


def test_refused_files(run: Run, tmp_path: Path) -> None:
    assert "没有“批次”列" in run([["病例", "食品"], ["P", "x"]], expect=1).output
    assert "没有病例" in run([HEAD, ["C", "x", "", "", "是"]], expect=1).output
    missing = ["trace", str(tmp_path / "cases.csv"), "--journal", str(tmp_path / "none.db")]
    assert CliRunner().invoke(outbreak, missing).exit_code == 2


def test_times_and_lots_of_a_row(tmp_path: Path) -> None:
    fields = {"person": "P", "lot": "a；b; c", "time": "2026-03-01"}
    found = check_rows([(2, fields)]).eaten
    assert [e.lot for e in found] == ["a", "b", "c"]
    assert {e.time for e in found} == {1772380799}  # 23:59:59 of that day in China
    file = tmp_path / "list.csv"
    file.write_text("某市病例名单\n病例编号,批次,就餐时间\nP,a,2026-03-01T12:00:00+00:00\n", "utf-8")
    assert read_cases(file).eaten[0].time == 1772366400
