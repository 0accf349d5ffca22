"""What a reader of one format hands over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Office = Callable[[bytes, str], bytes]
"""(bytes, suffix) → the same document as DOCX. Raises :class:`~shian.core.errors.Told` where that fails."""


@dataclass(frozen=True, slots=True)
class FileText:
    """The text of a file, tables as lines of cells parted by tabs; ``notes``: sentences for whoever sent it."""

    text: str
    notes: tuple[str, ...] = ()
