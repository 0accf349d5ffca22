"""The trial set is frozen, and its ledgers are well made. How well it is read: ``python bench/trials.py``."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

TRIALS = Path(__file__).parents[2] / "data" / "trials"
TEXTS = sorted(TRIALS.glob("*/*.txt"))
SUM = "86aae46d3b80f2b72637a58960c0aaeaf8b7115e4023f9d6752979d7f99ef76a"
STYLES = {"annual", "attachments", "breakdown", "canteen", "duties", "minutes", "notice", "opinion", "review", "township"}


def gold_of(path: Path) -> dict[str, Any]:
    gold: dict[str, Any] = json.loads(path.with_suffix(".gold.json").read_text("utf-8"))
    return gold


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_the_set_is_frozen() -> None:
    """Names and bytes of all texts and ledgers; what must change and why is said in the set's README."""
    total = hashlib.sha256()
    for path in sorted(p for p in TRIALS.glob("*/*") if p.is_file()):
        total.update(f"{path.relative_to(TRIALS).as_posix()}\0".encode() + path.read_bytes())
    assert total.hexdigest() == SUM


def test_ten_styles_forty_documents() -> None:
    assert {p.parent.name for p in TEXTS} == STYLES
    assert len(TEXTS) >= 40


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_ledger_says_only_what_is_printed(path: Path) -> None:
    text, gold = squeezed(path.read_text("utf-8")), gold_of(path)
    assert "演示" in text
    tasks = [t["id"] for t in gold["tasks"]]
    assert len(tasks) == len(set(tasks))
    for task in gold["tasks"]:
        printed = [task["no"], task["title"], task["text_starts"], *(u["name"] for u in task["units"])]
        assert [p for p in printed if squeezed(p) not in text] == []
        assert {u["role"] for u in task["units"]} <= {"lead", "joint", "support"}
    for item in gold["targets"] + gold["deadlines"]:
        assert squeezed(item["quote"]) in text
        assert item["task"] is None or item["task"] in tasks
    assert {t["op"] for t in gold["targets"]} <= {"==", ">=", "<=", ">", "<"}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", d["date"]) for d in gold["deadlines"])
