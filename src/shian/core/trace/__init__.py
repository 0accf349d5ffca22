"""Following lots through the food chain (食品追溯): who had it, when, from whom, where did it go.

Events are the journal; the graph of lot states is an index derived from it and rebuildable at any time. Reading
order: :mod:`~shian.core.trace.facts` (what an event says), :mod:`~shian.core.trace.moves`,
:mod:`~shian.core.trace.carriers`, :mod:`~shian.core.trace.transforms` (what facts imply),
:mod:`~shian.core.trace.graph` (kept in step with the journal), :mod:`~shian.core.trace.snapshot` and
:mod:`~shian.core.trace.live` (the index in memory), :mod:`~shian.core.trace.walk` (following),
:mod:`~shian.core.trace.trace` (the answer).
"""

from shian.core.trace.edges import Edge, EdgeTable, Kind, NodeFlag, Quantity
from shian.core.trace.graph import GraphStore
from shian.core.trace.live import LiveIndex
from shian.core.trace.trace import (
    Direction,
    Mark,
    Options,
    Trace,
    TraceEdge,
    TraceNode,
    Tracer,
    UnknownThing,
)

__all__ = [
    "Direction",
    "Edge",
    "EdgeTable",
    "GraphStore",
    "Kind",
    "LiveIndex",
    "Mark",
    "NodeFlag",
    "Options",
    "Quantity",
    "Trace",
    "TraceEdge",
    "TraceNode",
    "Tracer",
    "UnknownThing",
]
