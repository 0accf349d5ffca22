"""Pinyin for searching by typing: full syllables and initials, with fixed readings for names of places and offices.

pypinyin reads 重庆市长寿区 as "… shi zhang shou qu" (市长 is a word); names need the table in ``pinyin.yaml``.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import resources

import yaml

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+")


@cache
def fixed_readings() -> dict[str, tuple[str, ...]]:
    """Phrase → syllables, from the package data."""
    data = yaml.safe_load((resources.files(__package__) / "pinyin.yaml").read_text("utf-8"))
    return {phrase: tuple(reading.split()) for group in data.values() for phrase, reading in group.items()}


@cache
def _fixed_pattern() -> re.Pattern[str]:
    phrases = sorted(fixed_readings(), key=len, reverse=True)
    return re.compile("(" + "|".join(map(re.escape, phrases)) + ")")


@lru_cache(maxsize=50_000)
def syllables(text: str) -> tuple[str, ...]:
    """One toneless syllable for each Chinese character of ``text``; other characters are left out."""
    from pypinyin import Style, lazy_pinyin  # its dictionary takes a while to load: only for who needs it

    found: list[str] = []
    for run in HAN.findall(text):
        for position, piece in enumerate(_fixed_pattern().split(run)):
            if position % 2:
                found.extend(fixed_readings()[piece])
            elif piece:
                found.extend(lazy_pinyin(piece, style=Style.NORMAL, errors="ignore"))
    return tuple(syllable for syllable in found if syllable)


def initials(text: str) -> str:
    """First letters: ``重庆市长寿区`` → ``cqscsq``."""
    return "".join(syllable[0] for syllable in syllables(text))
