"""Which unit of a place a document means (单位名称归一).

Documents shorten names (县市场监管局), drop the place after the first of a list (县法院、检察院), keep
names from before a reform and speak of whole groups (各成员单位, 各乡镇). A group is not resolved to
units but to the name of a set, which is asked again whenever it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from shian.core.text import collective, org_candidates

SETS = {
    "members": "members",
    "townships": "townships",
    "streets": "townships",
    "places": "lower",
    "departments": "departments",
}
"""Collective (:mod:`shian.core.text`) → set of this app. Others (各村, 各监管所) have no owner here."""

SURE = 0.65
"""Least score of a candidate taken without asking: the only unit of the same line of work (教育局 → 教育体育局)."""

_BARE = re.compile("(党委|政府|人民政府|党工委|管委会)+")
"""What remains of 各乡镇党委、政府 after the first: the set again."""
_SEAT = re.compile("(?<=[镇乡街道区场])(人民政府|政府|办事处|管委会|管理委员会|党委|党工委)+$")

Answer = tuple[int | None, str]


@dataclass(frozen=True, slots=True)
class Known:
    """A unit that may be meant: of the place itself or of the places right below it."""

    id: int
    name: str
    short_name: str = ""


@dataclass(frozen=True)
class Resolver:
    """``places``: names of the place and its ancestors; ``aliases``: name → unit id, confirmed before."""

    units: tuple[Known, ...]
    places: tuple[str, ...]
    aliases: Mapping[str, int]
    _answers: dict[str, Answer] = field(default_factory=dict, repr=False)

    def resolve(self, name: str) -> Answer:
        """(unit id or ``None``, set or ``""``). A doubtful name resolves to nothing: a person decides."""
        name = re.sub(r"\s", "", name)
        if name not in self._answers:
            self._answers[name] = self._resolve(name)
        return self._answers[name]

    def _resolve(self, name: str) -> Answer:
        if name in self.aliases:
            return self.aliases[name], ""
        spelt = self._only(u.id for u in self.units if name in (u.name, u.short_name))
        if spelt is not None:
            return spelt, ""
        group = SETS.get(collective(name) or "", "") or ("townships" if _BARE.fullmatch(name) else "")
        if group:
            return None, group
        seat = _SEAT.sub("", name)
        seats = self._only(u.id for u in self.units if seat in (_SEAT.sub("", u.name), u.short_name))
        return (seats if seats is not None else self._by_work(name)), ""

    def _by_work(self, name: str) -> int | None:
        """The one unit that does what the name says, under any of its spellings or former names."""
        by_name = {n: u.id for u in self.units for n in (u.short_name, u.name) if n}
        found = org_candidates(name, by_name, self.places, least=SURE)
        return self._only(by_name[c.name] for c in found if c.score == found[0].score)

    @staticmethod
    def _only(ids: Iterable[int]) -> int | None:
        distinct = set(ids)
        return distinct.pop() if len(distinct) == 1 else None


def resolver(units: Iterable[Known], places: Iterable[str], aliases: Mapping[str, int]) -> Resolver:
    return Resolver(tuple(units), tuple(p for p in places if p), dict(aliases))
