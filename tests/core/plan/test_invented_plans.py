"""Invented plans of many styles and fields, each with a ledger written for it.

They cover what the real plans beside the checkout do not: other numbering and brackets, tables, units
in running text, lost line breaks, old numerals, several years.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shian.core.plan import read_bytes

from .scoring import score_one

HERE = Path(__file__).parent / "invented"
NAMES = sorted(p.stem for p in HERE.glob("*.txt"))


def test_enough_of_them() -> None:
    assert len(NAMES) >= 25


@pytest.mark.parametrize("name", NAMES)
def test_ledger(name: str) -> None:
    gold = json.loads((HERE / f"{name}.gold.json").read_text("utf-8"))
    got = read_bytes((HERE / f"{name}.txt").read_bytes(), name).to_json()
    wrong = {k: v for k, v in score_one(gold, got).items() if v[1] or v[2]}
    assert wrong == {}
    assert [(s["no"], s["title"]) for s in got["sections"]] == [(s["no"], s["title"]) for s in gold["sections"]]
    assert [t["title"] for t in got["tasks"]] == [t["title"] for t in gold["tasks"]]
    assert [x["deadline"] for x in got["targets"]] == [x["deadline"] for x in gold["targets"]]
    assert [x.get("value_max") for x in got["targets"]] == [x.get("value_max") for x in gold["targets"]]
