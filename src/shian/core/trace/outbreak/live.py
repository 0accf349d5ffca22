"""Scoring over the whole trace index: a thousand cases against ten million lots in milliseconds.

The index is a backward CSR: inputs of lot ``n`` are ``indices[indptr[n]:indptr[n + 1]]`` (numpy arrays, possibly
memory-mapped). Only lots on some backward trace are touched. Cases are bits in rows of 64-bit words, handed
from lot to input lots until nothing changes, so cycles end and order does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shian.core.errors import Invalid
from shian.core.words import say

Ints = npt.NDArray[np.integer]
Words = npt.NDArray[np.uint64]
_DEPTH_BEFORE_SCALAR = 64


@dataclass(frozen=True)
class LotScores:
    """Lots reached (ascending), for each the number of cases that trace back to it, and their bit rows."""

    lots: npt.NDArray[np.int64]
    cases: npt.NDArray[np.int64]
    sets: Words


def merge_states(scores: LotScores, lot_number: Ints) -> LotScores:
    """Join nodes of one lot: the cases of a lot are those of all its states.

    The index has a node for a lot at each holder. Where a dispatch was not recorded the nodes are not linked,
    yet the lot number on the label is the same. ``lot_number[n]`` is the lot of node ``n``; the result is by
    lot number.
    """
    numbers, position = np.unique(np.asarray(lot_number)[scores.lots], return_inverse=True)
    order = np.argsort(position, kind="stable")
    if not len(order):
        return scores
    starts = np.searchsorted(position[order], np.arange(len(numbers)))
    sets = np.bitwise_or.reduceat(scores.sets[order], starts, axis=0)
    return LotScores(numbers.astype(np.int64), np.bitwise_count(sets).sum(axis=1, dtype=np.int64), sets)


def backward_edges(indptr: Ints, indices: Ints, lots: npt.NDArray[np.int64]) -> tuple[Ints, Ints]:
    """All edges out of ``lots``: position in ``lots``, and the input lot it leads to."""
    first = indptr[lots].astype(np.int64)
    count = indptr[lots + 1].astype(np.int64) - first
    total = int(count.sum())
    owner = np.repeat(np.arange(len(lots)), count)
    within = np.arange(total) - np.repeat(np.cumsum(count) - count, count)
    return owner, indices[np.repeat(first, count) + within].astype(np.int64)


def ancestors(indptr: Ints, indices: Ints, starts: Ints) -> npt.NDArray[np.int64]:
    """The lots on any backward trace from ``starts``, these included, ascending."""
    # of both arrays the system maps only the pages that are touched
    seen = np.zeros(len(indptr) - 1, dtype=np.uint8)
    writer = np.empty(len(indptr) - 1, dtype=np.int32)
    frontier = np.unique(starts).astype(np.int64)
    seen[frontier] = 1
    found = [frontier]
    while len(frontier):
        if len(found) > _DEPTH_BEFORE_SCALAR and len(frontier) < 8:
            found.append(_scalar_walk(indptr, indices, frontier, seen))
            break
        _, inputs = backward_edges(indptr, indices, frontier)
        inputs = inputs[seen[inputs] == 0]
        seen[inputs] = 1
        turn = np.arange(len(inputs), dtype=np.int32)
        writer[inputs] = turn
        frontier = inputs[writer[inputs] == turn]  # each once: the one that wrote last
        found.append(frontier)
    return np.sort(np.concatenate(found))


def _scalar_walk(
    indptr: Ints, indices: Ints, frontier: npt.NDArray[np.int64], seen: npt.NDArray[np.uint8]
) -> npt.NDArray[np.int64]:
    """Long thin chains: one lot at a time is cheaper than one array operation for each."""
    pending: list[int] = frontier.tolist()
    found: list[int] = []
    while pending:
        lot = pending.pop()
        for after in indices[indptr[lot] : indptr[lot + 1]].tolist():
            if not seen[after]:
                seen[after] = 1
                found.append(after)
                pending.append(after)
    return np.asarray(found, dtype=np.int64)


def score_lots(indptr: Ints, indices: Ints, case_of: Ints, lot_of: Ints) -> LotScores:
    """Count, for every lot, the cases whose food traces back to it.

    ``case_of`` and ``lot_of`` run in parallel: case ``case_of[i]`` (0, 1, 2 …) ate lot ``lot_of[i]``; a case may
    have eaten many lots. Raises ``ValueError`` for a lot outside the index or arrays of unequal length.
    """
    if len(case_of) != len(lot_of):
        raise Invalid(
            "lengths_differ",
            say("case_of: %(cases)s 项，lot_of: %(lots)s 项，应相等", cases=len(case_of), lots=len(lot_of)),
        )
    size = len(indptr) - 1
    if len(lot_of) and not (int(np.min(lot_of)) >= 0 and int(np.max(lot_of)) < size):
        raise Invalid("lot_range", say("lot_of: 批次编号应在 0..%(last)s 之内", last=size - 1))
    lots = ancestors(indptr, indices, lot_of)
    local = np.searchsorted(lots, np.asarray(lot_of))
    words = max((int(np.max(case_of)) + 64) // 64, 1) if len(case_of) else 1
    sets = np.zeros((len(lots), words), dtype=np.uint64)
    case = np.asarray(case_of).astype(np.int64)
    np.bitwise_or.at(sets, (local, case // 64), np.uint64(1) << (case % 64).astype(np.uint64))
    owner, inputs = backward_edges(indptr, indices, lots)
    _hand_on(sets, owner, np.searchsorted(lots, inputs), np.unique(local))
    counts = np.bitwise_count(sets).sum(axis=1, dtype=np.int64)
    return LotScores(lots, counts, sets)


def _hand_on(sets: Words, owner: Ints, target: npt.NDArray[np.intp], changed: npt.NDArray[np.intp]) -> None:
    """Or the row of every changed lot into its inputs until no row grows."""
    first = np.searchsorted(owner, np.arange(len(sets) + 1))
    rounds = 0
    while len(changed):
        rounds += 1
        if rounds > _DEPTH_BEFORE_SCALAR and len(changed) < 8:
            _hand_on_scalar(sets, first, target, changed)
            return
        at, inputs = backward_edges(first, target, changed.astype(np.int64))
        order = np.argsort(inputs, kind="stable")
        ordered = inputs[order]
        starts = np.flatnonzero(np.diff(ordered, prepend=-1))
        if not len(starts):
            return
        receivers = ordered[starts]
        given = np.bitwise_or.reduceat(sets[changed[at[order]]], starts, axis=0)
        grown = sets[receivers] | given
        larger = (grown != sets[receivers]).any(axis=1)
        sets[receivers] = grown
        changed = receivers[larger].astype(np.intp)


def _hand_on_scalar(
    sets: Words, first: npt.NDArray[np.intp], target: npt.NDArray[np.intp], changed: npt.NDArray[np.intp]
) -> None:
    """The same for long thin chains, with the rows as Python integers."""
    held = [int.from_bytes(row.tobytes(), "little") for row in sets]
    offsets, targets = first.tolist(), target.tolist()
    pending = changed.tolist()
    while pending:
        lot = pending.pop()
        for after in targets[offsets[lot] : offsets[lot + 1]]:
            if held[after] | held[lot] != held[after]:
                held[after] |= held[lot]
                pending.append(after)
    width = sets.shape[1] * 8
    sets[:] = np.frombuffer(b"".join(h.to_bytes(width, "little") for h in held), np.uint64).reshape(
        sets.shape
    )
