"""The trace store: the graph of lot states beside the journal, the index over it, and answers from it.

Events are the journal; the graph is an index derived from it and rebuildable at any time. Reading order:
:mod:`~shian.engines.trace.names` (tables), :mod:`~shian.engines.trace.derive` and
:mod:`~shian.engines.trace.graph` (kept in step with the journal), :mod:`~shian.engines.trace.saved` and
:mod:`~shian.engines.trace.live` (the index in memory), :mod:`~shian.engines.trace.tracer` (the answer).
What is decided without a store is in :mod:`shian.core.trace`.
"""

from .graph import GraphStore
from .live import LiveIndex
from .tracer import Tracer

__all__ = ["GraphStore", "LiveIndex", "Tracer"]
