"""Every write of notices."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from shian.kernel.people.models import Unit, User
from shian.kernel.scopes.actor import Actor

from .models import Notice


def notify(
    to: Iterable[User] | User | Unit,
    title: str,
    body: str = "",
    url: str = "",
    kind: str = "",
    *,
    key: str | None = None,
) -> int:
    """A notice to each of ``to``, or to every active person of a unit. Returns how many are new.

    Call it in the transaction of the action that it tells of. With ``key`` a repeat reaches nobody twice.
    Titles longer than 120 characters are cut; the whole stands first in the body then.
    """
    if isinstance(to, Unit):
        people = User.unscoped.filter(unit=to)
    else:
        people = User.unscoped.filter(pk__in=[u.pk for u in ([to] if isinstance(to, User) else to)])
    if len(title) > 120:
        title, body = title[:119] + "…", f"{title}\n{body}".strip()
    ids = set(people.filter(pk__in=User.unscoped.signing_in().values("pk")).values_list("pk", flat=True))
    if key is not None:
        key = key[:120]
        ids -= set(Notice.unscoped.filter(key=key, user__in=ids).values_list("user_id", flat=True))
    rows = [
        Notice(user_id=pk, title=title, body=body, url=url, kind=kind[:40], key=key) for pk in sorted(ids)
    ]
    Notice.unscoped.bulk_create(rows, batch_size=500, ignore_conflicts=key is not None)
    return len(rows)


def mark_read(actor: Actor, ids: Iterable[int] | None = None) -> int:
    """Marks one's own notices as read: those named, or all."""
    rows = Notice.objects.for_actor(actor).filter(user_id=actor.user_id, read_at=None)
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    return rows.update(read_at=timezone.now())
