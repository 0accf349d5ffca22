"""What can be wrong with a table file, and how much of one we are willing to read."""

from __future__ import annotations

from dataclasses import dataclass

from shian.core.errors import Told


class SheetError(Told):
    """A table file that cannot be read or written.

    ``code`` is a stable word for programs (``encrypted``, ``old_format``, ``zip_bomb``, ``xml_dtd``, ``broken``,
    ``not_a_table``, ``encoding``, ``too_large``, ``empty``, ``no_sheet``); ``message`` is Chinese, for the user.
    """


@dataclass(frozen=True)
class Limits:
    """Bounds against hostile files; sizes in bytes.

    A sheet of real data inflates 8 to 40 times; deflate can reach 1,030 times, which only a bomb does.
    """

    part: int = 3 << 30
    total: int = 6 << 30
    ratio: int = 200
    ratio_from: int = 32 << 20
    parts: int = 10_000
    small_part: int = 64 << 20
    columns: int = 2_048
    depth: int = 64


DEFAULT_LIMITS = Limits()
