"""States, transitions, and the one function that decides: :meth:`Flow.step`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Facts = Mapping[str, object]
"""What is known about the object and what was handed in, by name: ``{"reason": "…", "open_parts": 2}``."""

Guard = Callable[[Facts], str | None]
"""Why the transition is refused, in Chinese, or ``None`` where it may go ahead."""

INTERNAL = "内部管理流程，法律未作规定"
"""The article of a transition that no law asks for. Written out, so that none is forgotten."""

Code = Literal["unknown", "state", "actor", "missing", "guard"]


class FlowError(ValueError):
    """The table itself is wrong: raised when the flow is declared, never in use."""


class Refused(Exception):
    """A transition that may not happen now. ``code`` is for programs, ``str(error)`` Chinese, for people."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code: Code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Term:
    """A time limit (时限): ``amount`` of ``unit``; ``source`` names the rule that sets it."""

    amount: int
    unit: Literal["working_days", "days", "hours"]
    source: str

    def __str__(self) -> str:
        return f"{self.amount}{ {'working_days': '个工作日', 'days': '日', 'hours': '小时'}[self.unit] }"


@dataclass(frozen=True, slots=True)
class State:
    """``final``: nothing is owed any more. ``paused``: the clock does not run."""

    code: str
    label: str
    final: bool = False
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table.

    ``target`` is ``None`` where the state stays as it is (an extension moves a date, not a state).
    ``actors``: capacities, any of which suffices. ``needs``: facts that must be handed in and not be
    empty. ``effect``: name of what the action does besides moving the state. ``deadline``: within what
    time it must happen once the source state is entered, where a rule says so.
    """

    verb: str
    label: str
    sources: tuple[str, ...]
    target: str | None
    actors: tuple[str, ...]
    article: str
    deadline: Term | None = None
    needs: tuple[str, ...] = ()
    guard: Guard | None = None
    effect: str = ""


@dataclass(frozen=True)
class Flow:
    """A checked table. ``words`` are the Chinese names of actors and needed facts, for messages.

    Raises :class:`FlowError` where a row names an unknown state, has no actor or no article, two rows
    share a verb, a state cannot be reached, or a state that is not final cannot be left.
    """

    name: str
    initial: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    words: Mapping[str, str]

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
            raise Refused("unknown", f"没有“{verb}”这一操作")
        if not set(row.actors) & set(capacities):
            raise Refused("actor", f"“{row.label}”只能由{self._words(row.actors)}办理")
        if state not in row.sources:
            now = self.state[state].label if state in self.state else state
            raise Refused("state", f"当前状态为“{now}”，不能“{row.label}”")
        missing = [n for n in row.needs if not str(facts.get(n) or "").strip()]
        if missing:
            raise Refused("missing", f"“{row.label}”须填写{self._words(missing)}")
        refusal = row.guard(facts) if row.guard else None
        if refusal:
            raise Refused("guard", refusal)
        return row.target or state

    def _words(self, names: Iterable[str]) -> str:
        return "、".join(self.words.get(n, n) for n in names)


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
