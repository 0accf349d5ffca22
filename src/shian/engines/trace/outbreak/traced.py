"""A case list scored over the live trace index: which lots explain the cases?

Every lot that a person named is looked up in the index at the place named, if it was there by then; all backward
traces are made at once (:mod:`shian.core.trace.outbreak.live`). The states of one lot at its holders are one lot.
Lots that lead to the same cases (and as many controls) cannot be told apart and are one :class:`Suspect`. With
controls each is judged by its likelihood ratio (:mod:`shian.core.trace.outbreak.likelihood`): a lot that reached the
healthy as often explains nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shian.core.errors import Invalid
from shian.core.trace.outbreak.cases import CaseList, Eaten
from shian.core.trace.outbreak.explain import Explanation, explaining_sets
from shian.core.trace.outbreak.likelihood import expected_share, log_likelihood_ratio
from shian.core.trace.outbreak.live import LotScores, merge_states, score_lots
from shian.core.words import say

from ..live import LiveIndex, read_snapshot
from ..names import many


@dataclass(frozen=True)
class Suspect:
    """Lots that cannot be told apart: number and share of cases, controls reached, log likelihood ratio.

    ``ratio`` is None without controls. ``by_share`` and ``by_ratio`` are ranks from 1; equals share a rank.
    """

    lots: tuple[str, ...]
    cases: int
    share: float
    controls: int
    ratio: float | None
    by_share: int
    by_ratio: int | None


@dataclass(frozen=True)
class Untraced:
    """A lot that is on no trace, and why."""

    eaten: Eaten
    reason: str


@dataclass(frozen=True)
class TracedCases:
    """The answer; suspects are ranked by ratio where there are controls, else by share."""

    cases: tuple[str, ...]
    controls: tuple[str, ...]
    suspects: tuple[Suspect, ...]
    common_lots: tuple[str, ...]
    common_places: tuple[str, ...]
    explanation: Explanation
    unexplained: tuple[str, ...]
    untraced: tuple[Untraced, ...]
    off_trace: tuple[str, ...]


@dataclass(frozen=True)
class _Group:
    """The people of one kind, their scores by node, and the same by lot."""

    people: tuple[str, ...]
    nodes: LotScores
    lots: LotScores


def trace_cases(index: LiveIndex, cases: CaseList) -> TracedCases:
    """Score ``cases`` over ``index``. Raises ``ValueError`` when no person is a case."""
    index.refresh()
    starts, untraced = _starts(index, cases.eaten)
    ill, well = (_score(index, cases.eaten, starts, control) for control in (False, True))
    if not ill.people:
        raise Invalid("no_cases", say("名单中没有病例"))
    names = _names(index, "thing", ill.lots.lots)
    suspects = _suspects(ill, well, names)
    bits = {names[n]: b for n, b in zip(ill.lots.lots.tolist(), _bits(ill.lots), strict=True)}
    shared = {lot: b for lot, b in bits.items() if b.bit_count() > 1}
    covered = 0
    for held in shared.values():
        covered |= held
    traced = {e.person for e, found in zip(cases.eaten, starts, strict=True) if found}
    every = ill.lots.cases == len(ill.people)
    return TracedCases(
        ill.people,
        well.people,
        tuple(suspects),
        tuple(sorted(names[n] for n in ill.lots.lots[every].tolist())),
        _common_places(index, ill),
        explaining_sets(shared),
        tuple(p for i, p in enumerate(ill.people) if not covered >> i & 1),
        tuple(untraced),
        tuple(p for p in ill.people if p not in traced),
    )


def _starts(index: LiveIndex, eaten: Sequence[Eaten]) -> tuple[list[list[int]], list[Untraced]]:
    """The nodes that each row names, and the rows that name none."""
    rows = many(
        index.db,
        "SELECT t.name, p.name, n.id FROM thing t JOIN node n ON n.thing = t.id JOIN place p ON p.id = n.place"
        " WHERE t.name IN ({}) ORDER BY n.id",
        dict.fromkeys(e.lot for e in eaten),
    )
    states: dict[str, list[tuple[str, int]]] = {}
    for lot, place, node in rows:
        told = index.degree(node, forward=True) or index.degree(node, forward=False)
        if told or index.node(node).first <= index.node(node).last:
            states.setdefault(lot, []).append((place, node))
    starts, untraced = [], []
    for named in eaten:
        found, reason = states.get(named.lot, []), "追溯数据中没有该批次"
        if found and named.place is not None:
            found, reason = [s for s in found if s[0] == named.place], "该主体处没有该批次"
        if found and named.time is not None:
            found = [s for s in found if index.node(s[1]).first <= named.time]
            reason = "该批次此时尚未到达"
        starts.append([node for _, node in found])
        if not found:
            untraced.append(Untraced(named, reason))
    return starts, untraced


def _score(index: LiveIndex, eaten: Sequence[Eaten], starts: Sequence[list[int]], control: bool) -> _Group:
    people = tuple(dict.fromkeys(e.person for e in eaten if e.control is control))
    number = {person: i for i, person in enumerate(people)}
    pairs = [
        (number[e.person], node)
        for e, nodes in zip(eaten, starts, strict=True)
        if e.control is control
        for node in nodes
    ]
    who = np.array([p for p, _ in pairs], dtype=np.int64)
    what = np.array([n for _, n in pairs], dtype=np.int64)
    live = index.overlay.size or index.overlay.dead or index.overlay.nodes
    snapshot = read_snapshot(index.db) if live else index.snapshot
    scores = score_lots(snapshot.backward.indptr, snapshot.backward.other, who, what)
    return _Group(people, scores, merge_states(scores, _column(index, "thing", scores, len(snapshot.nodes))))


def _column(index: LiveIndex, name: str, scores: LotScores, size: int) -> npt.NDArray[np.int64]:
    """Thing or place number of every node that is scored; the other nodes are not looked at."""
    held = np.zeros(max(size, 1), dtype=np.int64)
    sql = f"SELECT id, {name} FROM node WHERE id IN ({{}})"  # noqa: S608
    for node, number in many(index.db, sql, scores.lots.tolist()):
        held[node] = number
    return held


def _names(index: LiveIndex, table: str, numbers: npt.NDArray[np.int64]) -> dict[int, str]:
    sql = f"SELECT id, name FROM {table} WHERE id IN ({{}})"  # noqa: S608
    return dict(many(index.db, sql, numbers.tolist()))


def _bits(scores: LotScores) -> list[int]:
    return [int.from_bytes(row.tobytes(), "little") for row in scores.sets]


def _common_places(index: LiveIndex, ill: _Group) -> tuple[str, ...]:
    """Holders on the trace of every case: FoodChain-Lab's common link."""
    size = int(ill.nodes.lots[-1]) + 1 if len(ill.nodes.lots) else 0
    places = merge_states(ill.nodes, _column(index, "place", ill.nodes, size))
    found = _names(index, "place", places.lots[places.cases == len(ill.people)]).values()
    return tuple(sorted(p for p in found if p and not p.startswith("#")))


def _suspects(ill: _Group, well: _Group, names: Mapping[int, str]) -> list[Suspect]:
    reached = dict(zip(well.lots.lots.tolist(), well.lots.cases.tolist(), strict=True))
    alike: dict[tuple[bytes, int], list[int]] = {}
    for lot, row in zip(ill.lots.lots.tolist(), ill.lots.sets, strict=True):
        alike.setdefault((row.tobytes(), reached.get(lot, 0)), []).append(lot)
    total, controls = len(ill.people), len(well.people)
    found: list[tuple[tuple[str, ...], int, int, float | None]] = []
    for (row, hit), lots in alike.items():
        count = int.from_bytes(row, "little").bit_count()
        ratio = log_likelihood_ratio(count, total, expected_share(hit, controls, None)) if controls else None
        found.append((tuple(sorted(names[n] for n in lots)), count, hit, ratio))
    by_share = _ranks([float(count) for _, count, _, _ in found])
    by_ratio = _ranks([ratio or 0.0 for *_, ratio in found])
    suspects = [
        Suspect(lots, count, count / total, hit, ratio, first, None if ratio is None else second)
        for (lots, count, hit, ratio), first, second in zip(found, by_share, by_ratio, strict=True)
    ]
    return sorted(suspects, key=lambda s: (-(s.ratio or 0.0), -s.cases, s.lots))


def _ranks(values: Sequence[float]) -> list[int]:
    """Rank from 1, the largest first; equal values share the better rank."""
    first: dict[float, int] = {}
    for place, value in enumerate(sorted(values, reverse=True), start=1):
        first.setdefault(value, place)
    return [first[v] for v in values]
