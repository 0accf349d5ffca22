"""Which unit of a place a document means (单位名称归一).

Documents shorten names (县市场监管局), drop the place after the first of a list (县法院、检察院), keep
names from before a reform and speak of whole groups (各成员单位, 各乡镇). A group is not resolved to
units but to the name of a set, which is asked again whenever it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SETS = (
    ("members", re.compile("成员单位")),
    (
        "townships",
        re.compile(
            r"^各?(乡|镇|街|办事处|涉农)|^(党委|政府|人民政府|党工委|管委会)$|各乡|各镇|各街|各管委会"
        ),
    ),
    ("lower", re.compile(r"^各(地|市|州|县|区|盟|旗)")),
    ("departments", re.compile(r"(有关|相关|各)(部门|单位|委办局)|^各(部门|单位|委)")),
)
"""First that matches wins: 县政府食安委有关成员单位 is a set of members, not of departments."""

_SEAT = re.compile("(镇|乡|街道|区|园)(人民政府|政府|办事处|管委会|管理委员会|党委|党工委)$")
_OFFICE = re.compile("(委员会办公室|委员会|办公室|分局|支局|中心|局|委|厅|办|部|处|社|站)$")
_LEVEL = re.compile("^(中共)?(省|市|州|县|区|旗|本级)?(人民政府|政府)?")


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

    def resolve(self, name: str) -> tuple[int | None, str]:
        """(unit id or ``None``, set or ``""``). A doubtful name resolves to nothing: a person decides."""
        name = re.sub(r"\s", "", name)
        if name in self.aliases:
            return self.aliases[name], ""
        exact = {u.id for u in self.units if name in (u.name, u.short_name)}
        if len(exact) == 1:
            return exact.pop(), ""
        for code, pattern in SETS:
            if pattern.search(name):
                return None, code
        return self._by_stem(name), ""

    def _by_stem(self, name: str) -> int | None:
        wanted = self.stem(name)
        if not wanted:
            return None
        best: dict[int, int] = {}
        for unit in self.units:
            for known in filter(None, (unit.name, unit.short_name)):
                gap = _distance(wanted, self.stem(known))
                if gap is not None:
                    best[unit.id] = min(gap, best.get(unit.id, gap))
        closest = sorted(best.items(), key=lambda pair: pair[1])
        if not closest or (len(closest) > 1 and closest[0][1] == closest[1][1]):
            return None
        return closest[0][0]

    def stem(self, name: str) -> str:
        """The words that tell one body from another: 演示县市场监督管理局 → 市场监督管理."""
        for place in sorted(self.places, key=len, reverse=True):
            name = name.replace(place, "")
        name = _SEAT.sub(r"\1", name)
        name = _LEVEL.sub("", name).removeprefix("委").removeprefix("人民")
        return _OFFICE.sub("", name) or name


def _distance(short: str, long: str) -> int | None:
    """Characters left out of the longer name, if the shorter is what remains; ``None`` if it is not.

    An abbreviation keeps the order and the first character: 市场监管 of 市场监督管理, 住建 of 住房和城乡建设.
    """
    if len(short) > len(long):
        short, long = long, short
    if len(short) < 2 or short[0] != long[0]:
        return 0 if short == long else None
    rest = iter(long)
    return len(long) - len(short) if all(c in rest for c in short) else None


def resolver(units: Iterable[Known], places: Iterable[str], aliases: Mapping[str, int]) -> Resolver:
    return Resolver(tuple(units), tuple(p for p in places if p), dict(aliases))
