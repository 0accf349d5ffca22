"""What day it is. Today is an input (architecture, point 5): overdue and expired change without a write, so tests and
the demo must be able to say what day it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

_written: ContextVar[bool] = ContextVar("shian_written_then", default=False)
_today: ContextVar[dt.date | None] = ContextVar("shian_today", default=None)


def today() -> dt.date:
    """The local date, or the one of the enclosing :func:`today_is`."""
    return _today.get() or timezone.localdate()


def now() -> dt.datetime:
    """The moment of a write: the clock's, or the same time of the day of the enclosing :func:`written_on`."""
    moment = timezone.now()
    day = written_day()
    return moment if day is None else timezone.localtime(moment).replace(year=day.year, month=day.month, day=day.day)


def written_day() -> dt.date | None:
    return _today.get() if _written.get() else None


@contextmanager
def written_on(day: dt.date) -> Iterator[None]:
    """:func:`today_is`, and what is written is dated that day, change records too: for a past that is invented as a whole
    (the demo county's). Nothing that a person does may run inside: what was learned later would look as known then."""
    token = _written.set(True)
    try:
        with today_is(day):
            yield
    finally:
        _written.reset(token)


@contextmanager
def today_is(day: dt.date) -> Iterator[None]:
    """Inside, :func:`today` gives ``day``."""
    token = _today.set(day)
    try:
        yield
    finally:
        _today.reset(token)
