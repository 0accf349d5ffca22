"""Search keys that work alike in any database: a query matches where each of its tokens begins some stored token.

Chinese is indexed by pairs of neighbouring characters, so that two-character words are found without a dictionary;
the last character of a run is also stored alone, so that a single character is the beginning of some token too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .normal import compact, normalise
from .pinyin import HAN, initials, syllables

_RUNS = re.compile(rf"({HAN.pattern})|([a-z0-9]+)")
_LONGEST_INITIALS = 12
_MOST_SYLLABLES = 6


def tokens(text: str, *, pinyin: bool = False) -> tuple[str, ...]:
    """Tokens to store for ``text``, each once, in order of appearance.

    ``pinyin`` (for names and titles, not for long text) adds full pinyin and initials from every character on.
    """
    found: dict[str, None] = {}
    for han, word in _RUNS.findall(normalise(text)):
        if word:
            found[word] = None
            continue
        found.update(dict.fromkeys(_pairs(han)))
        found[han[-1]] = None
        if pinyin:
            found.update(dict.fromkeys(_pinyin_tokens(han)))
    return tuple(found)


def _pairs(run: str) -> Iterable[str]:
    return (run[index : index + 2] for index in range(len(run) - 1))


def _pinyin_tokens(run: str) -> Iterable[str]:
    spelt, first = syllables(run), initials(run)
    for start in range(len(spelt)):
        yield first[start : start + _LONGEST_INITIALS]
        yield "".join(spelt[start : start + _MOST_SYLLABLES])


def query_tokens(query: str) -> tuple[str, ...]:
    """Tokens of what a user typed; all of them must begin a stored token. Empty for a query without letters."""
    found: dict[str, None] = {}
    for han, word in _RUNS.findall(normalise(query)):
        pieces = [word[: _LONGEST_INITIALS * 6]] if word else list(_pairs(han)) or [han]
        found.update(dict.fromkeys(pieces))
    return tuple(found)


@dataclass(frozen=True)
class Hit:
    """A text that matches a query; ``score`` in (0, 1]."""

    text: str
    score: float


def score(query: str, text: str) -> float:
    """How well ``text`` answers ``query``: 1 equal, then beginning, part, pinyin, all tokens somewhere; 0 no match."""
    wanted, present = compact(query), compact(text)
    if not wanted or not present:
        return 0.0
    share = min(len(wanted) / len(present), 1.0)
    if wanted == present:
        return 1.0
    if present.startswith(wanted):
        return 0.85 + 0.1 * share
    if wanted in present:
        return 0.7 + 0.1 * share
    stored = tokens(text, pinyin=True)
    if not all(any(token.startswith(piece) for token in stored) for piece in query_tokens(query)):
        return 0.0
    if wanted.isascii():
        begins = initials(present).startswith(wanted) or "".join(syllables(present)).startswith(wanted)
        return (0.55 if begins else 0.4) + 0.1 * share
    return 0.2 + 0.1 * share


def rank(query: str, texts: Iterable[str]) -> list[Hit]:
    """The texts that match, best first; equal scores in alphabetical order."""
    hits = (Hit(text, score(query, text)) for text in texts)
    return sorted((hit for hit in hits if hit.score > 0), key=lambda hit: (-hit.score, hit.text))


def similarity(one: str, other: str) -> float:
    """Dice coefficient of character pairs, 0 to 1 (Dice 1945): for names that were typed twice."""
    first, second = (sorted(_pairs(f"^{compact(text)}$")) for text in (one, other))
    if len(first) < 2 or len(second) < 2:
        return 0.0
    rest = list(second)
    common = 0
    for pair in first:
        if pair in rest:
            rest.remove(pair)
            common += 1
    return 2 * common / (len(first) + len(second))
