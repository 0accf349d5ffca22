"""The part of the demo that plans add: five real ones, and a year of work in 演示县.

Everything goes through the actions a person would use, so the demo shows real histories.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..models import Document


def load(cast, today: dt.date) -> list[Document]:
    """Imports and publishes the five plans, then the demo county's with progress up to ``today``."""
    from .county import load_county
    from .samples import load_samples

    return [*load_samples(today, cast.password), load_county(cast, today)]
