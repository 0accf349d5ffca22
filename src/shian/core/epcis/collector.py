"""The cyclic garbage collector, held back while a document is read or stored."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """No garbage collection meanwhile: a document becomes some ten thousand objects that all stay, and looking
    through them again and again for cycles, which they cannot form, takes a quarter of the time of reading it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
