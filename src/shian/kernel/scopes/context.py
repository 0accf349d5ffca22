"""The two declared blocks: ``system(reason)``, where ``Model.objects`` may be queried unscoped and rows written for
the installation, and the block of a change, the only other place where a row may be written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_reason: ContextVar[str] = ContextVar("shian_system_reason", default="")
_changing: ContextVar[bool] = ContextVar("shian_changing", default=False)


class UnscopedQuery(RuntimeError):
    """``Model.objects`` was queried outside ``for_actor(actor)`` and outside ``system(reason)``."""


class UnguardedWrite(RuntimeError):
    """A row was written outside ``change(…)`` and outside ``system(reason)``: without rights asked, without a record."""


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


@contextmanager
def changing() -> Iterator[None]:
    """Opens rows for writing; entered by ``kernel.changes.writer.change`` only."""
    token = _changing.set(True)
    try:
        yield
    finally:
        _changing.reset(token)


def guard_write(model: type) -> None:
    """Raises :class:`UnguardedWrite` unless a change or a system block is open."""
    if not (_changing.get() or _reason.get()):
        raise UnguardedWrite(f"{model.__name__}: 写入须在 change(…) 或 system(reason) 之内")
