"""A flow as a Mermaid state diagram, for the manual and the flow's own page."""

from __future__ import annotations

from .machine import Flow


def to_mermaid(flow: Flow) -> str:
    """``stateDiagram-v2`` source: every state with its label, every row with who may take it."""
    lines = ["stateDiagram-v2"]
    lines += [f"    {s.code} : {s.label}" for s in flow.states]
    lines.append(f"    [*] --> {flow.initial}")
    for row in flow.transitions:
        who = "/".join(flow.words.get(a, a) for a in row.actors)
        for source in row.sources:
            lines.append(f"    {source} --> {row.target or source} : {row.label}（{who}）")
    lines += [f"    {s.code} --> [*]" for s in flow.states if s.final]
    return "\n".join(lines) + "\n"
