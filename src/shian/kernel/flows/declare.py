"""A case (办理对象): a model, the table that moves it, and how each verb differs from the default handling."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from shian.core.clock import RuleError, load_rules
from shian.core.flow import Flow, FlowError, State, Transition
from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.entity import Entity

Capacities = Callable[[Actor, Sequence[Any]], Sequence[Collection[str]]]
"""In which capacities (actor names of the table) the actor stands to each row."""


@dataclass(frozen=True)
class Verb:
    """One row of the table on screen. Everything is optional: the table itself gives label, needs and basis."""

    action: Callable[..., object] | None = None
    """``action(actor=, obj=, version=, **said)`` in place of the default; raises ValidationError where it refuses."""
    together: Callable[..., Any] | None = None
    """``together(actor=, rows=, batch=, **said)`` → ``Outcome``: an action over a set, of one or of many, in one change."""
    form: Callable[..., forms.Form] | None = None
    """``form(obj=, actor=, data=, files=)``; ``obj`` is None over a selection. None: made of the table's needs."""
    fields: tuple[str, ...] = ()
    """Fields of a form of its own, for OpenAPI; none: the table's needs."""
    bulk: bool = True
    adds: bool = False
    """It adds a row and overwrites nothing: a page that shows an older version may still send it."""
    label: str = ""
    icon: str = ""
    tone: str = ""
    note: str = ""
    """What stands beside the form's button."""
    after: Callable[[Any], str] | None = None
    """Address that shows the outcome; None: the object's own page."""


@dataclass(frozen=True)
class Case:
    """What pages, API, inbox and actions need to know of a flow-driven model."""

    name: str
    """The resource's name, first part of its addresses."""
    model: type[Entity]
    flow: Flow
    verbs: Mapping[str, Verb | None] = field(default_factory=dict)
    """None for a row of the table that nobody takes by a button of its own."""
    capacities: Capacities | None = None
    """None: who holds ``<model>.<verb>`` stands in every capacity that the verb asks for."""
    url: Callable[[Any], str] = lambda obj: obj.get_absolute_url()
    related: tuple[str, ...] = ()
    """Relations that capacities and titles need, read with a selection."""

    def __post_init__(self) -> None:
        strange = sorted(set(self.verbs) - set(self.flow.verb))
        if strange:
            raise FlowError(f"“{self.name}”的操作不在流程“{self.flow.name}”中：{'、'.join(strange)}")
        unknown = unknown_rules(self.flow)
        if unknown:
            raise FlowError(f"流程“{self.flow.name}”引用的期限规则不存在：{'、'.join(unknown)}")

    @property
    def label(self) -> str:
        return self.model._meta.label_lower

    @cached_property
    def field(self) -> str:
        """Name of the state column: ``state``, or ``status``."""
        try:
            return self.model._meta.get_field("state").name
        except FieldDoesNotExist:
            return self.model._meta.get_field("status").name

    def state(self, obj: models.Model) -> str:
        return getattr(obj, self.field)

    def standing(self, obj: models.Model) -> State:
        """The state of ``obj`` as the table describes it; a code the table has lost looks neutral and open."""
        code = self.state(obj)
        return self.flow.state.get(code) or State(code, code)

    def permission(self, verb: str) -> str:
        return f"{self.model._meta.model_name}.{verb}"

    def offered(self, verb: str) -> Transition | None:
        """The row of the table, if a person may ask for it by name."""
        row = self.flow.verb.get(verb)
        hidden = verb in self.verbs and self.verbs[verb] is None
        return None if row is None or hidden or row.actors == ("system",) else row

    def related_one(self) -> list[str]:
        """Of :attr:`related`, the relations that a join reads."""
        return [n for n in self.related if not self._many(n)]

    def read(self, rows: models.QuerySet) -> models.QuerySet:
        """``rows`` with what capacities and titles need."""
        many = [n for n in self.related if self._many(n)]
        one = self.related_one()
        return (rows.select_related(*one) if one else rows).prefetch_related(*many)

    def _many(self, path: str) -> bool:
        found = self.model._meta.get_field(path.split("__")[0])
        return bool(found.one_to_many or found.many_to_many)

    def rows(self) -> list[Transition]:
        return [t for t in self.flow.transitions if self.offered(t.verb)]

    def look(self, verb: str) -> Verb:
        return self.verbs.get(verb) or Verb()

    def after(self, verb: str, obj: models.Model) -> str:
        """Where a person goes once ``verb`` is done."""
        shown = self.look(verb).after
        return shown(obj) if shown else self.url(obj)


def unknown_rules(flow: Flow) -> list[str]:
    """Rule ids of the table that no pack has."""
    pack = load_rules()
    out = []
    for rule in flow.rules:
        try:
            pack.known(rule)
        except RuleError:
            out.append(rule)
    return out
