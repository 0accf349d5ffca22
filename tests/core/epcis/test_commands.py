"""``shian epcis validate|convert|hash``: exit codes, lines for machines, messages for people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.core.epcis.test_jsonld import MILK, document
from tests.core.epcis.test_xml import OLD

from shian.core.epcis import event_hash, profile_names, read_document
from shian.site.cli import main
from shian.site.commands import _epcis_files, _epcis_store, epcis


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    made = {
        "good": document(MILK),
        "old": OLD.encode(),
        "bad": document({**MILK, "eventTime": "2026-02-30T00:00:00Z"}),
        "bomb": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
    }
    for name, data in made.items():
        (tmp_path / name).write_bytes(data)
    return {name: str(tmp_path / name) for name in made}


def run(*arguments: str, data: bytes | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["epcis", *arguments], input=data)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def test_validate_prints_one_object_a_file(files: dict[str, str]) -> None:
    code, out, _ = run("validate", *files.values(), "--format", "json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 1 and [line["valid"] for line in lines] == [True, True, False, False]
    assert [line["file"] for line in lines] == list(files.values())
    wrong = lines[2]["errors"][0]
    assert wrong["path"] == "epcisBody.eventList[0].eventTime" and wrong["rule"] == "schema.format.date-time"
    assert "2026-02-30T00:00:00Z" in wrong["message"] and lines[3]["errors"][0]["rule"] == "xml.doctype"
    assert run("validate", files["good"], files["old"])[0] == 0


def test_validate_with_a_profile(files: dict[str, str]) -> None:
    code, out, _ = run("validate", files["good"], "--profile", "vegetables")
    assert code == 1 and "农产品质量安全法第二十七条" in out
    code, _, err = run("validate", files["good"], "--profile", "nope")
    assert code == 2 and "vegetables" in err


@pytest.mark.parametrize(
    "arguments", [[], ["validate"], ["validate", "absent.json"], ["convert", "x", "--to", "csv"], ["hash"]]
)
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    assert run(*arguments)[0] == 2


def test_convert_there_and_back(files: dict[str, str]) -> None:
    code, xml, _ = run("convert", files["good"], "--to", "xml")
    assert code == 0 and xml.startswith("<?xml")
    code, back, _ = run("convert", "-", "--to", "json", data=xml.encode())
    assert code == 0 and json.loads(back)["epcisBody"] == json.loads(document(MILK))["epcisBody"]
    code, old, _ = run("convert", files["old"], "--to", "xml", "--xml-version", "1.2")
    assert code == 0 and 'schemaVersion="1.2"' in old
    code, _, err = run("convert", files["good"], "--to", "xml", "--xml-version", "1.2")
    assert code == 1 and "sensorElementList" in err
    assert run("convert", files["bad"], "--to", "json")[0] == 1


@pytest.mark.parametrize("version", ["CBV2.0", "CBV2.1"])
def test_hash_prints_one_object_an_event(files: dict[str, str], version: str) -> None:
    code, out, _ = run("hash", files["good"], "--version", version)
    (event,) = read_document(document(MILK)).events
    assert code == 0
    assert json.loads(out) == {"index": 0, "eventID": MILK["eventID"], "hash": event_hash(event, version)}  # type: ignore[arg-type]
    assert run("hash", files["bomb"])[0] == 1


def test_hash_is_computed_for_a_word_the_schema_refuses_and_refused_where_it_would_have_to_guess(
    tmp_path: Path,
) -> None:
    path = tmp_path / "urn.json"
    path.write_bytes(document({**MILK, "bizStep": "urn:epcglobal:cbv:bizstep:commissioning"}))
    code, out, err = run("hash", str(path))
    (event,) = read_document(document(MILK)).events
    assert code == 0 and json.loads(out)["hash"] == event_hash(event) and "schema.vocabulary" in err
    for wrong in (
        {"eventTime": "soon"},
        {"quantityList": [{"quantity": 1}]},
        {"epcList": "urn:ex:1"},
        {"readPoint": {}},
    ):
        path.write_bytes(document({**MILK, **wrong}))
        code, out, err = run("hash", str(path))
        assert code == 1 and not out and err


def test_a_document_beyond_the_limit_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as huge:  # a hole of 3 GB takes no room on disk, and must take none in memory
        huge.truncate(3 * 2**30)
    for command in (
        ["validate"],
        ["hash"],
        ["convert", "--to", "xml"],
        ["capture", "--journal", str(tmp_path / "j.db")],
    ):
        code, out, err = run(*command, str(path))
        assert code == 1 and "limit.size" in out + err and "请分为几份" in out + err


def test_a_table_says_once_what_many_fields_have_and_lists_the_first_problems(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(document(*[{**MILK, "action": "THINK"}] * 30))
    code, out, _ = run("validate", str(path))
    assert code == 1 and len(out.splitlines()) == 2 and "epcisBody.eventList[0].action 等 30 处" in out
    path.write_bytes(document(*[{**MILK, "eventTime": f"soon {n}"} for n in range(80)]))
    code, out, _ = run("validate", str(path))
    assert code == 1 and len(out.splitlines()) == 52 and "另有 30 处" in out.splitlines()[-1]
    code, out, _ = run("validate", str(path), "--format", "json")
    assert len(json.loads(out)["errors"]) == 80


@pytest.mark.parametrize("command", [["validate"], ["capture", "--journal", "j.db"]])
def test_an_interruption_is_explained(
    files: dict[str, str], tmp_path: Path, command: list[str], monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    read, given = _epcis_files.read_bounded, iter([files["good"]])

    def interrupted(path: Path) -> bytes:
        if next(given, None) is None:
            raise KeyboardInterrupt
        return read(path)

    for module in (epcis, _epcis_store):
        monkeypatch.setattr(module, "read_bounded", interrupted)
    code, out, err = run(*command, files["good"], files["old"])
    assert code == 130 and "已中断" in err and files["good"] in out and files["old"] not in out


@pytest.mark.parametrize("command", [["hash"], ["convert", "--to", "xml"]])
def test_an_interrupted_reading_prints_nothing(
    files: dict[str, str], command: list[str], monkeypatch: Any
) -> None:
    def interrupted(path: Path) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(epcis, "read_bounded", interrupted)
    code, out, err = run(*command, files["good"])
    assert code == 130 and not out and "已中断" in err


def test_long_work_is_announced_to_people_only(
    files: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_epcis_files, "LONG", 1)
    assert "正在" not in run("validate", files["good"])[2]
    monkeypatch.setattr(_epcis_files, "_watched", lambda: True)
    assert "正在校验" in run("validate", files["good"])[2]


def test_the_help_names_every_profile() -> None:
    told = "".join(run("validate", "--help")[1].split())
    assert all(name in told for name in profile_names())
