"""Why a file cannot be read as a plan, in words for the person who sent it."""

from __future__ import annotations

from typing import Literal

from shian.core.errors import Told

Code = Literal["empty", "too_large", "wrong_type", "broken", "encrypted", "scanned", "unmapped", "zip_bomb", "encoding", "slow"]


class PlanInputError(Told, ValueError):
    """An input that cannot be read. ``code`` is for programs, ``str(error)`` is Chinese, for people."""

    def __init__(self, code: Code, words: str) -> None:
        super().__init__(code, words)
