"""Long work of ``shian trace``: the demonstration economy, the index. Interrupted, it leaves nothing half made."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from shian.site.commands._epcis_store import open_journal
from shian.site.commands._progress import Progress
from shian.site.commands._trace_ask import index_folder


def load_economy(world: Any, path: Path) -> None:
    """The world in bulk into a new journal, made beside its place."""
    from shian.site.demo.economy import load

    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        journal, _ = open_journal(part)
        try:
            with Progress() as progress:
                load(world, journal.db, progress)
        finally:
            journal.close()
        part.rename(path)
    finally:
        for left in (part, *part.parent.glob(f"{part.name}-*")):
            left.unlink(missing_ok=True)


def write_economy(world: Any, out: Path) -> int:
    """The world as documents in ``out``; returns their number."""
    from shian.site.demo.economy import documents

    out.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    try:
        with Progress() as progress:
            for data in documents(world):
                written.append(out / f"{len(written) + 1:06d}.json")
                written[-1].write_bytes(data)
                progress("写 EPCIS 文档", len(written))
    except BaseException:
        for file in written:
            file.unlink(missing_ok=True)
        raise
    return len(written)


def build_index(path: Path, from_journal: bool) -> dict[str, Any]:
    """Build the index of the journal at ``path``, after deriving the graph anew if told; returns what was made."""
    from shian.engines.trace import LiveIndex

    start = time.perf_counter()
    journal, _ = open_journal(path, must_exist=True)
    try:
        with Progress() as progress:
            if from_journal:
                if journal.db.execute("SELECT 1 FROM graph_meta WHERE name = 'event_pattern'").fetchone():
                    raise click.ClickException("这是批量装载的演示库，没有事件原文，不能由日志重新推导")
                journal.observers[0].rebuild(journal, progress)  # type: ignore[attr-defined]
            with LiveIndex(path) as index:
                folder = index.save(index_folder(path), progress)
                return {
                    "journal": str(path), "index": str(folder.parent), "nodes": len(index.snapshot.nodes),
                    "edges": len(index.snapshot.forward.other), "bytes": sum(f.stat().st_size for f in folder.iterdir()),
                    "seconds": round(time.perf_counter() - start, 3),
                }  # fmt: skip
    finally:
        journal.close()
