"""Files → text: plain text in the usual encodings, DOCX, PDF with a text layer."""

from __future__ import annotations

from ..model import Ledger
from ..reader import read_text
from .decode import decode

__all__ = ["read_bytes"]


def read_bytes(data: bytes, filename: str) -> Ledger:
    """Read a file. Raises :class:`~shian.core.plan.errors.PlanInputError` with a Chinese message."""
    return read_text(decode(data))
