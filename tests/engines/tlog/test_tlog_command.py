"""``shian log`` from an empty folder to a proved record and a found forgery."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from shian.site.commands.log import command


class Shell:
    """Runs commands in one folder; names of files are joined to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *words: str) -> tuple[int, str, str]:
        files = [str(self.folder / w[1:]) if w.startswith("@") else w for w in words]
        result = CliRunner().invoke(command, files)
        return result.exit_code, result.stdout, result.stderr

    def json(self, *words: str) -> Any:
        code, out, err = self(*words, "--format", "json")
        assert code == 0, err
        return json.loads(out)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    run = Shell(tmp_path)
    log_key = run.json("keygen", "county.example/trace", "@log.key")["vkey"]
    keys = {n: run.json("keygen", n, f"@{n}.key", "--witness")["vkey"] for n in ("city", "province")}
    policy = [
        f"log {log_key}",
        *(f"witness {n} {k}" for n, k in keys.items()),
        "group both all city province",
    ]
    (tmp_path / "policy").write_text("\n".join([*policy, "quorum both"]))
    (tmp_path / "vkey").write_text(log_key)
    (tmp_path / "records").write_text("".join(f"记录 {i}\n" for i in range(1000)))
    run.json("init", "@log.db", "--origin", "county.example/trace")
    assert run.json("append", "@log.db", "@records")["size"] == 1000
    run.json("checkpoint", "@log.db", "--key", "@log.key", "-o", "@checkpoint")
    for name in ("city", "province"):
        run.json(
            "witness", "@log.db", "--state", f"@{name}.db", "--key", f"@{name}.key", "--log-key", log_key
        )
    return run


def test_receipt_is_proved_and_a_changed_record_is_not(shell: Shell) -> None:
    shell.json("prove", "@log.db", "123", "-o", "@r.tlog-proof")
    proved = shell.json("verify", "@r.tlog-proof", "--policy", "@policy", "--line", "记录 123")
    assert proved["valid"] and (proved["index"], proved["size"]) == (123, 1000)
    code, out, _ = shell(
        "verify", "@r.tlog-proof", "--policy", "@policy", "--line", "记录 124", "--format", "json"
    )
    assert code == 1 and json.loads(out)["valid"] is False
    assert shell("verify", "@r.tlog-proof", "--policy", "@policy")[0] == 2
    assert shell("prove", "@log.db", "1000", "-o", "@x")[0] == 1
    _, out, _ = shell("verify", "@r.tlog-proof", "--policy", "@policy", "--line", "记录 123")
    assert "有效：是" in out and "序号：123" in out


def test_private_key_file_is_not_overwritten_nor_readable_by_others(shell: Shell) -> None:
    assert (shell.folder / "log.key").stat().st_mode & 0o077 == 0
    code, _, err = shell("keygen", "x", "@log.key")
    assert code == 1 and "已存在，私钥不覆盖" in err


def test_audit_names_what_was_done(shell: Shell) -> None:
    audit = ("audit", "@log.db", "@records", "--policy", "@policy", "--format", "json")
    code, out, _ = shell(*audit)
    assert code == 0 and json.loads(out) == {"size": 1000, "checkpoints": 1, "findings": 0}
    lines = (shell.folder / "records").read_text().splitlines(keepends=True)
    (shell.folder / "records").write_text("".join([*lines[:40], "伪造\n", *lines[41:]]))
    code, out, _ = shell(*audit)
    first = json.loads(out.splitlines()[0])
    assert code == 1 and (first["kind"], first["index"]) == ("altered", 40)
    code, out, _ = shell("audit", "@log.db", "@records")
    assert code == 1 and "第 40 条" in out


def test_audit_of_a_rewritten_log_fails_against_a_kept_checkpoint(shell: Shell) -> None:
    db = sqlite3.connect(shell.folder / "log.db")
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.execute(f'DROP TRIGGER "{name}"')
    db.execute("DELETE FROM bundle WHERE n = 3")
    db.commit()
    db.close()
    assert shell("audit", "@log.db", "--checkpoint", "@checkpoint")[0] == 1


def test_witness_refuses_a_fork(shell: Shell) -> None:
    (shell.folder / "log.db").unlink()
    for rest in shell.folder.glob("log.db-*"):
        rest.unlink()
    shell.json("init", "@log.db", "--origin", "county.example/trace")
    (shell.folder / "records").write_text("".join(f"另一份 {i}\n" for i in range(1200)))
    shell.json("append", "@log.db", "@records")
    shell.json("checkpoint", "@log.db", "--key", "@log.key")
    vkey = (shell.folder / "vkey").read_text()
    code, _, err = shell("witness", "@log.db", "--state", "@city.db", "--key", "@city.key", "--log-key", vkey)
    assert code == 1 and "422" in err


def test_hex_digests_export_and_refusals(shell: Shell) -> None:
    (shell.folder / "hex").write_text("00" * 32 + "\n" + "ff" * 32 + "\n")
    assert shell.json("append", "@log.db", "@hex", "--hex")["size"] == 1002
    (shell.folder / "hex").write_text("00" * 32 + "\nzz\n")
    code, _, err = shell("append", "@log.db", "@hex", "--hex")
    assert code == 1 and "第 2 行" in err
    assert shell.json("export", "@log.db", "@site")["size"] == 1000
    assert (shell.folder / "site/tile/0/003.p/232").is_file()
    (shell.folder / "text").write_text("no log")
    assert shell("append", "@text", "@records")[0] == 1
    assert shell("append", "@absent", "@records")[0] == 2
    assert shell("checkpoint", "@log.db", "--key", "@city.key")[0] == 1
