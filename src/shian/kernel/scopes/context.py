"""The declared system block: the only place where ``Model.objects`` may be queried unscoped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_reason: ContextVar[str] = ContextVar("shian_system_reason", default="")


class UnscopedQuery(RuntimeError):
    """``Model.objects`` was queried outside ``for_actor(actor)`` and outside ``system(reason)``."""


@contextmanager
def system(reason: str) -> Iterator[None]:
    """Declares that the code inside works for the installation, not for a person.

    ``reason`` says why, for the reader; an empty one is refused.
    """
    if not reason:
        raise ValueError("system(): a reason is required")
    token = _reason.set(reason)
    try:
        yield
    finally:
        _reason.reset(token)


def in_system() -> bool:
    return bool(_reason.get())
