"""Every write of notices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from shian.kernel.people.models import Unit, User
from shian.kernel.scopes.actor import Actor

from .models import Notice


@dataclass(frozen=True)
class Message:
    """What one unit is told."""

    unit_id: int
    title: str
    body: str = ""
    url: str = ""


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
    ids = set(people.filter(pk__in=User.unscoped.signing_in().values("pk")).values_list("pk", flat=True))
    if key is not None:
        key = key[:120]
        ids -= set(Notice.unscoped.filter(key=key, user__in=ids).values_list("user_id", flat=True))
    rows = [_notice(pk, title, body, url, kind, key) for pk in sorted(ids)]
    Notice.unscoped.bulk_create(rows, batch_size=500, ignore_conflicts=key is not None)
    return len(rows)


def notify_units(messages: Iterable[Message], kind: str = "") -> int:
    """Each message to every active person of its unit: two queries, however many there are. Returns how many."""
    messages = list(messages)
    people: dict[int, list[int]] = {}
    units = {m.unit_id for m in messages}
    found = User.unscoped.signing_in().filter(unit__in=units).order_by("pk")
    for unit_id, pk in found.values_list("unit_id", "pk"):
        people.setdefault(unit_id, []).append(pk)
    rows = [_notice(pk, m.title, m.body, m.url, kind) for m in messages for pk in people.get(m.unit_id, ())]
    Notice.unscoped.bulk_create(rows, batch_size=500)
    return len(rows)


def _notice(user_id: int, title: str, body: str, url: str, kind: str, key: str | None = None) -> Notice:
    if len(title) > 120:
        title, body = title[:119] + "…", f"{title}\n{body}".strip()
    return Notice(user_id=user_id, title=title, body=body, url=url, kind=kind[:40], key=key)


def mark_read(actor: Actor, ids: Iterable[int] | None = None) -> int:
    """Marks one's own notices as read: those named, or all."""
    rows = Notice.objects.for_actor(actor).filter(user_id=actor.user_id, read_at=None)
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    return rows.update(read_at=timezone.now())
