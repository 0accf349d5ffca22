"""The cyclic garbage collector, held back while many objects are made that all stay."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """No garbage collection meanwhile. A document becomes some ten thousand objects, an answer a million, that all
    stay; looking through them again and again for cycles, which they cannot form, takes a quarter of the time of
    reading the document and half of the time of answering."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
