"""The same function over many jobs, in this process or in several, answers in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.pool import Pool
from types import TracebackType
from typing import TypeVar

Job = TypeVar("Job")
Answer = TypeVar("Answer")


class Workers:
    """``processes`` of them, started when first needed; with 1 the work is done where it is asked for.

    A context manager. Jobs and answers travel between processes, functions must be at module level. The
    processes are started fresh ("spawn"), never forked: an open SQLite file must not be carried across.
    """

    def __init__(self, processes: int = 1) -> None:
        self._processes = processes
        self._pool: Pool | None = None

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.terminate()
            self._pool.join()

    def map(self, function: Callable[[Job], Answer], jobs: Sequence[Job]) -> Iterator[Answer]:
        """The answers, in the order of ``jobs``."""
        if self._processes == 1 or len(jobs) < 2:
            return map(function, jobs)
        if self._pool is None:
            self._pool = get_context("spawn").Pool(self._processes)
        return self._pool.imap(function, jobs)
