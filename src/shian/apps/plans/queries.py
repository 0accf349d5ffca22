"""Named reads. Everything a person sees starts from ``for_actor``; ``as_of`` is today, an input."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, When

from shian.kernel.people.models import Unit, UnitAlias
from shian.kernel.places.models import STEP, Place
from shian.kernel.scopes import Actor, system
from shian.kernel.scopes.rights import can

from . import flow
from .models import Document, Milestone, Progress, Target, TargetValue, Task, TaskParty
from .rules.judge import strongest
from .rules.names import Known, Resolver, resolver

OPEN = flow.TASK.codes()
"""States in which a task is not finished, paused ones included."""
OWED = flow.TASK.codes(paused=False)


# --- units ----------------------------------------------------------------------------------------
def units_in_set(place: Place, name: str) -> list[int]:
    """Ids of the units that a set of ``place`` means today (各成员单位, 各乡镇 …)."""
    with system("a live set is the same for everybody"):
        live = Unit.objects.live().filter(valid_to=None)
        rows = {
            "members": live.filter(place=place, member=True),
            "departments": live.filter(place=place, member=True, kind__in=("department", "vertical")),
            "townships": live.filter(place__parent=place, kind="township"),
            "lower": live.filter(place__parent=place, kind="office"),
        }.get(name, live.none())
        return list(rows.values_list("pk", flat=True))


class SetCache:
    """What sets of units mean, asked once a place over many tasks."""

    def __init__(self) -> None:
        self._places: dict[int, dict[str, list[int]]] = {}

    def of(self, task: Task) -> dict[str, list[int]]:
        return self._places.setdefault(task.place_id, {})


def roles_of(task: Task, sets: dict[str, list[int]] | None = None) -> dict[int, str]:
    """unit id → its strongest capacity in ``task``, sets expanded. ``sets`` is a cache across tasks."""
    sets = {} if sets is None else sets
    pairs: list[tuple[int, str]] = []
    for party in task.parties.all():
        if party.retired_at:
            continue
        if party.unit_id:
            pairs.append((party.unit_id, party.role))
        elif party.set:
            if party.set not in sets:
                sets[party.set] = units_in_set(task.place, party.set)
            pairs += [(unit, party.role) for unit in sets[party.set]]
    return strongest(pairs)


def units_of(task: Task) -> QuerySet[Unit]:
    """Every unit with a part in ``task`` as things stand."""
    with system("a live set is the same for everybody"):
        return Unit.objects.filter(pk__in=roles_of(task)).order_by("sort", "pk")


def names_of(place: Place, region: str = "") -> Resolver:
    """Resolves unit names in documents of ``place``: its units, those right below, its aliases.

    ``region``: the place as the document prints it, where that differs.
    """
    with system("names are resolved alike for everybody"):
        rows = Unit.objects.live().filter(Q(place=place) | Q(place__parent=place, kind="township"))
        units = [Known(u.pk, u.name, u.short_name) for u in rows]
        aliases = dict(UnitAlias.objects.live().filter(place=place).values_list("name", "unit_id"))
        above = Place.objects.filter(pk__in=place.ancestor_ids)
        places = {n for p in above for n in (p.name, p.short_name) if len(n) > 1}
    return resolver(units, [*places, region], aliases)


# --- one object, for one viewer -------------------------------------------------------------------
def access_task(actor: Actor, pk: int) -> Task:
    """The task if ``actor`` may see it; raises ``Task.DoesNotExist`` otherwise."""
    return (
        Task.objects.for_actor(actor)
        .live()
        .select_related("place", "document", "lead", "parent")
        .prefetch_related(
            Prefetch("parties", TaskParty.objects.for_actor(actor).live().select_related("unit"))
        )
        .get(pk=pk)
    )


def access_document(actor: Actor, pk: int) -> Document:
    return Document.objects.for_actor(actor).live().select_related("place", "supersedes").get(pk=pk)


# --- roads ----------------------------------------------------------------------------------------
def taking_part(actor: Actor) -> QuerySet[Task]:
    """Tasks in which the actor's unit has a part, whatever his grants."""
    return Task.objects.for_actor(Actor(user_id=actor.user_id, name=actor.name, unit_id=actor.unit_id)).live()


def steered(actor: Actor) -> Actor:
    """The same person without the road of participation: what he sees by territory alone."""
    return Actor(user_id=actor.user_id, name=actor.name, grants=actor.grants, is_system=actor.is_system)


# --- dates ----------------------------------------------------------------------------------------
def missed_milestone(as_of: dt.date) -> Exists:
    """Whether the outer task has an unfinished date on the way that is past."""
    with system("a condition on rows that the outer query has scoped"):
        return Exists(Milestone.objects.live().filter(task=OuterRef("pk"), done_on=None, ended_on=None, due__lt=as_of))


def late(as_of: dt.date) -> Q:
    """Owed tasks past their deadline, or past an unfinished date on the way."""
    return Q(status__in=OWED) & (Q(due__lt=as_of) | Q(missed_milestone(as_of)))


def overdue(actor: Actor, as_of: dt.date) -> QuerySet[Task]:
    return Task.objects.for_actor(actor).live().filter(late(as_of))


def on_time(as_of: dt.date) -> Q:
    """Owed tasks that are not late."""
    return Q(status__in=OWED) & ~late(as_of)


@dataclass
class Standing:
    """How the tasks of one place, and of those beneath it, stand."""

    place: Place
    owed: int = 0
    on_time: int = 0
    overdue: int = 0
    waiting: int = 0
    """Of those owed: handed in for closing, not yet decided."""


def standing_below(actor: Actor, as_of: dt.date) -> list[Standing]:
    """Places other than the actor's own whose owed tasks he sees by territory: those right below his own
    (with the ones that have none, so that it is seen), the others each by itself."""
    counted = {"owed": Q(), "on_time": on_time(as_of), "overdue": late(as_of), "waiting": Q(status="review")}
    rows = Task.objects.for_actor(steered(actor)).live().filter(status__in=OWED).exclude(place=actor.place_id)
    sums = rows.order_by().values("place__path").annotate(**{n: Count("pk", filter=q) for n, q in counted.items()})
    found: dict[str, dict[str, int]] = {}
    for row in sums:
        path, own = row["place__path"], actor.place_path
        top = path[: len(own) + STEP] if own and path.startswith(own) else path
        into = found.setdefault(top, dict.fromkeys(counted, 0))
        for name in counted:
            into[name] += row[name]
    if not found:
        return []
    with system("names of places are no secret"):
        beside = Q(parent=actor.place_id, valid_to=None, retired_at=None) if actor.place_id else Q(pk__in=[])
        places = Place.objects.filter(Q(path__in=found) | beside).order_by("path")
        return [Standing(place, **found.get(place.path, {})) for place in places]


# --- 待办 -----------------------------------------------------------------------------------------
SOON_DAYS = 7
AHEAD_DAYS = 31
"""An instance of a recurring task is shown from this many days before it is due."""
MOST = 500


@dataclass(frozen=True)
class Inbox:
    """Groups of the landing page (待办); a task stands in the first group that fits."""

    returned: list[Progress] = field(default_factory=list)
    approval: list[Progress] = field(default_factory=list)
    overdue: list[Task] = field(default_factory=list)
    today: list[Task] = field(default_factory=list)
    soon: list[Task] = field(default_factory=list)
    mine: list[Task] = field(default_factory=list)
    waiting: list[Progress] = field(default_factory=list)
    """Handed in by my unit, not yet reviewed."""
    reviewing: list[Document] = field(default_factory=list)
    """Documents whose items wait to be confirmed."""


def inbox(actor: Actor, as_of: dt.date) -> Inbox:
    """What waits for ``actor``: at most three queries, however many groups and tasks there are.

    For someone who steers a place, the place's late tasks and those due within a week are his too.
    """
    steers = can(actor, "task.accept")
    wanted = Q(pk__in=taking_part(actor).values("pk"))
    if steers:
        pressing = late(as_of) | Q(due__range=(as_of, as_of + dt.timedelta(SOON_DAYS)))
        wanted |= Task.scope.visible(Task, steered(actor), "task.accept") & pressing
    tasks = (
        Task.objects.for_actor(actor)
        .live()
        .filter(wanted, status__in=OWED, recurrence="")
        .annotate(missed=missed_milestone(as_of))
        .select_related("lead", "place", "document")
        .order_by(F("due").asc(nulls_last=True), "pk")[:MOST]
    )
    box = Inbox()
    for report in _reports(actor, steers):
        if report.own:
            (box.returned if report.state == "returned" else box.waiting).append(report)
        if report.asked:
            box.approval.insert(0, report)  # oldest first
    handled = {r.task_id for r in (*box.returned, *box.waiting)}
    for task in tasks:
        _place_task(box, task, as_of, handled)
    if steers:
        box.reviewing.extend(
            Document.objects.for_actor(steered(actor), "document.publish")
            .live()
            .filter(state="reviewing")[:20]
        )
    return box


def _place_task(box: Inbox, task: Task, as_of: dt.date, handled: set[int]) -> None:
    days = (task.due - as_of).days if task.due else None
    if task.missed or (days is not None and days < 0):
        box.overdue.append(task)
    elif task.pk in handled:
        return
    elif days == 0:
        box.today.append(task)
    elif days is not None and days <= SOON_DAYS:
        box.soon.append(task)
    elif not task.parent_id or days is None or days <= AHEAD_DAYS:
        box.mine.append(task)


def _reports(actor: Actor, steers: bool) -> list[Progress]:
    """Newest first: ``own``, the newest of the actor's unit on each open task where it was returned or awaits review;
    ``asked``, those submitted in the places that the actor steers."""
    with system("a condition on rows that the outer query has scoped"):
        newer = Progress.objects.live().filter(task=OuterRef("task"), unit=actor.unit_id, pk__gt=OuterRef("pk"))
    none = Q(pk__in=[])
    own = Q(~Exists(newer), unit=actor.unit_id, state__in=("returned", "submitted")) if actor.unit_id else none
    asked = Q(state="submitted") & Progress.scope.visible(Progress, steered(actor), "progress.accept") if steers else none
    rows = Progress.objects.for_actor(actor).live().filter(own | asked, task__status__in=OWED)
    marks = {name: Case(When(q, then=True), default=False) for name, q in (("own", own), ("asked", asked))}
    return list(rows.annotate(**marks).select_related("task", "task__place", "unit").order_by("-pk")[:MOST])


# --- ledgers --------------------------------------------------------------------------------------
def ledger(
    actor: Actor, *, place: Place | None = None, year: int | None = None, document: Document | None = None
) -> list[Task]:
    """Tasks of a document, or of a place and year from every source, ready to print (任务分解表)."""
    rows = Task.objects.for_actor(actor).live().filter(parent=None)
    if document is not None:
        rows = rows.filter(document=document)
    if place is not None:
        rows = rows.filter(place=place)
    if year is not None:
        rows = rows.filter(year=year)
    return list(
        rows.select_related("document", "lead", "place")
        .order_by("document", "sort", "pk")
        .prefetch_related(
            Prefetch("parties", TaskParty.objects.for_actor(actor).live().select_related("unit")),
            Prefetch("targets", Target.objects.for_actor(actor).live()),
            Prefetch("milestones", Milestone.objects.for_actor(actor).live()),
        )
    )


def targets_with_values(actor: Actor, task: Task) -> list[Target]:
    """Targets of a task; ``target.reported`` holds its values, newest first."""
    values = TargetValue.objects.for_actor(actor).live().select_related("unit")
    return list(
        Target.objects.for_actor(actor)
        .live()
        .filter(task=task)
        .select_related("owner")
        .prefetch_related(Prefetch("values", values, to_attr="reported"))
    )


def latest_reports(task: Task) -> dict[int, Progress]:
    """unit id → its newest standing report (returned ones do not stand)."""
    rows = task.progress.filter(retired_at=None).exclude(state="returned").order_by("pk")
    return {row.unit_id: row for row in rows if row.unit_id}


def has_values() -> Exists:
    """Whether anything has been reported against the outer target."""
    with system("a condition on rows that the outer query has scoped"):
        return Exists(TargetValue.objects.live().filter(target=OuterRef("pk")))
