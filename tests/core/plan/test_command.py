"""``shian plan read``: formats, several files, exit codes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from shian.site.commands.plan import command

PLAN = "某县2024年消防工作要点\n一、压实责任\n（一）健全机制。年底前检查率达到98%以上。（县消防救援大队牵头，各乡镇配合）\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "甲.txt").write_text(PLAN, "utf-8")
    (tmp_path / "乙.txt").write_bytes(PLAN.encode("gb18030"))
    return tmp_path


def run(*args: object) -> Result:
    return CliRunner().invoke(command, ["read", *map(str, args)])


def test_json_of_one_file_is_the_ledger(folder: Path) -> None:
    result = run(folder / "甲.txt", "--format", "json")
    assert result.exit_code == 0
    ledger = json.loads(result.stdout)
    assert list(ledger)[:5] == ["doc", "sections", "tasks", "targets", "deadlines"]
    assert ledger["tasks"][0]["text_starts"] == "年底前检查率达到98%以"
    assert "任务 1 项" in result.stderr


def test_pasted_text_from_standard_input() -> None:
    result = CliRunner().invoke(command, ["read", "-", "-f", "json"], input=PLAN)
    assert json.loads(result.stdout)["tasks"][0]["title"] == "健全机制"


def test_json_of_a_folder(folder: Path) -> None:
    lines = run(folder, "-f", "json").stdout.splitlines()
    assert {json.loads(line)["file"] for line in lines} == {"甲", "乙"}
    assert run(folder, "-f", "json", "-o", folder / "out").exit_code == 0
    assert json.loads((folder / "out/甲.json").read_text("utf-8"))["doc"]["year"] == 2024


def test_table_csv_and_workbook(folder: Path) -> None:
    assert "健全机制" in run(folder / "甲.txt").stdout
    rows = list(csv.DictReader(io.StringIO(run(folder / "甲.txt", "-f", "csv").stdout)))
    assert (rows[0]["牵头单位"], rows[0]["配合单位"], rows[0]["完成时限"]) == ("县消防救援大队", "各乡镇", "2024-12-31")
    assert run(folder, "-f", "xlsx", "-o", folder / "t.xlsx").exit_code == 0
    sheet = openpyxl.load_workbook(folder / "t.xlsx").active
    assert sheet is not None and [c.value for c in sheet[2]][3] == "健全机制" and sheet.max_row == 3


def test_a_cell_is_never_a_formula(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("某县2024年要点\n一、甲\n（一）=1+1。做。（县财政局）\n", "utf-8")
    assert "'=1+1" in run(tmp_path / "x.txt", "-f", "csv").stdout
    run(tmp_path / "x.txt", "-f", "xlsx", "-o", tmp_path / "x.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").active
    assert sheet is not None and sheet["D2"].data_type == "s"


def test_exit_codes(folder: Path) -> None:
    (folder / "空.txt").write_bytes(b"")
    result = run(folder, "-f", "json")
    assert result.exit_code == 1 and "空文件" in result.stderr and len(result.stdout.splitlines()) == 2
    (folder / "空.txt").write_text("今天天气很好", "utf-8")
    assert run(folder / "空.txt", "-f", "json").exit_code == 1
    assert run(folder, "-f", "xlsx").exit_code == 2
    assert run(folder / "没有这个文件").exit_code == 2
