"""Snapshots on disk, mapped into memory.

The files are plain ``.npy`` columns, so that every process of a machine maps the same pages: 10 M states and 12.5 M
edges take about 240 MB a direction, once.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shian.core.trace.snapshot import Nodes, Payload, Side, Snapshot

_COLUMNS = {
    "forward": ("indptr", "other", "depart", "arrive"),
    "backward": ("indptr", "other", "depart", "arrive"),
    "payload": ("event", "kind", "mantissa", "scale", "unit", "pack", "until"),
    "nodes": ("place", "flags", "first", "last"),
}
_PLAIN = ("position", "by_place", "at_place")
_POINTER = "CURRENT"


def save(snapshot: Snapshot, folder: Path, generation: str = "0") -> Path:
    """Write ``snapshot`` beside its predecessors and point to it in one step; returns its own folder, whose name
    begins with ``generation``: the derivation of the graph that its node numbers belong to.

    A crash at any moment leaves the earlier snapshot in place, an interruption nothing beside it. Readers keep the
    files that they have mapped.
    """
    folder.mkdir(parents=True, exist_ok=True)
    home = folder / f"{generation}-{uuid.uuid4().hex[:12]}"
    try:
        _write(snapshot, home)
        pointer = folder / f".{home.name}"
        pointer.write_text(home.name, encoding="utf-8")
        os.replace(pointer, folder / _POINTER)
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise
    for old in folder.iterdir():
        if old.is_dir() and old != home:
            shutil.rmtree(old, ignore_errors=True)
    return home


def _write(snapshot: Snapshot, home: Path) -> None:
    home.mkdir()
    for part, columns in _COLUMNS.items():
        for column in columns:
            np.save(home / f"{part}.{column}.npy", getattr(getattr(snapshot, part), column))
    for column in _PLAIN:
        np.save(home / f"{column}.npy", getattr(snapshot, column))
    marks = {name: getattr(snapshot, name) for name in ("units", "edge_mark", "gone_mark", "node_mark")}
    (home / "meta.json").write_text(json.dumps(marks), encoding="utf-8")


def current(folder: Path) -> str | None:
    """The name of the snapshot in force in ``folder``, or None where there is none."""
    try:
        return (folder / _POINTER).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def load(folder: Path) -> Snapshot:
    """Map the snapshot in force. Raises ``FileNotFoundError`` where there is none."""
    home = folder / (folder / _POINTER).read_text(encoding="utf-8")

    def read(name: str) -> npt.NDArray[np.generic]:
        path = home / f"{name}.npy"
        array: npt.NDArray[np.generic] = np.load(path, mmap_mode="r")
        return np.asarray(array)

    parts = {part: [read(f"{part}.{c}") for c in columns] for part, columns in _COLUMNS.items()}
    meta = json.loads((home / "meta.json").read_text(encoding="utf-8"))
    return Snapshot(
        Side(*parts["forward"]),  # type: ignore[arg-type]
        Side(*parts["backward"]),  # type: ignore[arg-type]
        payload=Payload(*parts["payload"]),  # type: ignore[arg-type]
        nodes=Nodes(*parts["nodes"]),  # type: ignore[arg-type]
        units=tuple(meta["units"]),
        **{name: read(name) for name in _PLAIN},  # type: ignore[arg-type]
        **{name: meta[name] for name in ("edge_mark", "gone_mark", "node_mark")},
    )
