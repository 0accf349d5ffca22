"""What a reader of one format hands over."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from shian.core.errors import Told
from shian.core.words import say

Office = Callable[[bytes, str], bytes]
"""(bytes, suffix) → the same document as DOCX. Raises :class:`~shian.core.errors.Told` where that fails."""


MAX_CHARACTERS = 8_000_000


class TooLong(Told):
    """More text than a plan ever has: a few bytes of a file can ask for any number of repetitions."""

    def __init__(self) -> None:
        super().__init__("too_large", say("文字超过 %(most)s 字的上限", most=MAX_CHARACTERS))


class Lines:
    """Lines as they come, up to a limit."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._left = MAX_CHARACTERS

    def add(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._left -= len(line) + 1
            if self._left < 0:
                raise TooLong
            self._lines.append(line)

    def __str__(self) -> str:
        return "\n".join(self._lines)


@dataclass(frozen=True, slots=True)
class FileText:
    """The text of a file, tables as lines of cells parted by tabs; ``notes``: sentences for whoever sent it."""

    text: str
    notes: tuple[str, ...] = ()
