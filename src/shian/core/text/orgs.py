"""Names of government bodies: one key for 县市监局, 西平县市场监督管理局 and 市场监管局 of the same place.

The table ``orgs.yaml`` holds abbreviations, years of use and successors. Reading a name means taking off the place
(西平县, 县, 中共…县委, 县政府) and finding what is left in the table; nothing is taken off unless something known remains.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

import yaml

from shian.core.words import say

from .normal import compact
from .tokens import similarity

LEVELS = "省市县区州旗盟"
_BRANCH = re.compile(r"(?P<head>.{2,})(?:分局|监管组|监管办)$")
_OFFICE = re.compile(r"^(?:中共)?(?P<place>.*?)(?:委(?=.{2})|(?:人民)?政府(?=.{2})|工委(?=.{2})|管委会(?=.{2}))")


@dataclass(frozen=True)
class Org:
    """A department in the table: canonical ``name``, years of use, what replaced it, whom it resembles."""

    name: str
    family: str
    first_year: int
    last_year: int
    successor: str | None


@dataclass(frozen=True)
class Candidate:
    """A unit that a printed name may mean; ``score`` 0 to 1, ``why`` in Chinese for the reviewer."""

    name: str
    score: float
    why: str


@cache
def _table() -> tuple[dict[str, tuple[Org, ...]], dict[str, Org]]:
    """(spelling → departments spelt so, newest first; canonical name → department)."""
    data = yaml.safe_load((resources.files(__package__) / "orgs.yaml").read_text("utf-8"))
    spellings: dict[str, list[Org]] = {}
    by_name: dict[str, Org] = {}
    for entry in data["orgs"]:
        name = entry["name"]
        years = entry.get("from", 0), entry.get("to", 9999)
        org = Org(name, entry.get("family", name), *years, entry.get("successor"))
        by_name[name] = org
        ends = entry.get("ends", data["defaults"]["ends"])
        built = (stem + end for stem in entry.get("short", ()) for end in ends)
        for spelling in {name, *entry.get("whole", ()), *built}:
            spellings.setdefault(spelling, []).append(org)
    return {key: tuple(sorted(orgs, key=lambda org: -org.last_year)) for key, orgs in spellings.items()}, by_name


def _known(text: str, year: int | None) -> Org | None:
    orgs = _table()[0].get(text, ())
    in_use = [org for org in orgs if year is not None and org.first_year <= year <= org.last_year]
    return next(iter(in_use or orgs), None)


def _prefixes(places: Iterable[str]) -> list[str]:
    """Spellings of the places to take off, longest first: 吉林省 also as 吉林."""
    names = {compact(place) for place in places}
    names |= {name[:-1] for name in names if name[-1:] in LEVELS and len(name) > 2}
    return sorted({start + name for name in names if name for start in ("中共", "")}, key=len, reverse=True)


def _rests(name: str, places: Iterable[str]) -> Iterable[str]:
    """What ``name`` may be once its place is taken off, from the surest reading to the boldest."""
    yield name
    yield from (name[len(prefix) :] for prefix in _prefixes(places) if name.startswith(prefix))
    if office := _OFFICE.match(name):
        yield name[office.end() :]
    yield from (name[index + 1 :] for index, char in enumerate(name[:-1]) if char in LEVELS)


def _find(text: str, places: tuple[str, ...], year: int | None) -> Org | None:
    rests = list(_rests(text, places))
    rests += [rest[office.end() :] for rest in rests if (office := _OFFICE.match(rest))]
    return next((org for rest in rests if (org := _known(rest, year))), None)


@lru_cache(maxsize=20_000)
def _find_org(text: str, places: tuple[str, ...], year: int | None) -> Org | None:
    found = _find(text, places, year)
    if found is None and (branch := _BRANCH.match(text)):  # 市公安局晋宁分局, 公安蓟州分局, 市银保监分局西平监管组
        head = branch["head"]
        cuts = (head[:end].removesuffix("分局") for end in range(len(head), 1, -1))
        found = next((org for cut in cuts for end in ("", "局") if (org := _find(cut + end, places, year))), None)
    return found


def find_org(name: str, place_names: Iterable[str] = (), year: int | None = None) -> Org | None:
    """The department that ``name`` means in the table, or None. ``year`` decides between old and new uses."""
    return _find_org(compact(name), tuple(place_names), year)


def org_key(name: str, place_names: Iterable[str] = (), year: int | None = None) -> str:
    """Canonical key of a department within its place: its name in the table, else its own name without the place."""
    places = tuple(place_names)
    org = find_org(name, places, year)
    if org is not None:
        return org.name
    text = compact(name)
    prefixes = [*_prefixes(places), *(place[-1] for place in places if place[-1:] in LEVELS)]
    rests = (text[len(prefix) :] for prefix in prefixes if text.startswith(prefix))
    return next((rest for rest in rests if len(rest) > 1), text)


def org_candidates(
    name: str, names: Iterable[str], place: Iterable[str] | str = (), *, year: int | None = None, least: float = 0.35
) -> list[Candidate]:
    """Units among ``names`` that ``name`` may mean, best first.

    1 same spelling; 0.95 same department; 0.85 its successor or predecessor; 0.65 same line of work; below: similar
    spelling. ``place`` holds the names of the place whose units these are (西平县, 驻马店市西平县).
    """
    places = (place,) if isinstance(place, str) else tuple(place)
    found = (_judge(name, other, places, year) for other in dict.fromkeys(names))
    return sorted((item for item in found if item.score >= least), key=lambda item: (-item.score, item.name))


def _judge(name: str, other: str, places: tuple[str, ...], year: int | None) -> Candidate:
    if compact(name) == compact(other):
        return Candidate(other, 1.0, say("名称相同"))
    one, two = find_org(name, places, year), find_org(other, places, year)
    if one and two:
        levels = [_foreign_level(text, places, year) for text in (name, other)]
        if levels[0] != levels[1]:
            return Candidate(other, 0.3, say("层级不同（%(level)s级部门）", level=levels[0] or levels[1]))
        if one.name == two.name:
            return Candidate(other, 0.95, say("同为%(name)s的名称或简称", name=one.name))
        if two.name == one.successor:
            return Candidate(other, 0.85, say("机构改革：%(name)s的职责并入%(other)s", name=one.name, other=two.name))
        if one.name == two.successor:
            return Candidate(other, 0.85, say("机构改革：%(name)s由%(other)s改组", name=one.name, other=two.name))
        if one.family == two.family:
            return Candidate(other, 0.65, say("同属%(family)s系统", family=one.family))
        return Candidate(other, 0.0, say("不同的部门"))
    first, second = org_key(name, places, year), org_key(other, places, year)
    if first == second:
        return Candidate(other, 0.95, say("去掉地名后名称相同"))
    close = similarity(first, second)
    return Candidate(other, 0.6 * close, say("名称相近"))


def _foreign_level(name: str, places: tuple[str, ...], year: int | None) -> str:
    """省 for 省市场监管厅 seen from a county; nothing for the place's own units and for branches of upper ones."""
    text = compact(name)
    own = {place[-1] for place in places if place}
    foreign = bool(own) and text[:1] in LEVELS and text[0] not in own
    return text[0] if foreign and not _known(text, year) and not _BRANCH.match(text) else ""
