"""What a job can be: step functions, registered by name.

    @job("import.apply", title="导入")
    def apply(job: Job, cursor: dict) -> Step:
        rows = read(job.args["session"], start=cursor.get("row", 0), count=500)
        for row in rows: ...
        return Step({"row": ...}, done=..., total=..., finished=not rows)

The step runs inside the transaction that stores its cursor. A step that has much to compute is written
as a generator: everything before its ``yield`` runs outside the transaction, what follows inside it, so
that other writers wait for the writing only (architecture, point 9):

    def apply(job, cursor):
        checked = validate(read(...))
        yield
        write(checked)
        return Step(...)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _

CHUNK = 500
"""Rows a step should write; never more than 2,000 (one transaction stays well below a second)."""


class JobFailed(Exception):
    """Trying again cannot help: the job fails at once, with this text for its owner."""


@dataclass(frozen=True)
class Step:
    """What one step achieved. ``cursor`` is all the next step gets to know; plain JSON."""

    cursor: dict = field(default_factory=dict)
    done: int = 0
    total: int | None = None
    message: str = ""
    finished: bool = False
    url: str = ""
    """Where to see the result, once there is one."""



StepFunction = Callable[[Any, dict], Step | Generator[None, None, Step]]
"""``step(job, cursor)``; the row of the job stands above this file."""


@dataclass(frozen=True)
class Kind:
    name: str
    title: str
    step: StepFunction
    attempts: int
    """Failures in a row after which the job is given up."""
    lease: dt.timedelta
    """Longer than any step may take; a crashed worker's job is taken over after it."""
    daily_at: dt.time | None
    every_minutes: int | None
    kept: bool
    """Its schedule is switched off or made rarer from the console only: what it watches over includes whoever asks."""
    needed: Callable[[], bool]
    """Asked before a scheduled job is queued."""


_kinds: dict[str, Kind] = {}

on_end: list[Callable[[Any], None]] = []
"""Called, in the transaction that ends it, with every job that is done, failed or cancelled."""


def job(
    name: str,
    *,
    title: str,
    attempts: int = 5,
    lease_seconds: int = 300,
    daily_at: dt.time | None = None,
    every_minutes: int | None = None,
    kept: bool = False,
    needed: Callable[[], bool] = lambda: True,
) -> Callable[[StepFunction], StepFunction]:
    """Registers a step function; ``daily_at`` or ``every_minutes`` give it a schedule that admins may edit."""

    def register(step: StepFunction) -> StepFunction:
        if name in _kinds and _kinds[name].step.__qualname__ != step.__qualname__:
            raise ValueError(f"job {name!r} is registered twice")
        lease = dt.timedelta(seconds=lease_seconds)
        _kinds[name] = Kind(name, title, step, attempts, lease, daily_at, every_minutes, kept, needed)
        return step

    return register


def kinds() -> dict[str, Kind]:
    """All kinds; apps declare theirs in ``actions.py``, kernel packages in ``actions.py`` or ``steps.py``."""
    autodiscover_modules("actions", "steps")
    return _kinds


def kind_of(name: str) -> Kind:
    """Raises :class:`JobFailed` for a name nobody registered."""
    found = _kinds.get(name) or kinds().get(name)
    if found is None:
        raise JobFailed(_("没有名为“%(name)s”的后台任务类型") % {"name": name})
    return found


def kept(name: str) -> Kind | None:
    """The kind called ``name`` if nobody may do without its turns."""
    kind = kinds().get(name)
    return kind if kind is not None and kind.kept else None
