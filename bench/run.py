"""Runs every bench, one after the other, and prints its lines. ``--full`` for the sizes of the goals."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
HELPERS = {"run.py", "node_peers.py"}


def main() -> int:
    failed = []
    for path in sorted(HERE.rglob("*.py")):
        if path.name in HELPERS or path.name.startswith("_"):
            continue
        print(f"\n## {path.relative_to(HERE)}", flush=True)
        if subprocess.run([sys.executable, path, *sys.argv[1:]], cwd=HERE.parent, check=False).returncode:
            failed.append(path.name)
    print(f"\n{len(failed)} failed: {', '.join(failed)}" if failed else "\nall ran")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
