"""The log as stored: bundles against tiles, tiles against tiles, all of it against checkpoints."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from shian.core.tlog.bulk import TreeHasher
from shian.core.tlog.checkpoint import Checkpoint
from shian.core.tlog.tree import HASH_SIZE
from shian.core.words import say

from ..log import TILE_HEIGHT, TILE_WIDTH, Log, LogError
from .finding import Finding, Progress
from .workers import Workers

_SPAN = 1024
_FULL = TILE_WIDTH * HASH_SIZE
_NO_ROOT = bytes(HASH_SIZE)


@dataclass(frozen=True)
class _Span:
    """Full bundles ``start..end`` of the log at ``path``."""

    path: str
    start: int
    end: int


def check_log(
    log: Log,
    trusted: Sequence[Checkpoint] = (),
    progress: Progress | None = None,
    workers: Workers | None = None,
) -> list[Finding]:
    """Hash all entries anew and compare with the stored tiles and the ``trusted`` checkpoints.

    Each stored level is compared with the roots over the level *stored* below it, so one changed entry is one
    finding; where all agree, the stored hashes are those of the entries. Entries appended meanwhile are left out.
    """
    log.forget()
    size = log.size
    findings: list[Finding] = []
    roots = b""
    spans = [
        _Span(str(log.path), start, min(start + _SPAN, size // TILE_WIDTH))
        for start in range(0, size // TILE_WIDTH, _SPAN)
    ]
    for span, (computed, damaged) in zip(
        spans, (workers or Workers()).map(_bundle_roots, spans), strict=True
    ):
        roots += computed
        findings += [_damage(number) for number in damaged]
        if progress:
            progress(span.end * TILE_WIDTH, size)
    findings += _check_tiles(log, roots, {f.index for f in findings})
    return findings + _check_checkpoints(log, size, trusted)


def _bundle_roots(span: _Span) -> tuple[bytes, list[int]]:
    """Roots of the bundles, and the numbers of those that are absent or cut (their root is given as zeros)."""
    db = sqlite3.connect(span.path)
    try:
        rows = db.execute(
            "SELECT n, digests FROM bundle WHERE n >= ? AND n < ? ORDER BY n", (span.start, span.end)
        ).fetchall()
    finally:
        db.close()
    whole = {number: blob for number, blob in rows if len(blob) == _FULL}
    hasher = TreeHasher()
    leaves = hasher.leaves(b"".join(whole.values()))
    found = hasher.roots(leaves, TILE_HEIGHT)
    if len(whole) == span.end - span.start:
        return found, []
    root_of = {n: found[i * HASH_SIZE : (i + 1) * HASH_SIZE] for i, n in enumerate(whole)}
    numbers = range(span.start, span.end)
    return b"".join(root_of.get(n, _NO_ROOT) for n in numbers), [n for n in numbers if n not in whole]


def _damage(number: int) -> Finding:
    first = number * TILE_WIDTH
    return Finding(
        "tile",
        first,
        say("第 %(first)s–%(last)s 条：条目块缺失或被截短", first=first, last=first + TILE_WIDTH - 1),
    )


def _check_tiles(log: Log, computed: bytes, known: set[int]) -> Iterator[Finding]:
    """Stored tiles, whole tiles as bytes, against the roots over the level below; ``known`` is named already."""
    hasher, level = TreeHasher(), 1
    while computed:
        below = b""
        for number, at in enumerate(range(0, len(computed), _FULL)):
            true = computed[at : at + _FULL]
            held = log.stored_tile(level, number)[: len(true)]
            for place in _differences(held, true):
                first = (number * TILE_WIDTH + place) << TILE_HEIGHT * level
                if first not in known:
                    yield _mismatch(level, first)
            if len(true) == _FULL:
                below += held if len(held) == _FULL else true
        computed, level = hasher.roots(below, TILE_HEIGHT), level + 1


def _differences(held: bytes, true: bytes) -> list[int]:
    """Places of the hashes that differ; what is not held at all differs."""
    if held == true:
        return []
    rows = np.frombuffer(held.ljust(len(true), b"\0"), np.uint8).reshape(-1, HASH_SIZE)
    return [
        int(i) for i in np.flatnonzero((rows != np.frombuffer(true, np.uint8).reshape(-1, HASH_SIZE)).any(1))
    ]


def _mismatch(level: int, first: int) -> Finding:
    last = first + (1 << TILE_HEIGHT * level) - 1
    what = "条目或其哈希被改写" if level == 1 else say("第 %(level)s 层或其下一层哈希被改写", level=level)
    return Finding(
        "tile",
        first,
        say(
            "第 %(first)s–%(last)s 条与第 %(level)s 层哈希不符：%(what)s",
            first=first,
            last=last,
            level=level,
            what=what,
        ),
    )


def _check_checkpoints(log: Log, size: int, trusted: Sequence[Checkpoint]) -> list[Finding]:
    """The first checkpoint that does not fit, with the last before it that does; and the largest cut off."""
    fits = 0
    found: list[Finding] = []
    for checkpoint in sorted(trusted, key=lambda c: c.size):
        if checkpoint.size > size:
            text = say(
                "检查点记有 %(size)s 条，日志只剩 %(size_2)s 条：末尾被截去",
                size=checkpoint.size,
                size_2=size,
            )
            return [*found, Finding("checkpoint", size, text)]
        if found:
            continue
        try:
            agrees = log.root(checkpoint.size) == checkpoint.root
        except LogError:  # a bundle or tile that it needs is gone
            agrees = False
        if agrees:
            fits = checkpoint.size
        else:
            text = say(
                "前 %(size)s 条的根与检查点不符：第 %(fits)s–%(last)s 条之间有条目被改写、删除或调换",
                size=checkpoint.size,
                fits=fits,
                last=checkpoint.size - 1,
            )
            found.append(Finding("checkpoint", fits, text))
    return found
