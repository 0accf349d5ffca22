"""Participation kept true: who may see a task because he has a part in it."""

from __future__ import annotations

from collections.abc import Iterable

from shian.kernel.people.models import Unit
from shian.kernel.places.models import Place
from shian.kernel.scopes import system
from shian.kernel.scopes.actions import set_participants_of
from shian.kernel.scopes.entity import Entity

from .. import queries
from ..models import Document, Task, TaskParty

OUTSIDE = ("business", "laboratory")
"""Kinds of unit that no set means: importing ten thousand of them asks nothing again."""


def share_tasks(tasks: Iterable[Task]) -> int:
    """Makes the units of each task, live sets expanded, its participants. Returns how many were done."""
    sets = queries.SetCache()
    wanted = {task.pk: queries.roles_of(task, sets.of(task)) for task in tasks}
    set_participants_of(Task, wanted)
    return len(wanted)


def share_documents(documents: Iterable[int]) -> None:
    """Every unit with a part in a published document may read it."""
    keys, sets = sorted(set(documents)), queries.SetCache()
    wanted: dict[int, dict[int, str]] = {pk: {} for pk in keys}
    with system("who reads a document is the same for everybody"):
        rows = list(Task.objects.live().filter(document__in=keys).select_related("place").prefetch_related("parties"))
    for task in rows:
        wanted[task.document_id] |= dict.fromkeys(queries.roles_of(task, sets.of(task)), "shared")
    set_participants_of(Document, wanted)


def refresh_sets(place: Place) -> int:
    """After units of ``place`` (or right below it) were added, renamed or left: sets are asked again.

    Returns the number of open tasks looked at. Safe to repeat.
    """
    with system("participation follows membership, whoever changed it"):
        above = list(Place.objects.filter(pk__in=place.ancestor_ids[-2:]))
        rows = Task.objects.live().filter(status__in=queries.OPEN, place__in=above)
        rows = rows.filter(parties__in=_set_parties(above)).distinct()
        tasks = list(rows.select_related("place").prefetch_related("parties"))
        done = share_tasks(tasks)
        share_documents(t.document_id for t in tasks if t.document_id)
    return done


def _set_parties(places: list[Place]):
    return TaskParty.objects.live().filter(task__place__in=places).exclude(set="").values("pk")


def follow_units(rows: Iterable[Entity]) -> None:
    """Hook of every write: whoever joins or leaves a set sees, or no longer sees, its tasks at once."""
    places = {row.place for row in rows if isinstance(row, Unit) and row.kind not in OUTSIDE}
    for place in places:
        refresh_sets(place)
