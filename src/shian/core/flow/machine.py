"""States, transitions, and the one function that decides: :meth:`Flow.step`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sized
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

Facts = Mapping[str, object]
"""What is known about the object and what was handed in, by name: ``{"reason": "…", "open_parts": 2}``."""

Guard = Callable[[Facts], str | None]
"""Why the transition is refused, in Chinese, or ``None`` where it may go ahead."""

INTERNAL = "内部管理流程，法律未作规定"
"""The article of a transition that no law asks for. Written out, so that none is forgotten."""

Code = Literal["unknown", "state", "actor", "missing", "guard"]


class FlowError(ValueError):
    """The table itself is wrong: raised when the flow is declared, never in use."""


WORDS: Mapping[Code, str] = {
    "unknown": "没有“%(verb)s”这一操作",
    "actor": "“%(label)s”只能由%(actors)s办理",
    "state": "当前状态为“%(state)s”，不能“%(label)s”",
    "missing": "“%(label)s”须填写%(missing)s",
    "guard": "%(why)s",
}
"""How each refusal is said; names are those of :class:`Refused`. The words above may be translated."""


class Refused(Exception):
    """A transition that may not happen now: a code and the facts; words are made of them above.

    ``facts``: ``verb`` and, as far as the table knows them, ``label``, ``state``, ``actors``, ``missing``
    (codes) and ``why`` (of a guard). ``str(error)`` is Chinese.
    """

    def __init__(self, code: Code, words: Mapping[str, str], **facts: Any) -> None:
        self.code: Code = code
        self.facts: Mapping[str, Any] = facts
        super().__init__(say(WORDS[code], words, facts))


def say(template: str, words: Mapping[str, str], facts: Mapping[str, Any]) -> str:
    """``template`` filled in with ``facts``, codes replaced by their ``words`` and lists joined."""
    shown = {
        name: "、".join(words.get(v, v) for v in value) if isinstance(value, tuple) else words.get(value, value)
        for name, value in facts.items()
    }
    return template % shown


@dataclass(frozen=True, slots=True)
class State:
    """``final``: nothing is owed any more. ``paused``: the clocks do not run. ``tone`` and ``icon``: how it looks."""

    code: str
    label: str
    final: bool = False
    paused: bool = False
    tone: str = "neutral"
    icon: str = "point"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table.

    ``target`` is ``None`` where the state stays as it is (an extension moves a date, not a state).
    ``actors``: capacities, any of which suffices. ``needs``: facts that must be handed in and not be
    empty. ``effect``: name of what the action does besides moving the state. ``starts``: rules
    (``core.clock``) whose time begins to run with it; ``stops``: rules that it meets, its own deadline;
    ``extends``: rules whose running time it prolongs, by what they allow or by the fact ``days``.
    ``untimed``: a law is its article but sets no time for it.
    """

    verb: str
    label: str
    sources: tuple[str, ...]
    target: str | None
    actors: tuple[str, ...]
    article: str
    needs: tuple[str, ...] = ()
    guard: Guard | None = None
    effect: str = ""
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    extends: tuple[str, ...] = ()
    untimed: bool = False


@dataclass(frozen=True)
class Flow:
    """A checked table. ``words`` are the Chinese names of actors and needed facts, for messages.

    Raises :class:`FlowError` where a row names an unknown state, has no actor or no article, or has a
    law for article but neither stops a rule's clock nor is ``untimed``; where two rows share a verb, a
    state cannot be reached, or a state that is not final cannot be left.
    """

    name: str
    initial: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    words: Mapping[str, str]
    opens: tuple[str, ...] = ()
    """Rules whose time begins to run with the case itself: a complaint has come in, a sample was received."""
    since: str = ""
    """Field of the case with the day it came in; none: the day it is entered."""

    def __post_init__(self) -> None:
        problems = list(_problems(self))
        if problems:
            raise FlowError(f"流程“{self.name}”：" + "；".join(problems))

    @cached_property
    def state(self) -> Mapping[str, State]:
        return {s.code: s for s in self.states}

    @cached_property
    def verb(self) -> Mapping[str, Transition]:
        return {t.verb: t for t in self.transitions}

    def choices(self) -> list[tuple[str, str]]:
        """(code, label) of every state, in the order of the table."""
        return [(s.code, s.label) for s in self.states]

    def codes(self, *, final: bool = False, paused: bool | None = None) -> tuple[str, ...]:
        """Codes of the states that are (not) final and, where given, (not) paused."""
        return tuple(s.code for s in self.states if s.final == final and paused in (None, s.paused))

    def available(self, state: str, capacities: Collection[str]) -> list[Transition]:
        """What someone with ``capacities`` may try in ``state``; needs and guards are asked by :meth:`step`."""
        return [t for t in self.transitions if state in t.sources and set(t.actors) & set(capacities)]

    def step(self, state: str, verb: str, capacities: Collection[str], facts: Facts) -> str:
        """The state after ``verb``. Raises :class:`Refused`, and then nothing has happened."""
        row = self.verb.get(verb)
        if row is None:
            raise Refused("unknown", {}, verb=verb)
        known = {"verb": verb, "label": row.label}
        if not set(row.actors) & set(capacities):
            raise Refused("actor", self.words, **known, actors=row.actors)
        if state not in row.sources:
            labels = {s.code: s.label for s in self.states}
            raise Refused("state", labels, **known, state=state)
        missing = tuple(n for n in row.needs if _empty(facts.get(n)))
        if missing:
            raise Refused("missing", self.words, **known, missing=missing)
        refusal = row.guard(facts) if row.guard else None
        if refusal:
            raise Refused("guard", {}, **known, why=refusal)
        return row.target or state

    @property
    def rules(self) -> tuple[str, ...]:
        """Every rule of time that the table names."""
        named = (r for t in self.transitions for r in (*t.starts, *t.stops, *t.extends))
        return tuple(dict.fromkeys((*self.opens, *named)))


def _empty(value: object) -> bool:
    """Nothing said: no value, blanks, an empty list. Zero is an answer."""
    return value is None or (isinstance(value, str) and not value.strip()) or (isinstance(value, Sized) and not len(value))


def _problems(flow: Flow) -> Iterable[str]:
    codes = [s.code for s in flow.states]
    if len(set(codes)) != len(codes):
        yield "状态代码重复"
    verbs = [t.verb for t in flow.transitions]
    if len(set(verbs)) != len(verbs):
        yield "操作重复"
    if flow.initial not in codes:
        yield f"初始状态“{flow.initial}”不存在"
    for row in flow.transitions:
        unknown = {*row.sources, row.target or flow.initial} - set(codes)
        if unknown or not row.sources:
            yield f"“{row.label}”的状态不存在：{'、'.join(sorted(unknown)) or '（无）'}"
        if not row.actors:
            yield f"“{row.label}”没有办理人"
        if not row.article:
            yield f"“{row.label}”没有写明依据"
        elif row.article != INTERNAL and not (row.stops or row.extends or row.untimed):
            yield f"“{row.label}”依据{row.article}，须写明它的期限规则（stops），没有期限的写 untimed"
    for code in sorted(set(codes) - _reached(flow)):
        yield f"状态“{code}”无法到达"
    left = {s for t in flow.transitions if t.target for s in t.sources if t.target != s}
    for state in flow.states:
        if not state.final and state.code not in left:
            yield f"状态“{state.code}”无法离开"


def _reached(flow: Flow) -> set[str]:
    """States that some sequence of transitions leads to from the initial one."""
    seen, frontier = {flow.initial}, [flow.initial]
    while frontier:
        here = frontier.pop()
        for row in flow.transitions:
            if here in row.sources and row.target and row.target not in seen:
                seen.add(row.target)
                frontier.append(row.target)
    return seen
