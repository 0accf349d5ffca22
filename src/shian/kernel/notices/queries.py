"""Named reads of notices."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet

from shian.kernel.scopes.actor import Actor

from .models import Notice

SHORT = 70
"""Characters of one Chinese SMS (UCS-2, GSM 03.38)."""


def mine(actor: Actor) -> QuerySet[Notice]:
    """One's own notices, newest first; of nobody else, whatever one's rights."""
    return Notice.objects.for_actor(actor).filter(user_id=actor.user_id)


def unread_count(actor: Actor) -> int:
    """For the bell; one indexed query, exact up to 100."""
    if actor.user_id is None:
        return 0
    return mine(actor).filter(read_at=None).order_by()[:100].count()


def absolute(url: str) -> str:
    """``url`` as others can open it: below the first of ``SHIAN_ORIGINS``, else as it is."""
    if not url or "://" in url:
        return url
    origins = settings.CSRF_TRUSTED_ORIGINS
    return origins[0].rstrip("/") + url if origins else url


def short_text(notice: Notice) -> str:
    """Text for WeChat or an SMS: a first line of at most 70 characters, then the address."""
    line = " ".join(f"【食安】{notice.title}".split())
    if len(line) > SHORT:
        line = line[: SHORT - 1] + "…"
    return f"{line}\n{absolute(notice.url)}".rstrip()
