"""``docs/tracing.md`` is executed as it stands there, from an empty folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tracing.md"
BLOCKS = re.findall(r"```(sh|python)\n(.*?)```", PAGE.read_text("utf-8"), re.S)


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder after every block of the page, one after the other, in one shell."""
    folder = tmp_path_factory.mktemp("walk")
    script = ["set -euo pipefail"]
    for number, (language, text) in enumerate(BLOCKS):
        if language == "python":
            (folder / f"block{number}.py").write_text(text, "utf-8")
            text = f"python block{number}.py > block{number}.txt"
        script.append(text)
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (folder / "said.txt").write_text(done.stdout, "utf-8")
    return folder


def test_command_line_and_library_follow_the_lot_to_the_same_businesses(walked: Path) -> None:
    sheet = (walked / "sheet.csv").read_text("utf-8-sig").splitlines()
    printed = next(walked.glob("block*.txt")).read_text("utf-8").splitlines()
    assert len(printed) > 20
    assert len(sheet) > 20
    places = {line.split()[2] for line in printed[:-1]}
    assert all(any(place in row for row in sheet[1:]) for place in list(places)[:5])


def test_the_page_finds_the_source_and_fixes_the_record(walked: Path) -> None:
    assert '"farm": 1' in (walked / "scores.json").read_text("utf-8")
    assert (walked / "receipt.tlog-proof").stat().st_size < 3000
    said = (walked / "said.txt").read_text("utf-8")
    assert "R-1" in said
