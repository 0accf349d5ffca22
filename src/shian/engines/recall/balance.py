"""The mass balance of every lot of an answer, read from the store (:mod:`shian.core.recall.balance`)."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

from shian.core.recall.balance import PIECE, Balance, Known, Step, balance
from shian.core.trace import Trace
from shian.core.trace.carriers import DISCHARGE, LOAD
from shian.core.trace.edges import NO_QUANTITY, unscaled
from shian.engines.trace.names import many

PROCESS = "urn:shian:process:"
"""Stands for a process with many inputs and outputs: no lot."""


def balances(db: sqlite3.Connection, trace: Trace, chunk: int = 2000) -> Iterator[Balance]:
    """The balance of every lot in ``trace`` over its holders there, in order of lots. ``db`` is the store.

    Read from all that is recorded of these holders, before and after the moment of the question as well.
    """
    places: dict[str, set[int]] = defaultdict(set)
    for node in trace.nodes:
        if not node.place.startswith("#") and not node.thing.startswith(PROCESS):
            places[node.thing].add(node.number)
    units: dict[int, str] = dict(db.execute("SELECT id, name FROM measure"))
    names = iter(sorted(places))
    while part := list(islice(names, chunk)):
        ids: dict[str, int] = dict(many(db, "SELECT name, id FROM thing WHERE name IN ({})", part))
        facts, nodes, steps = _read(db, units, list(ids.values()))
        for name in part:
            number = ids[name]
            inside = {n: p for n, p in nodes[number].items() if n in places[name]}
            yield balance(name, facts[number], inside, steps[number])


def _read(
    db: sqlite3.Connection, units: dict[int, str], things: Sequence[int]
) -> tuple[dict[int, list[Known]], dict[int, dict[int, int]], dict[int, list[Step]]]:
    """Facts, nodes (number → place) and steps between holders, by thing."""
    facts: dict[int, list[Known]] = defaultdict(list)
    sql = "SELECT thing, at, act, seq, unit, mantissa, scale, measure FROM fact WHERE NOT void AND act < 8 AND thing IN ({})"
    for thing, at, act, seq, piece, mantissa, scale, measure in many(db, sql, things):
        amount = PIECE if piece else None if mantissa is None else unscaled(mantissa, scale, units[measure])
        facts[thing].append(Known(at, act, seq, amount))
    nodes: dict[int, dict[int, int]] = defaultdict(dict)
    owner = {}
    for node, thing, place in many(db, "SELECT id, thing, place FROM node WHERE thing IN ({})", things):
        if place not in (LOAD, DISCHARGE):
            nodes[thing][node] = place
            owner[node] = thing
    pieces = {thing for thing, told in facts.items() if any(f.amount is PIECE for f in told)}
    steps: dict[int, list[Step]] = defaultdict(list)
    sql = "SELECT src, dst, kind, seq, mantissa, scale, measure FROM edge WHERE src IN ({})"
    for src, dst, kind, seq, mantissa, scale, measure in many(db, sql, owner):
        if owner.get(dst) == (thing := owner[src]):
            amount = None if scale == NO_QUANTITY else unscaled(mantissa, scale, units[measure])
            steps[thing].append(Step(src, dst, kind, seq, PIECE if thing in pieces else amount))
    return facts, nodes, steps
