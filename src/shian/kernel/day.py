"""What day it is. Today is an input (architecture, point 5): overdue and expired change without a write, so tests and
the demo must be able to say what day it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

_today: ContextVar[dt.date | None] = ContextVar("shian_today", default=None)


def today() -> dt.date:
    """The local date, or the one of the enclosing :func:`today_is`."""
    return _today.get() or timezone.localdate()


@contextmanager
def today_is(day: dt.date) -> Iterator[None]:
    """Inside, :func:`today` gives ``day``."""
    token = _today.set(day)
    try:
        yield
    finally:
        _today.reset(token)
