"""One-time keys: a form sent twice is done once (architecture, point 18)."""

from __future__ import annotations

import hashlib

from django.db import IntegrityError, transaction

from .models import OneTimeKey


class AlreadyDone(Exception):
    """The key was used before; ``answer`` is the address the first arrival was sent to."""

    def __init__(self, answer: str):
        super().__init__(answer)
        self.answer = answer


def _stored(key: str, user_id: int) -> str:
    """Whatever its length: two keys that begin alike are two keys."""
    return f"{user_id}:{hashlib.sha256(key.encode(errors='replace')).hexdigest()[:48]}"


def answered(key: str, user_id: int) -> str | None:
    """Where the first arrival of ``key`` was sent, or None. Ask before validating: the first arrival's own
    row would make the second look like a duplicate."""
    row = OneTimeKey.unscoped.filter(key=_stored(key, user_id)).first() if key else None
    return row.answer if row else None


def claim(key: str, user_id: int) -> OneTimeKey | None:
    """Takes ``key`` for this request; None for an empty one. Raises :class:`AlreadyDone` on a repeat.

    Call it in the action's own transaction, so that a failed action gives the key back.
    """
    if not key:
        return None
    try:
        with transaction.atomic():
            return OneTimeKey.unscoped.create(key=_stored(key, user_id), user_id=user_id)
    except IntegrityError:
        row = OneTimeKey.unscoped.get(key=_stored(key, user_id))
        raise AlreadyDone(row.answer) from None


def settle(row: OneTimeKey | None, answer: str) -> None:
    if row is not None:
        row.answer = answer
        row.save(update_fields=["answer"])
