"""Input to output: slaughter, mixing, cooking, repacking.

All events of one transformationID are one process: inputs of any of them may be in outputs of any (gs1/EPCIS
issue 294). A process with many of both gets a node of its own, so that ``n`` inputs and ``m`` outputs cost
``n + m`` edges instead of ``n * m``: no document can make the graph explode.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .carriers import Link, State
from .edges import FOREVER, Amount, Kind
from .facts import Act
from .moves import Known

MOST_PAIRS = 64
"""Inputs x outputs up to which every pair gets its own edge."""


def process(hub_thing: Callable[[], int], facts: Iterable[Known]) -> list[Link]:
    """The edges of one process; ``hub_thing()`` is asked for the thing that stands for it when it needs a node.

    A lot counts as input until the last event that used it, and as output from the first that named it. The
    quantity of an edge is what the process took of the input, all its outputs together.
    """
    inputs: dict[State, Known] = {}
    outputs: dict[State, Known] = {}
    amounts: dict[State, Amount | None] = {}
    for fact in sorted(facts):
        state = (fact.thing, fact.at)
        if fact.act == Act.INPUT:
            amounts[state] = _plus(amounts[state], fact.quantity) if state in inputs else fact.quantity
            inputs[state] = fact
        else:
            outputs.setdefault(state, fact)
    if len(inputs) * len(outputs) <= MOST_PAIRS or min(len(inputs), len(outputs)) < 2:
        return [
            Link(i, o, Kind.TRANSFORM, taken.time, made.time, made.seq, quantity=amounts[i])
            for i, taken in inputs.items()
            for o, made in outputs.items()
            if i != o
        ]
    hub = (hub_thing(), next(iter(outputs.values())).at)
    # A process passes everything on whatever the order of its events: its node sets no bound in time.
    into = [Link(i, hub, Kind.TRANSFORM, f.time, 0, f.seq, quantity=amounts[i]) for i, f in inputs.items()]
    return into + [Link(hub, o, Kind.TRANSFORM, FOREVER - 1, f.time, f.seq) for o, f in outputs.items()]


def _plus(a: Amount | None, b: Amount | None) -> Amount | None:
    return a + b if a and b else None
