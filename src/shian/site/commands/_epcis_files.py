"""Documents at the command line: read within bounds, long work announced, an interruption explained."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shian.core.words import say

if TYPE_CHECKING:
    from shian.core.epcis import Problem

LONG = 4 * 2**20
"""Bytes from which the work on a document takes longer than people wait without a word."""

MOST_SHOWN = 50
"""Different problems of one document that a table lists; machines get all."""


def read_bounded(path: Path) -> bytes:
    """The document in a file, or on standard input for ``-``. Raises :class:`~shian.core.epcis.EpcisError` for one
    beyond the limit, of which no more than that is read."""
    from shian.core.epcis import EpcisError
    from shian.core.epcis.document import MAX_XML_BYTES as MOST

    with nullcontext(sys.stdin.buffer) if str(path) == "-" else path.open("rb") as source:
        data = source.read(MOST + 1)
    if len(data) > MOST:
        raise EpcisError(
            "",
            "limit.size",
            say("文档超过 %(most)s MiB，请分为几份（每份几千个事件为宜）", most=MOST // 2**20),
        )
    return data


def _watched() -> bool:
    return sys.stderr.isatty()


def announce(path: Path, what: str, size: int) -> None:
    """Say what is being done where it will take a while and somebody watches."""
    if size >= LONG and _watched():
        click.echo(f"{path}（{size / 1e6:.0f} MB）：{what}…", err=True)


def with_progress(files: Sequence[Path], label: str, quiet: bool) -> Iterator[Path]:
    """The files, behind a progress bar where there are many and somebody watches."""
    if quiet or len(files) < 20 or not _watched():
        yield from files
        return
    with click.progressbar(files, label=label, file=sys.stderr) as bar:
        yield from bar


@contextmanager
def interruptible(note: str) -> Iterator[None]:
    """Ctrl-C ends the command with ``note`` and the code that shells expect."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo(f"\n已中断。{note}", err=True)
        sys.exit(130)


def tell_problems(problems: Sequence[Problem], line: str, *, err: bool) -> None:
    """Lines for people, by the pattern ``line``: what is said of many fields once, with the first of them; of very
    many different problems the first."""
    places: dict[tuple[str, str], list[str]] = {}
    for problem in problems:
        places.setdefault((problem.rule, problem.message), []).append(problem.path or "文档")
    for (rule, message), paths in list(places.items())[:MOST_SHOWN]:
        where = paths[0] if len(paths) == 1 else f"{paths[0]} 等 {len(paths)} 处"
        click.echo(line.format(path=where, rule=rule, message=message), err=err)
    if rest := sum(len(paths) for paths in list(places.values())[MOST_SHOWN:]):
        click.echo(f"  …另有 {rest} 处，用 --format json 列出全部", err=err)
