"""What goes into the journal and what comes back: stored events, receipts, the two views."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from shian.core.epcis import Event, Problem


class Behaviour(StrEnum):
    """What one refused event does to its document (EPCIS 2.0 §12, GS1-Capture-Error-Behaviour)."""

    ROLLBACK = "rollback"  # nothing of the document is stored
    PROCEED = "proceed"  # the others are stored


class Status(StrEnum):
    """What became of one event."""

    STORED = "stored"
    KNOWN = "known"  # the same content was captured before
    REFUSED = "refused"


class View(StrEnum):
    """Which events a reader sees."""

    RECORDED = "recorded"  # everything, as captured: 原始记录
    CORRECTED = "corrected"  # without events declared wrong, and without the declarations: 更正后


@dataclass(frozen=True, slots=True)
class Stored:
    """One journal row. ``seq`` counts from 1 without gaps; ``recorded`` and ``occurred`` are ms since 1970, UTC."""

    seq: int
    event_id: str
    digest: bytes
    capture: int
    recorded: int
    occurred: int
    event: Event

    @property
    def declares_error(self) -> bool:
        return self.event.error_declaration is not None


@dataclass(frozen=True, slots=True)
class Item:
    """The receipt of one event: where it lies (``seq``, ``capture``), or why it was refused."""

    index: int
    event_id: str
    status: Status
    digest: bytes
    seq: int | None = None
    capture: int | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receipt of a document (回执). ``capture`` is None where nothing of it is in the journal; a document
    sent again gets the number of its first capture."""

    capture: int | None
    items: tuple[Item, ...]

    @property
    def refused(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.status is Status.REFUSED)


class Observer(Protocol):
    """An index kept in step with the journal: told of new rows, and of rows declared wrong, inside the very
    transaction that stores them, so that no crash can part the two."""

    def stored(self, db: sqlite3.Connection, rows: Sequence[Stored], void: Sequence[int]) -> None:
        """``rows`` were stored; the events with sequence numbers ``void`` are no longer in the corrected view."""
