"""Characters that make two names look the same, or one name look like another (Unicode TR 36, TR 39)."""

from __future__ import annotations

import re
import unicodedata

FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u180e")
"""Blank letters: of a category of their own, and nothing to be seen."""
WORD = re.compile(r"[^\W\d_]+")
SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE")
"""Alphabets whose letters are taken for one another."""


def unseen(text: str) -> tuple[str, ...]:
    """Invisible characters of ``text`` and those that turn its direction, as ``U+202E``, in order, each once.

    Line breaks and tabs are none: where they have no place the field itself says so.
    """
    found = (c for c in text if c not in "\n\r\t" and (c in FILLERS or unicodedata.category(c) in _UNSEEN or _selects(c)))
    return tuple(dict.fromkeys(f"U+{ord(c):04X}" for c in found))


_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Cn", "Cs"})


def _selects(char: str) -> bool:
    """A variation selector: it changes a glyph at most, and a comparison always."""
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def mixed(text: str) -> tuple[str, ...]:
    """Words of ``text`` that mix letters of alphabets which look alike (Latin ``a`` and Cyrillic ``а``)."""
    return tuple(word for word in WORD.findall(text) if len(_scripts(word)) > 1)


def _scripts(word: str) -> set[str]:
    names = {unicodedata.name(c, "").split(" ")[0] for c in word}
    return names & set(SCRIPTS)
