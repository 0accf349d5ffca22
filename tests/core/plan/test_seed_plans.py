"""The five real plans with a gold ledger, where the shared data lies beside the checkout: as they are,
and rewritten in other layouts that must not change what they say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shian.core.plan import read_text

from .scoring import score

PLANS = Path(__file__).parents[3] / "../shared/data/plans"
pytestmark = pytest.mark.skipif(not PLANS.is_dir(), reason="shared plans are not beside this checkout")
MEASURES = ("tasks", "units", "units+role", "targets", "targets+op")
Rewrite = Callable[[str], str]


def pairs(rewrite: Rewrite = str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    out = []
    for gold in sorted(PLANS.glob("gold/*.gold.json")):
        text = (PLANS / gold.name.replace(".gold.json", ".txt")).read_text("utf-8")
        out.append((json.loads(gold.read_text("utf-8")), read_text(rewrite(text)).to_json()))
    return out


def f1(counts: tuple[int, int, int]) -> float:
    tp, fp, fn = counts
    return 2 * tp / (2 * tp + fp + fn)


@pytest.fixture(scope="module")
def as_they_are() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return pairs()


def test_scores(as_they_are: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    figures = score(as_they_are)
    assert {m: f1(figures[m]) for m in MEASURES} == dict.fromkeys(MEASURES, 1.0)
    assert figures["deadlines"][1:] == (0, 0)
    assert figures["doc"] == (35, 0, 0)


def test_sections(as_they_are: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    for gold, got in as_they_are:
        assert [{k: s[k] for k in ("no", "title")} for s in got["sections"]] == gold["sections"]


def one_line(text: str) -> str:
    return re.sub(r"\s*\n\s*", " ", text)


def wrapped(text: str, width: int = 34) -> str:
    """Lines of a fixed width with page numbers between them."""
    out: list[str] = []
    for n, words in enumerate(line.strip() for line in text.split("\n") if line.strip()):
        line = ("　　" if len(words) > width or re.match(r"[一二三四五六七八九十]+、|（|\d", words) else "") + words
        out += [line[i : i + width] for i in range(0, len(line), width)]
        if n % 7 == 6:
            out.append(f"— {n // 7 + 1} —")
    return "\n".join(out)


def with_notes(text: str, form: Callable[[str], str]) -> str:
    """Rewrite the bracket that closes a paragraph."""
    out = []
    for line in text.split("\n"):
        words, depth = line.rstrip(), 0
        for i in range(len(words) - 1, -1, -1):
            depth += (words[i] in "）〕") - (words[i] in "（〔")
            if depth == 0:
                break
        noted = depth == 0 and words[-1:] in ("）", "〕") and re.search("责任单位|负责|配合", words[i:])
        out.append(words[:i] + form(words[i + 1 : -1]) if noted else line)
    return "\n".join(out)


def labelled_lines(text: str) -> str:
    return with_notes(text, lambda note: "\n" + ("" if note.startswith("责任单位") else "责任单位：") + note)


def square_brackets(text: str) -> str:
    return with_notes(text, "【{}】".format)


def full_width(text: str) -> str:
    return text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789%"})


def articles(text: str) -> str:
    return re.sub(r"(?m)^([\s　]*)（([一二三四五六七八九十]+)）", r"\1第\2条　", text)


def spaced_numbers(text: str) -> str:
    return re.sub(r"(\d+)", r" \1 ", text)


def windows_blank_lines(text: str) -> str:
    return text.replace("\n", "\r\n\r\n")


@pytest.mark.parametrize("rewrite", [one_line, wrapped, labelled_lines, square_brackets, full_width, articles, spaced_numbers, windows_blank_lines])
def test_layout_does_not_matter(rewrite: Rewrite) -> None:
    figures = score(pairs(rewrite))
    assert {m: round(f1(figures[m]), 3) for m in (*MEASURES, "deadlines", "doc")} == dict.fromkeys((*MEASURES, "deadlines", "doc"), 1.0)
