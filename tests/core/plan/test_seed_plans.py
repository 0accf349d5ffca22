"""The five real plans with a gold ledger, where the shared data lies beside the checkout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shian.core.plan import read_bytes

from .scoring import score

PLANS = Path(__file__).parents[3] / "../shared/data/plans"
pytestmark = pytest.mark.skipif(not PLANS.is_dir(), reason="shared plans are not beside this checkout")
FLOOR = {"tasks": 0.98, "units": 0.97, "units+role": 0.97, "targets": 0.95, "targets+op": 0.95}


@pytest.fixture(scope="module")
def figures() -> dict[str, tuple[int, int, int]]:
    pairs = []
    for gold in sorted(PLANS.glob("gold/*.gold.json")):
        name = gold.name.removesuffix(".gold.json") + ".txt"
        ledger = read_bytes((PLANS / name).read_bytes(), name)
        pairs.append((json.loads(gold.read_text("utf-8")), ledger.to_json()))
    return score(pairs)


@pytest.mark.parametrize("measure", FLOOR)
def test_micro_f1(figures: dict[str, tuple[int, int, int]], measure: str) -> None:
    tp, fp, fn = figures[measure]
    assert 2 * tp / (2 * tp + fp + fn) >= FLOOR[measure]


def test_at_most_one_wrong_or_missing_deadline(figures: dict[str, tuple[int, int, int]]) -> None:
    _, fp, fn = figures["deadlines"]
    assert fp + fn <= 1


def test_every_field_of_the_document(figures: dict[str, tuple[int, int, int]]) -> None:
    tp, _, fn = figures["doc"]
    assert fn == 0 and tp == 35
