"""Rows of a suite: its sample laid in both counties, in every domain, owned, shared and without a place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.test import Client

from shian.kernel.scopes import system
from shian.kernel.scopes.models import Access
from tests import cast as casting
from tests.oracle import COUNTY, MEMBERS, OTHER, OWN_TOWN, TOWN, Oracle, Roads
from tests.oracle import at as value_at

from . import declared

SUITES: dict[str, type[Suite]] = {}
"""Resource → its suite, as the test files read so far declare them."""
STEMS, BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
DOMAINS = ("food", "farm", "canteen")
UNIT_AT = {COUNTY: "财政局", TOWN: "东河镇", OWN_TOWN: "西岭镇", OTHER: "neighbour"}
BASIC = {"places.Place", "people.Unit", "people.User", "scopes.Role"}
"""Models whose rows stand ready in the cast."""
USER_AT = {COUNTY: "shianban", TOWN: "donghe", OWN_TOWN: "xiling", OTHER: casting.BYSTANDER}


@dataclass(frozen=True)
class Spot:
    """Where a row lies. ``place`` is a name, or empty for a row that belongs to no place."""

    place: str
    domain: str = ""
    kind: str = ""
    """``owned``: of the owner's unit; ``shared``: the participant's unit takes part."""


@dataclass
class Laid:
    """A row that was laid, and the form values that say the same."""

    row: models.Model
    values: dict[str, Any]
    mark: str
    spot: Spot

    @property
    def pk(self) -> int:
        return self.row.pk


class _Undo(Exception):
    pass


@contextmanager
def undone() -> Iterator[None]:
    """What is written inside is taken back at the end."""
    try:
        with transaction.atomic():
            yield
            raise _Undo
    except _Undo:
        pass


class Suite:
    """What a resource's suite says of itself, and the rows it lays."""

    resource = ""
    roads = Roads()
    """How its rows are reached, stated beside the model's ``Scope``: bound to ``place`` unless said otherwise."""
    editor = "editor_a"
    """Of the cast: holds every verb where the sample lies."""
    change: tuple[str, object] = ("name", "改后的名称")
    """A field of the form and another valid value for it."""
    fixed: tuple[str, ...] = ()
    """Form fields that must keep the sample's value; the others vary from row to row."""
    uniform: tuple[str, ...] = ()
    """Columns and filters whose value is the same for every row a test can make."""
    nowhere = True
    """Whether rows without a place are tried, where the model allows them."""

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if cls.resource:
            SUITES[cls.resource] = cls

    def sample(self, cast) -> dict:
        raise NotImplementedError

    def prepare(self, cast) -> None:
        """Takes the cast; called before each test."""
        self.cast = cast
        self.declared = declared.get(self.resource)
        self.model = self.declared.model
        self.base, self.api = f"/{self.resource}/", f"/api/v1/{self.resource}/"
        self.laid: list[Laid] = []
        self._count = 0
        self._stands: dict[tuple, Any] = {}
        self._suites: dict[type[models.Model], Suite] = {}
        self._clients: dict[str, Client] = {}

    # -- people -----------------------------------------------------------------------------------
    def client_of(self, username: str) -> Client:
        if username not in self._clients:
            client = self._clients[username] = Client()
            client.force_login(self.cast.users[username])
        return self._clients[username]

    def each_member(self) -> list[tuple[str, Client]]:
        return [(name, self.client_of(name)) for name in MEMBERS]

    def allowed(self, member: str, verb: str, row) -> bool:
        """To act on a row one must find it and hold the verb there."""
        return self.oracle.sees(member, row) and self.oracle.may(member, verb, row)

    # -- rows -------------------------------------------------------------------------------------
    @property
    def heads(self) -> dict[str, str]:
        """Form field → ``place``, ``domain`` or ``both``: what decides where a row lies."""
        out: dict[str, str] = {}
        for name, path in (("place", self.roads.place), ("domain", self.roads.domain)):
            if path:
                head = path.split(".")[0]
                out[head] = "both" if head in out else name
        return out

    def spots(self) -> list[Spot]:
        """The corners of territory and domain, one row each."""
        if not self.roads.place:
            return [Spot(""), Spot(""), Spot("")]
        domains = DOMAINS if self.roads.domain else ("", "", "")
        out = [
            Spot(COUNTY, domains[0]),
            Spot(TOWN, domains[2]),
            Spot(OWN_TOWN, domains[0]),
            Spot(OTHER, domains[0]),
        ]
        if self.roads.domain:
            out += [Spot(COUNTY, domains[1]), Spot(OTHER, domains[1])]
        if self.roads.units:
            out.append(Spot(OTHER, domains[1], "owned"))
        if self.roads.shared:
            out.append(Spot(OTHER, domains[1], "shared"))
        if self.nowhere and self._may_lack_place():
            out.append(Spot(""))
        return out

    def _may_lack_place(self) -> bool:
        found = declared.field(self.model, next(iter(self.heads)))
        return bool(found.null and found.blank)

    def lay(self) -> list[Laid]:
        """One row at every spot; afterwards the oracle knows the world."""
        self.laid = [self.lay_one(spot) for spot in self.spots()]
        self.consult()
        return self.laid

    def consult(self) -> Oracle:
        self.oracle = casting.oracle(self.cast, self.roads)
        return self.oracle

    def lay_one(self, spot: Spot, mark: str = "") -> Laid:
        values, mark = self.values_at(spot, mark)
        row = self.built(values)
        row.clean()
        related = {n: v for n, v in values.items() if declared.field(self.model, n).many_to_many}
        declared.store(self.declared, row, related)
        if spot.kind == "shared" and self.roads.shared == "self":
            with system("the tests let a unit take part"):
                Access.unscoped.create(
                    object_type=self.model._meta.label_lower, object_id=row.pk,
                    unit=self.cast.users["participant"].unit, kind="support",
                )  # fmt: skip
        return Laid(self.stored(row.pk), values, mark, spot)

    def values_at(self, spot: Spot, mark: str = "") -> tuple[dict, str]:
        """Form values of a new row at ``spot``, different from those before it, and the mark its text bears."""
        number, self._count = self._count, self._count + 1
        mark = mark or STEMS[number % 10] + BRANCHES[number % 12]
        values = {n: v for n, v in self.sample(self.cast).items() if v is not None}
        marked = set(self.marked_fields())
        for name in values:
            if name in marked:
                values[name] = f"{values[name]}{mark}"
            elif name not in self.heads and name not in self.fixed:
                values[name] = self.another(name, values[name], number)
        return values | self.company(values, spot) | self.where(spot), mark

    def another(self, name: str, value, number: int):
        """A value for the ``number``-th row: never the one that ``change`` will set."""
        found = declared.field(self.model, name)
        label = found.related_model._meta.label if found.is_relation else ""
        if label in {"people.Unit", "places.Place"} and not found.many_to_many:
            elsewhere = self.cast.units["公安局"] if label == "people.Unit" else self.cast.places["城关街道"]
            return elsewhere.pk if number % 3 == 1 else value
        other = varied(found, value, number)
        return value if name == self.change[0] and other == self.change[1] else other

    def company(self, values: dict, spot: Spot) -> dict:
        """What a row at ``spot`` points at lies there too: else those who see the row could not choose it."""
        fields = {n: declared.field(self.model, n) for n in values if n not in self.heads}
        scoped = {
            n: f.related_model
            for n, f in fields.items()
            if f.many_to_one and f.related_model._meta.label not in BASIC
        }
        return {n: self.key_at(m, spot) for n, m in scoped.items()}

    def where(self, spot: Spot) -> dict:
        """The form values that put a row at ``spot``."""
        out = {}
        for head, what in self.heads.items():
            found = declared.field(self.model, head)
            out[head] = (
                spot.domain
                if what == "domain" and not found.is_relation
                else self.key_at(found.related_model, spot)
            )
        if spot.kind == "owned" and "." not in self.roads.units[0]:
            out[self.roads.units[0]] = self.cast.users["owner"].unit_id
        return out

    def key_at(self, model: type[models.Model], spot: Spot) -> int | None:
        """Key of an object of ``model`` that lies at ``spot``: a parent, a person, a unit, the place itself."""
        if not spot.place:
            return None
        label, places = model._meta.label, {**self.cast.places, OTHER: self.cast.other_county}
        if label == "places.Place":
            return places[spot.place].pk
        if label == "people.Unit":
            return self.cast.units[UNIT_AT[spot.place]].pk
        if label == "people.User":
            return self.cast.users[USER_AT[spot.place]].pk
        if (model, spot) not in self._stands:
            suite = self._suites.setdefault(model, suite_of(model, self.cast))
            self._stands[model, spot] = suite.lay_one(spot).pk
        return self._stands[model, spot]

    def key_at_county(self, name: str) -> int:
        """For samples: key of a row in the county that the form field ``name`` may point at."""
        return self.key_at(declared.field(self.model, name).related_model, Spot(COUNTY, DOMAINS[0]))

    def marked_fields(self) -> list[str]:
        """Text fields that tell rows apart: the first searched one, and those of the import key."""
        texts = [n for n in declared.form_fields(self.declared) if self._is_text(n) and n not in self.fixed]
        first = next((n for n in declared.search(self.declared) if n in texts), next(iter(texts), None))
        keys = {*declared.import_key(self.declared), *declared.unique_fields(self.model)}
        return [n for n in texts if n == first or n in keys]

    def _is_text(self, name: str) -> bool:
        return declared.shape(declared.field(self.model, name)) == "text"

    def built(self, values: dict, row: models.Model | None = None) -> models.Model:
        """A row in memory with these form values; ``row`` is filled in where one is given."""
        row = row if row is not None else self.model()
        for name, value in values.items():
            found = declared.field(self.model, name)
            if not found.many_to_many:
                setattr(row, found.attname, value if found.is_relation else found.to_python(value))
        return row

    def stored(self, pk: int):
        return self.model.unscoped.get(pk=pk)

    def snapshot(self, pk: int) -> dict:
        """Everything stored of a row."""
        row = self.model.unscoped.get(pk=pk)
        many = {
            f.name: sorted(getattr(row, f.name).values_list("pk", flat=True))
            for f in self.model._meta.many_to_many
        }
        return {f.attname: getattr(row, f.attname) for f in self.model._meta.concrete_fields} | many

    def live(self) -> list[models.Model]:
        """All rows there are, whoever may see them."""
        return list(self.model.unscoped.filter(retired_at=None).order_by("pk"))

    def changed(self, laid: Laid) -> dict:
        """Form values of a laid row with ``change`` made."""
        name, value = self.change
        return laid.values | {name: value}

    def holds(self, pk: int, name: str, value) -> bool:
        """Whether a stored row has the form value."""
        found = declared.field(self.model, name)
        if found.many_to_many:
            return self.snapshot(pk)[name] == sorted(value)
        now = getattr(self.stored(pk), found.attname)
        return now == (value if found.is_relation else found.to_python(value))


def posted(values: dict) -> dict:
    """As a browser sends them: empty fields and unticked boxes stay away."""
    return {k: v for k, v in values.items() if v is not None and v is not False}


def varied(found: models.Field, value, number: int):
    """Another valid value of the same kind for the ``number``-th row."""
    kind = declared.shape(found)
    if kind == "choice":
        keys = [k for k, _label in found.flatchoices]
        return keys[(keys.index(value) + number) % len(keys)]
    if kind == "bool":
        return bool(number % 2) != value
    if kind == "number":
        return value + number
    if kind == "date":
        return str(dt.date.fromisoformat(str(value)) + dt.timedelta(days=number))
    if kind == "text":
        return value[:-1] + str(number % 10) if value[-1:].isdigit() else f"{value}{number}"
    return value


def suite_of(model: type[models.Model], cast) -> Suite:
    """A suite ready to lay rows of ``model``; fails where no test file declares one."""
    for name, made in SUITES.items():
        if declared.served(name) and declared.get(name).model is model:
            suite = made()
            suite.prepare(cast)
            suite._count = 20  # marks of its own
            return suite
    raise LookupError(f"no suite lays rows of {model._meta.label}: its test file must be imported")


def known(model: type[models.Model]) -> type[Suite] | None:
    return next((s for n, s in SUITES.items() if declared.served(n) and declared.get(n).model is model), None)


__all__ = ["SUITES", "Laid", "Spot", "Suite", "known", "posted", "suite_of", "undone", "value_at"]
