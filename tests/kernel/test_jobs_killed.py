"""kill -9 at random moments: the next worker goes on, nothing is done twice, nothing is left out."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("killed_worker.py")


def run(tmp_path, kills, seed):
    env = os.environ | {"SHIAN_DATA": str(tmp_path), "SHIAN_DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3"}
    command = [sys.executable, str(SCRIPT), str(kills), str(seed)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def check(report):
    assert report["rows"] == report["changes"] == report["wanted"]
    assert report["distinct"] == report["wanted"] // 2, "each of the two jobs wrote each number once"
    assert report["states"] == ["done", "done"] and report["failures"] == ["", ""]
    assert report["done"] == [report["wanted"] // 2] * 2


def test_worker_killed_four_times(tmp_path):
    report = run(tmp_path, 4, seed=1)
    assert report["killed_amid"] == 4
    check(report)


@pytest.mark.full
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_worker_killed_at_20_random_points(tmp_path, seed):
    report = run(tmp_path, 20, seed)
    assert report["killed_amid"] == 20
    check(report)
