"""Snapshots on disk: as they were, replaced in one step."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from shian.core.trace import Quantity
from shian.core.trace.edges import FOREVER, Edge, EdgeTable
from shian.core.trace.snapshot import Nodes, build
from shian.engines.trace.saved import load, save


def nodes(count: int) -> Nodes:
    return Nodes(np.zeros(count, np.int32), np.zeros(count, np.uint8), np.zeros(count, np.uint32), np.zeros(count, np.uint32))


def test_snapshot_round_trip_and_replacement(tmp_path: Path) -> None:
    edges = [Edge(0, 1, 2, 5, 6, 9, FOREVER, Quantity(Decimal("1.50"), "KGM")), Edge(1, 2, 5, 7, 7, 10, 99), Edge(0, 2, 1, 4, 4, 11)]
    snapshot = build(EdgeTable.of(edges), nodes(3))
    save(snapshot, tmp_path)
    mapped = load(tmp_path)
    assert {mapped.edge(i) for i in range(3)} == set(edges)
    assert str(next(mapped.edge(i) for i in range(3) if mapped.edge(i).event == 9).quantity.value) == "1.50"
    save(build(EdgeTable.of(edges[:1]), nodes(3)), tmp_path)
    assert len(load(tmp_path).forward.other) == 1 and mapped.edge(1) in edges  # the old map stays readable
    with pytest.raises(ValueError, match="不存在的节点"):
        build(EdgeTable.of([Edge(0, 7, 1, 1, 1, 1)]), nodes(3))
    with pytest.raises(OverflowError, match="18 位"):
        EdgeTable.of([Edge(0, 1, 1, 1, 1, 1, FOREVER, Quantity(Decimal("1234567890123456789"), ""))])
