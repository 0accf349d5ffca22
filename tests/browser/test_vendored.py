"""The committed front end is what ``frontend/`` builds, byte for byte, and none of it names an outside host."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "src" / "shian" / "kernel" / "ui" / "static" / "ui"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_committed_files_are_what_the_build_makes(tmp_path):
    if not shutil.which("node") or not (ROOT / "frontend" / "node_modules").is_dir():
        pytest.skip("no node, or npm ci has not been run in frontend/")
    made = tmp_path / "ui"
    subprocess.run(
        ["node", "build.mjs"],
        cwd=ROOT / "frontend",
        env={**os.environ, "SHIAN_UI_OUT": str(made)},
        check=True,
        capture_output=True,
    )
    fresh, kept = contents(made), contents(BUILT)
    assert fresh.keys() == kept.keys()
    assert [name for name in fresh if fresh[name] != kept[name]] == []


def test_nothing_is_fetched_from_elsewhere():
    css = (BUILT / "shell.css").read_text("utf-8")
    assert re.findall(r"url\((?!shapes/)", css) == []
    for path in (ROOT / "src").rglob("*.html"):
        found = re.findall(r'(?:src|href|action)="(https?:)?//', path.read_text("utf-8"))
        assert found == [], path
