"""Peers from npm, run on the same input. ``make bench`` installs them (``bench/peers``); without them, or without
node, the benches say so and go on."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "peers"


def run(package: str, script: str, payload: Any) -> Any:
    """What ``script`` prints as JSON, given ``payload`` as ``input`` and the package as ``peer``; ``None`` if absent."""
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules" / package).is_dir():
        print(f"peer absent: {package} (node or bench/peers/node_modules not found)")
        return None
    head = (
        f"const peer = require({json.dumps(package)});"
        "const input = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "const cpu = () => { const u = process.cpuUsage(); return (u.user + u.system) / 1e6; };"
    )
    done = subprocess.run(
        [node, "-e", head + script],
        input=json.dumps(payload),
        capture_output=True,
        text=True,
        cwd=FOLDER,
        check=False,
    )
    if done.returncode:
        print(f"peer failed: {package}: {done.stderr.strip().splitlines()[-1:]}")
        return None
    return json.loads(done.stdout.strip().splitlines()[-1])
