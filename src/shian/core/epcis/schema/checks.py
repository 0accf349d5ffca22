"""Small checks and how they combine.

A check takes a JSON value and returns its problems with paths relative to that value; an empty tuple means
the value is fine. Paths are put together only on the way out of a refusal, so that a good document pays
nothing for them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeAlias

from shian.core.words import say

from ..errors import Problem, shown
from ..number import Number
from .formats import is_date_time, is_uri, plain_uri
from .labels import meant, named

Problems: TypeAlias = Sequence[Problem]
Check: TypeAlias = Callable[[Any], Problems]

FINE: Problems = ()
MOST = 100
"""A refusal lists at most so many problems of one list: enough to repair, bounded for hostile input."""

_KINDS = {dict: "对象", list: "数组", str: "文本", bool: "布尔值", Number: "数值", type(None): "null"}

_URI = "网址或 urn: 标识（URI）"


def fail(rule: str, message: str) -> Problems:
    """One problem at the value itself."""
    return (Problem("", f"schema.{rule}", message),)


def kind(expected: type, value: object, what: str = "") -> Problems:
    """The value is of another JSON type than ``expected``, which is to hold ``what``."""
    found = _KINDS.get(type(value), "其他")
    return fail(
        "type",
        say(
            "应为%(right)s，实为%(found)s：%(value)s",
            right=what or _KINDS[expected],
            found=found,
            value=shown(value, 40),
        ),
    )


def anything(value: object) -> Problems:
    """Extension content: any JSON value."""
    return FINE


def text(value: object) -> Problems:
    """A JSON string."""
    return FINE if type(value) is str else kind(str, value)


def number(value: object) -> Problems:
    """A JSON number."""
    return FINE if type(value) is Number else kind(Number, value)


def boolean(value: object) -> Problems:
    """``true`` or ``false``."""
    return FINE if type(value) is bool else kind(bool, value)


def uri(value: object) -> Problems:
    """A URI (RFC 3986)."""
    if type(value) is not str:
        return kind(str, value, _URI)
    if plain_uri(value):
        return FINE
    return (
        FINE
        if is_uri(value)
        else fail("format.uri", say("应为%(right)s，实为：%(value)s", right=_URI, value=shown(value)))
    )


def date_time(value: object) -> Problems:
    """A date-time (RFC 3339)."""
    if type(value) is not str:
        return kind(str, value)
    if is_date_time(value):
        return FINE
    example = "应写作 2026-03-01T08:30:00+08:00 这样带时区的日期时间"
    return fail(
        "format.date-time",
        say("%(example)s，且日期存在；实为：%(value)s", example=example, value=shown(value)),
    )


def matching(pattern: re.Pattern[str], what: str) -> Check:
    """A text that matches ``pattern`` as a whole; ``what`` describes it to the sender."""

    def check(value: object) -> Problems:
        if type(value) is not str:
            return kind(str, value)
        return (
            FINE
            if pattern.fullmatch(value)
            else fail("pattern", say("应为%(what)s，实为：%(value)s", what=what, value=shown(value)))
        )

    return check


def one_of(words: Collection[str]) -> Check:
    """One of the listed words."""

    def check(value: object) -> Problems:
        if type(value) is str and value in words:
            return FINE
        return fail(
            "enum",
            say(
                "应为 %(words)s 之一，实为：%(value)s%(hint)s",
                words=tuple(sorted(words)),
                value=shown(value),
                hint=meant(value, words),
            ),
        )

    return check


def word(words: Collection[str], forbidden: tuple[str, ...], name: str) -> Check:
    """A vocabulary word, or a URI of a private vocabulary that does not begin as ``forbidden`` does."""

    def check(value: object) -> Problems:
        if type(value) is not str:
            return kind(str, value)
        if value in words:
            return FINE
        if not is_uri(value):
            own = "自定的词须写成网址或 urn: 标识"
            return fail(
                "vocabulary",
                say(
                    "不是标准的%(name)s：%(value)s%(hint)s；%(own)s",
                    name=name,
                    value=shown(value),
                    hint=meant(value, words),
                    own=own,
                ),
            )
        if value.startswith(forbidden):
            return fail(
                "vocabulary",
                say("JSON 中%(name)s应写作词汇本身，不写地址：%(value)s", name=name, value=shown(value)),
            )
        return FINE

    return check


def array(item: Check, *, least: int = 0, unique: bool = False) -> Check:
    """A list of values that pass ``item``."""

    def check(value: object) -> Problems:
        if type(value) is not list:
            return kind(list, value)
        if len(value) < least:
            return fail(
                "minItems", say("至少应有 %(least)s 项，实有 %(count)s 项", least=least, count=len(value))
            )
        problems: list[Problem] = []
        for index, entry in enumerate(value):
            if found := item(entry):
                problems += [problem.below(f"[{index}]") for problem in found]
                if len(problems) >= MOST:
                    break
        if problems:
            return problems[:MOST]
        if unique and len(set(value)) != len(value):
            twice = next(v for v, count in Counter(value).items() if count > 1)
            return fail("unique", say("列表中重复：%(twice)s", twice=shown(twice)))
        return FINE

    return check


def record(
    fields: Mapping[str, Check],
    required: Sequence[str] = (),
    other: Check | None = None,
    all_of: Sequence[Check] = (),
) -> Check:
    """An object: ``fields`` by name, ``required`` names, ``other`` for the *names* of further fields (``None``:
    there may be none), ``all_of`` for rules that look at several fields."""
    lookup = fields.get

    def check(value: object) -> Problems:
        if type(value) is not dict:
            return kind(dict, value)
        problems: list[Problem] = []
        for name, entry in value.items():
            field = lookup(name)
            if field is not None:
                if found := field(entry):
                    problems += [problem.below(name) for problem in found]
            elif other is None or other(name):
                problems += [_unknown(name, other is not None)]
        for name in required:
            if name not in value:
                problems.append(
                    Problem(name, "schema.required", say("缺少必填字段 %(name)s", name=named(name)))
                )
        for rule in all_of:
            problems += rule(value)
        return problems

    return check


def _unknown(name: str, extensible: bool) -> Problem:
    hint = "；扩展字段的名称须为“前缀:名称”或 URI" if extensible else ""
    return Problem(
        shown(name, 40), "schema.name", say("未定义的字段 %(name)s%(hint)s", name=shown(name, 40), hint=hint)
    )
