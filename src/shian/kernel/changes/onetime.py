"""One-time keys: a form sent twice is done once (architecture, point 18)."""

from __future__ import annotations

import datetime as dt
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


class OtherContent(Exception):
    """The key was used before, for something else: doing it again and doing nothing would both be wrong."""


def answered(key: str, user_id: int, content: str = "") -> str | None:
    """Where the first arrival of ``key`` was sent, or None. Ask before validating: the first arrival's own
    row would make the second look like a duplicate. Raises :class:`OtherContent`."""
    row = OneTimeKey.unscoped.filter(key=_stored(key, user_id)).first() if key else None
    return _answer(row, content) if row else None


def claim(key: str, user_id: int, content: str = "") -> OneTimeKey | None:
    """Takes ``key`` for this request; None for an empty one. Raises :class:`AlreadyDone` on a repeat.

    Call it in the action's own transaction, so that a failed action gives the key back.
    """
    if not key:
        return None
    try:
        with transaction.atomic():
            return OneTimeKey.unscoped.create(key=_stored(key, user_id), user_id=user_id, content=content)
    except IntegrityError:
        row = OneTimeKey.unscoped.get(key=_stored(key, user_id))
        raise AlreadyDone(_answer(row, content)) from None


def _answer(row: OneTimeKey, content: str) -> str:
    if row.content and row.content != content:
        raise OtherContent
    return row.answer


def settle(row: OneTimeKey | None, answer: str) -> None:
    if row is not None:
        row.answer = answer
        row.save(update_fields=["answer"])


def forget(before: dt.datetime, most: int = 1000) -> int:
    """Deletes keys used before that moment, some at a time; returns how many."""
    old = list(OneTimeKey.unscoped.filter(at__lt=before).values_list("pk", flat=True)[:most])
    return OneTimeKey.unscoped.filter(pk__in=old).delete()[0]
