"""Table-driven state machines (流程表): who may move what from which state to which, on what basis.

A flow is data: the same table answers "what may I do here", refuses everything else with a reason,
prints itself as a Mermaid diagram and is checked for dead ends when the module that declares it is
imported.
"""

from .machine import (
    INTERNAL,
    WORDS,
    Facts,
    Flow,
    FlowError,
    Refused,
    State,
    Transition,
    say,
)
from .mermaid import to_mermaid

__all__ = [
    "INTERNAL",
    "WORDS",
    "Facts",
    "Flow",
    "FlowError",
    "Refused",
    "State",
    "Transition",
    "say",
    "to_mermaid",
]
