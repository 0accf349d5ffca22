"""Following lots through the food chain (食品追溯): who had it, when, from whom, where did it go.

Reading order: :mod:`~shian.core.trace.facts` (what an event says), :mod:`~shian.core.trace.moves`,
:mod:`~shian.core.trace.carriers`, :mod:`~shian.core.trace.transforms` (what facts imply),
:mod:`~shian.core.trace.snapshot` and :mod:`~shian.core.trace.overlay` (the graph as arrays),
:mod:`~shian.core.trace.walk` and :mod:`~shian.core.trace.contact` (following),
:mod:`~shian.core.trace.answer` (the answer). The store and the live index are in :mod:`shian.engines.trace`.
"""

from .answer import Direction, Mark, Options, Trace, TraceEdge, TraceNode, UnknownThing
from .edges import Edge, EdgeTable, Kind, NodeFlag, Quantity

__all__ = [
    "Direction",
    "Edge",
    "EdgeTable",
    "Kind",
    "Mark",
    "NodeFlag",
    "Options",
    "Quantity",
    "Trace",
    "TraceEdge",
    "TraceNode",
    "UnknownThing",
]
