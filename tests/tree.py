"""A copy of the project's tree in which a test may take an app away or write a new one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


class Tree:
    """Commands run in the copy, on the copy's own source, with a data folder of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.src = root / "src" / "shian"
        mine = ("SHIAN_", "DJANGO_", "PYTEST_", "COV_")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(mine) and k != "CI"}
        self.env = kept | {"PYTHONPATH": str(root / "src"), "SHIAN_DATA": str(root.parent / "data")}

    def run(self, *args: str, ok: bool = True) -> str:
        """What ``python args`` prints in the copy; a failure fails the test with all that was said."""
        done = subprocess.run(
            [sys.executable, *args], cwd=self.root, env=self.env, capture_output=True, text=True, check=False
        )
        said = (done.stdout + done.stderr)[-6000:]
        assert (done.returncode == 0) is ok, f"{' '.join(args)}: exit {done.returncode}\n{said}"
        return done.stdout

    def shian(self, *args: str, ok: bool = True) -> str:
        return self.run("-c", "from shian.site.cli import main; main()", *args, ok=ok)

    def manage(self, *args: str) -> str:
        return self.run("manage.py", *args)

    def edit(self, path: str, old: str, new: str) -> None:
        file = self.root / path
        text = file.read_text("utf-8")
        assert old in text, f"{path}: {old!r} is not there"
        file.write_text(text.replace(old, new), "utf-8")


def copy_tree(to: Path) -> Tree:
    """What git knows, as it stands in the working copy."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in listed.stdout.decode().split("\0"):
        source = ROOT / name
        if name and source.is_file() and not name.startswith("docs/screens"):
            target = to / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    return Tree(to)
