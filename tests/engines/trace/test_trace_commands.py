"""The commands on a generated economy, from an empty folder."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from shian.site.commands import _trace_shown as shown
from shian.site.commands._epcis_store import capture, query
from shian.site.commands._progress import Progress
from shian.site.commands.trace import command as trace
from shian.site.demo.economy.documents import lot_id


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SHIAN_TRACE", raising=False)
    runner = CliRunner()

    def call(command, *arguments: str, expect: int = 0) -> Result:
        result = runner.invoke(command, arguments)
        assert result.exit_code == expect, result.output
        return result

    return call


def lines(result: Result) -> list[dict]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_from_an_empty_folder(run, tmp_path: Path) -> None:
    assert "先用 shian epcis capture" in run(trace, "forward", lot_id(0), expect=2).output
    run(trace, "generate", "--lots", "600", "--seed", "4")
    files = sorted(map(str, Path("events").glob("*.json")))
    receipts = lines(run(capture, *files, "--format", "json"))
    assert all(r["stored"] and not r["errors"] for r in receipts)
    again = lines(run(capture, *files, "--format", "json"))
    assert [r["capture"] for r in again] == [r["capture"] for r in receipts] and all(r["known"] and not r["stored"] for r in again)
    forward = lines(run(trace, "forward", lot_id(0), "--format", "json"))
    built = lines(run(trace, "build", "--format", "json"))[0]
    assert built["nodes"] > 300 and built["edges"] > 300
    assert lines(run(trace, "forward", lot_id(0), "--format", "json")) == forward  # mapped and live alike
    run(trace, "build", "--from-journal")
    assert lines(run(trace, "forward", lot_id(0), "--format", "json")) == forward
    *_, summary = forward
    assert summary["summary"]["nodes"] == sum("node" in r for r in forward) > 2
    assert "个批次状态" in run(trace, "both", lot_id(0)).output
    found = lines(run(query, "--epc", lot_id(0), "--format", "json"))
    assert found and all(lot_id(0) in json.dumps(r["event"]) for r in found)
    assert lines(run(query, "--event-id", found[0]["eventID"], "--format", "json")) == found[:1]
    page = lines(run(query, "--limit", "3", "--after", "5", "--format", "json"))
    assert [r["seq"] for r in page] == [6, 7, 8]


def test_recall_from_the_command_line(run, tmp_path: Path) -> None:
    run(trace, "generate", "--lots", "300")
    first = min(map(str, Path("events").glob("*.json")))
    run(capture, first)
    document = json.loads(Path(first).read_text())
    sale = next(e for e in document["epcisBody"]["eventList"] if e.get("bizStep") == "shipping" and e["quantityList"])
    lot = sale["quantityList"][0]["epcClass"]
    run(trace, "recall", lot, "--open", "召回-1", "--sheet", "r.csv")
    parties = lines(run(trace, "recall", lot, "--sheet", "r.xlsx", "--format", "json"))
    assert parties and {"place", "thing", "received", "shipped", "used", "unquantified"} == set(parties[0])
    table = list(csv.reader(Path("r.csv").read_text("utf-8-sig").splitlines()))
    assert len(table) > 1 and Path("r.xlsx").stat().st_size > 1000
    assert "已存在" in run(trace, "recall", lot, "--open", "召回-1", expect=1).output
    sale |= {"eventID": "urn:uuid:99999999-0000-4000-8000-000000000001", "eventTime": "2027-01-01T00:00:00Z"}
    sale["destinationList"][0]["destination"] = "https://id.gs1.org/417/9529999999991"
    document["epcisBody"]["eventList"] = [sale]
    Path("late.json").write_text(json.dumps(document))
    caught = lines(run(capture, "late.json", "--format", "json"))[0]["recallHits"]
    assert [(h["recall"], h["place"]) for h in caught] == [("召回-1", "https://id.gs1.org/414/9529999999991")]
    assert lines(run(trace, "recalls", "--format", "json"))[0]["recall"] == "召回-1"
    run(trace, "recalls", "--close", "召回-1")
    assert run(trace, "recalls").output == ""


def test_refusals(run, tmp_path: Path) -> None:
    run(trace, "generate", "--lots", "200")
    good = Path("events/000001.json")
    run(capture, str(good))
    text = good.read_text()
    events = json.loads(text)["epcisBody"]["eventList"]
    heads = ['"eventID":"{eventID}","eventTime":"{eventTime}","eventTimeZoneOffset":"'.format(**e) for e in events]
    text = text.replace(heads[3] + "+08:00", heads[3] + "+07:00")
    text = text.replace(heads[5], heads[5].replace(events[5]["eventTime"], "2026-02-30T00:00:00Z"))
    Path("bad.json").write_text(text)
    refused = lines(run(capture, "bad.json", "--format", "json", expect=1))[0]
    assert refused["stored"] == 0 and "eventList[5]" in refused["errors"][0]["path"]
    partly = lines(run(capture, "bad.json", "--behaviour", "proceed", "--format", "json", expect=1))[0]
    assert {e["path"] for e in partly["errors"]} >= {"epcisBody.eventList[3].eventID"} and partly["refused"] == 2
    assert partly["known"] == len(events) - 2
    assert "追溯数据中没有" in run(trace, "forward", "nothing", expect=1).output
    assert "不是 ISO 8601 时间" in run(trace, "forward", "x", "--moment", "昨天", expect=2).output
    Path("text.db").write_text("这不是数据库，只是一段文字。" * 100)
    assert "不是事件日志" in run(query, "--journal", "text.db", expect=1).output


def test_bulk(run, tmp_path: Path) -> None:
    run(trace, "generate", "--lots", "2000", "--bulk", "--journal", "bulk.db")
    run(trace, "build", "--journal", "bulk.db")
    *_, summary = lines(run(trace, "both", lot_id(3), "--journal", "bulk.db", "--format", "json"))
    assert summary["summary"]["nodes"] > 1
    assert "0 个批次可算清" in run(trace, "recall", lot_id(3), "--journal", "bulk.db").output, "movements only: no balance"
    assert "没有事件原文" in run(trace, "build", "--from-journal", "--journal", "bulk.db", expect=1).output
    assert "已存在" in run(trace, "generate", "--bulk", "--journal", "bulk.db", expect=2).output
    run(trace, "generate", "--lots", "200")
    assert "只供查询" in run(capture, "events/000001.json", "--journal", "bulk.db", expect=1).output


def sold_lot(number: int = 1) -> tuple[str, str]:
    """(lot, its holder) of a sale in a generated document."""
    document = json.loads(Path(f"events/{number:06d}.json").read_text())
    sale = next(e for e in document["epcisBody"]["eventList"] if e.get("bizStep") == "shipping" and e["quantityList"])
    return sale["quantityList"][0]["epcClass"], sale["readPoint"]["id"]


def test_recall_names_the_businesses_and_balances(run, tmp_path: Path) -> None:
    run(trace, "generate", "--lots", "300")
    run(capture, "events/000001.json")
    lot, place = sold_lot()
    gln = place.rpartition("/")[2]
    Path("p.csv").write_text(f"GLN,名称,地址,联系人,电话,许可证号,业态\n{gln},示例农场,示例路1号,某某,0871-1234567,,种植\n")
    told = run(trace, "recall", lot, "--parties", "p.csv", "--sheet", "r.csv")
    assert "不在主体名录中" in told.stderr and f"示例农场（{gln}）" in told.stdout and "种植 1 家" in told.stdout
    table = list(csv.DictReader(Path("r.csv").read_text("utf-8-sig").splitlines()))
    row = next(r for r in table if r["供货者编码"] == place)
    assert (row["供货者名称"], row["供货者联系方式"]) == ("示例农场", "某某 0871-1234567")
    assert {r["购货者名称"] for r in table if r["购货者编码"] != place} == {""}, "who is unknown stays blank"
    Path("p.csv").write_text(f"GLN,名称\n{gln},示例农场\n{gln[:-1]}x,某某\n9520000000011,\n")
    refused = run(trace, "recall", lot, "--parties", "p.csv", expect=1)
    assert "第 4 行“名称”列" in refused.stderr and "parties.required" in refused.stderr and "1 行未采用" in refused.stderr
    plain = lines(run(trace, "recall", lot, "--format", "json"))
    *_, balance = lines(run(trace, "recall", lot, "--balance", "--format", "json"))
    assert "balance" in balance and not any("balance" in r for r in plain)
    assert set(balance["balance"]) == {"thing", "units", "in", "used", "onHand", "inTransit", "unexplained", "holders", "unsure"}
    assert "结存与在途" in run(trace, "recall", lot).output
    whole = run(trace, "recall", lot, "--both", "--format", "json", "--at", gln).stdout
    assert whole == run(trace, "recall", lot, "--both", "--format", "json", "--at", place).stdout, "a bare GLN will do"
    assert "校验码应为" in run(trace, "recall", lot, "--at", "9520000000010", expect=2).output
    assert "不能与 --backward" in run(trace, "recall", lot, "--backward", "--open", "R", expect=2).output
    assert "不能限定步数" in run(trace, "recall", lot, "--depth", "2", "--open", "R", expect=1).output


def test_a_standing_recall_keeps_its_kill_steps(run, tmp_path: Path) -> None:
    run(trace, "generate", "--lots", "300")
    run(capture, "events/000001.json")
    lot, place = sold_lot()
    run(trace, "recall", lot, "--at", place, "--open", "全部")
    run(trace, "recall", lot, "--at", place, "--kill", place, "--kill-thing", lot, "--contact", place, "--open", "杀灭")
    told = run(trace, "recalls").output.splitlines()
    assert "杀灭步骤" in told[1] and "交叉接触" in told[1] and "杀灭" not in told[0]
    run(trace, "build", "--from-journal")
    assert run(trace, "recalls").output.splitlines() == told


@pytest.mark.parametrize("stage", range(6))
def test_an_interruption_leaves_nothing_half_made(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: int) -> None:
    run(trace, "generate", "--lots", "2000")
    run(capture, *sorted(map(str, Path("events").glob("*.json"))))
    lot, _ = sold_lot()
    run(trace, "build")
    run(trace, "recall", lot, "--sheet", "r.csv")
    before = sorted(p for p in tmp_path.rglob("*") if not p.name.endswith(("-wal", "-shm")))
    answer = run(trace, "both", lot, "--format", "json").stdout
    interrupted = (
        ("generate", "--lots", "2000", "--out", "more"), ("generate", "--lots", "2000", "--bulk", "--journal", "bulk.db"),
        ("build",), ("build", "--from-journal"), ("recall", lot, "--sheet", "r.csv"), ("recall", lot, "--sheet", "r.xlsx"),
    )  # fmt: skip

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Progress, "__call__", stop)
        assert "Aborted" in run(trace, *interrupted[stage], expect=1).output
    left = {p for p in tmp_path.rglob("*") if not p.name.endswith(("-wal", "-shm"))} - set(before)
    assert left <= {tmp_path / "more"}, "an empty folder at most"
    assert run(trace, "both", lot, "--format", "json").stdout == answer


def test_progress_moves_on_a_terminal_and_is_sparse_in_a_log() -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    now = [0.0]
    for stream, expected in ((Screen(), 9), (io.StringIO(), 2)):
        now[0] = 0.0
        with Progress(stream, lambda: now[0]) as progress:
            for done in range(40):
                now[0] += 0.3
                progress("装载", done * 1000, 40_000)
        written = stream.getvalue()
        assert written.count("装载") >= expected and "40,000（" in written
        assert written.endswith("\r\x1b[K") == stream.isatty()
    quick = io.StringIO()
    with Progress(quick, lambda: 0.0) as progress:
        progress("装载", 1, 2)
    assert quick.getvalue() == ""


def test_the_first_screen_answers(run, tmp_path: Path) -> None:
    run(trace, "generate", "--lots", "600", "--seed", "4")
    run(capture, *sorted(map(str, Path("events").glob("*.json"))))
    told = run(trace, "forward", lot_id(0)).output.splitlines()
    assert told[0] == "顺向追踪：(01)09520000000004(10)L00000000".replace("09520000000004", lot_id(0).split("/")[4])
    assert [line.split()[0] for line in told[1:6]] == ["涉及", "主体", "数量", "时间", "缺口"]
    few = run(trace, "forward", lot_id(0), "--rows", "2").output
    assert "……另有" in few and "--rows 0" in few
    typed = told[0].partition("：")[2]
    assert run(trace, "forward", typed).output.splitlines() == told, "a lot as shown can be typed back"


def test_columns_line_up_whatever_the_width_of_letters(capsys: pytest.CaptureFixture[str]) -> None:
    shown.table(("主体", "数"), [("甲乙丙", "1"), ("ab", "22")], None, "")
    lines_ = capsys.readouterr().out.splitlines()
    assert [cell_len(line[: -len(line.split()[-1])]) for line in lines_] == [8, 8, 8]


def test_messages_a_user_meets(run, tmp_path: Path) -> None:
    told = run(trace, "generate", "--lots", "300").output
    example = told.rpartition("shian trace both ")[2].strip()
    assert "已有文档" in run(trace, "generate", "--lots", "200", expect=2).output
    run(capture, "events/000001.json")
    *_, summary = lines(run(trace, "both", example, "--format", "json"))
    assert summary["summary"]["edges"] > 2, "the lot named as an example goes somewhere"
    affected = next(r["node"]["time"] for r in lines(run(trace, "forward", example, "--format", "json")) if r["node"]["time"])
    local = datetime.fromisoformat(affected).astimezone(timezone(timedelta(hours=8)))
    assert f"  {local:%Y-%m-%d %H:%M}  " in run(trace, "forward", example).output
    assert "后缀应为" in run(trace, "recall", example, "--sheet", "r.pdf", expect=2).output
    assert "不能写入" in run(trace, "recall", example, "--sheet", "no/such/r.csv", expect=1).output
    assert not Path("r.pdf").exists()
    Path("latin.csv").write_bytes("村社,平台".encode("gb18030"))
    assert "不是 UTF-8" in run(trace, "both", example, "--platforms", "latin.csv", expect=1).output
    Path("three.csv").write_text("a,b\na,b,c\n")
    assert "第 2 行：应为两列" in run(trace, "both", example, "--platforms", "three.csv", expect=1).output
    Path("cut.json").write_text('{"type": "EPCIS')
    refused = run(capture, "cut.json", expect=1)
    assert "文档：不是合法的 JSON" in refused.stderr and "拒绝 1" in refused.stdout
    Path("bare.json").write_text("{}")
    (record,) = lines(run(capture, "bare.json", "--format", "json", expect=1))
    assert record["refused"] == 1 < len(record["errors"]), "one document, however many rules it breaks"


def test_files_of_other_programs_are_left_alone(run, tmp_path: Path) -> None:
    Path("text.db").write_text("这不是数据库，只是一段文字。" * 100)
    with closing(sqlite3.connect("other.db")) as db:
        db.execute("CREATE TABLE invoices (id)")
    before = Path("other.db").read_bytes()
    for file in ("text.db", "other.db"):
        for asked in ([trace, "forward", "x"], [trace, "build"], [query]):
            assert "不是事件日志" in run(*asked, "--journal", file, expect=1).output
    assert Path("other.db").read_bytes() == before
