"""Table-driven state machines (流程表): who may move what from which state to which, on what basis.

A flow is data: the same table answers "what may I do here", refuses everything else with a reason,
prints itself as a Mermaid diagram and is checked for dead ends when the module that declares it is
imported.
"""

from .machine import (
    INTERNAL,
    Facts,
    Flow,
    FlowError,
    Refused,
    State,
    Term,
    Transition,
)
from .mermaid import to_mermaid

__all__ = [
    "INTERNAL",
    "Facts",
    "Flow",
    "FlowError",
    "Refused",
    "State",
    "Term",
    "Transition",
    "to_mermaid",
]
