"""kill -9 at any point: the journal opens, nothing acknowledged is lost, nothing half-stored is seen."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from tests.engines.journal.killing import SCENARIOS
from tests.engines.trace import events as ev

from shian.engines.journal import Journal, Status
from shian.engines.journal.store import NotAJournal

FULL = {"create": 50, "capture": 150, "save": 25, "rebuild": 40, "bulk": 30}


def run(scenario: str, kills: int, seed: int) -> str:
    """The whole of it in a process of its own, which forks its victims."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "tests.engines.journal.killing", scenario, str(kills), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_killed_while_capturing() -> None:
    assert "16 kills" in run("capture", 16, 1)


@pytest.mark.full
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_killed_at_many_random_points(scenario: str) -> None:
    """Making the file, capturing, saving the index, deriving the graph anew, loading in bulk: several hundred kills."""
    assert f"{FULL[scenario]} kills" in run(scenario, FULL[scenario], 7)


def test_a_journal_is_made_at_once_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between the making of two tables, it was taken for another program's database ever after."""
    monkeypatch.setattr("shian.engines.journal.store._SCHEMA", "CREATE TABLE capture (id); CREATE TABLE (")
    with pytest.raises(sqlite3.OperationalError):
        Journal(tmp_path / "j.db")
    monkeypatch.undo()
    assert Journal(tmp_path / "j.db").capture([ev.make(0, "F", "A")], ev.NOW).items[0].status is Status.STORED
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE capture (id)")
    with pytest.raises(NotAJournal, match="capture"):
        Journal(tmp_path / "other.db")
