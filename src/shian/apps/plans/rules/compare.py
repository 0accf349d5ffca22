"""The difference between two versions of a document: same, changed, new, gone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

Kind = Literal["same", "changed", "new", "gone"]

ALIKE = 0.6
"""Two items with other titles are one if this share of their text agrees (difflib ratio)."""


@dataclass(frozen=True, slots=True)
class Item:
    """What identifies and describes one task. ``facts``: field → printed value, compared one by one."""

    key: int
    no: str
    title: str
    text: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """``fields``: name → (before, after) of what differs."""

    kind: Kind
    old: Item | None
    new: Item | None
    fields: Mapping[str, tuple[Any, Any]]


def compare(old: Sequence[Item], new: Sequence[Item]) -> list[Pair]:
    """Pairs in the order of the new version, then what is gone. Every item stands in exactly one pair.

    Matched by number and title, then by title alone, then by likeness of the text, best first.
    """
    partner: dict[int, Item] = {}
    free_old, free_new = list(old), list(new)
    for key in (lambda i: (i.no, _plain(i.title)), lambda i: _plain(i.title)):
        _match_exact(free_old, free_new, key, partner)
    _match_alike(free_old, free_new, partner)
    pairs = []
    for item in new:
        before = partner.get(item.key)
        fields = _differences(before, item) if before else {}
        kind: Kind = "new" if before is None else "changed" if fields else "same"
        pairs.append(Pair(kind, before, item, fields))
    return pairs + [Pair("gone", item, None, {}) for item in free_old]


def text_diff(before: str, after: str) -> list[tuple[Literal["same", "gone", "new"], str]]:
    """Runs of characters to print: kept, struck out, inserted. Joining kept + inserted gives ``after``."""
    out: list[tuple[Literal["same", "gone", "new"], str]] = []
    for op, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if op == "equal":
            out.append(("same", before[a:b]))
            continue
        if b > a:
            out.append(("gone", before[a:b]))
        if d > c:
            out.append(("new", after[c:d]))
    return out


def _plain(text: str) -> str:
    return re.sub(r"\W", "", text)


def _match_exact(free_old: list[Item], free_new: list[Item], key, partner: dict[int, Item]) -> None:
    """Pairs items whose ``key`` agrees and is not shared by two on either side."""
    groups: dict[Any, tuple[list[Item], list[Item]]] = {}
    for side, items in enumerate((free_old, free_new)):
        for item in items:
            groups.setdefault(key(item), ([], []))[side].append(item)
    for olds, news in groups.values():
        if len(olds) == len(news) == 1:
            partner[news[0].key] = olds[0]
            free_old.remove(olds[0])
            free_new.remove(news[0])


def _match_alike(free_old: list[Item], free_new: list[Item], partner: dict[int, Item]) -> None:
    scored = []
    for i, old in enumerate(free_old):
        matcher = SequenceMatcher(None, "", old.title + old.text, autojunk=False)
        for j, new in enumerate(free_new):
            matcher.set_seq1(new.title + new.text)
            if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE:
                scored.append((-matcher.ratio(), i, j))
    taken_old: set[int] = set()
    taken_new: set[int] = set()
    for score, i, j in sorted(scored):
        if -score >= ALIKE and i not in taken_old and j not in taken_new:
            partner[free_new[j].key] = free_old[i]
            taken_old.add(i)
            taken_new.add(j)
    free_old[:] = [x for i, x in enumerate(free_old) if i not in taken_old]
    free_new[:] = [x for j, x in enumerate(free_new) if j not in taken_new]


def _differences(old: Item, new: Item) -> dict[str, tuple[Any, Any]]:
    pairs = {"no": (old.no, new.no), "title": (old.title, new.title), "text": (old.text, new.text)}
    pairs |= {name: (old.facts.get(name), new.facts.get(name)) for name in {**old.facts, **new.facts}}
    return {name: (a, b) for name, (a, b) in pairs.items() if a != b}
