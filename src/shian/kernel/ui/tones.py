"""How states look: one word of the program, one colour, one shape, the same on every page."""

from __future__ import annotations

DEFAULT = ("neutral", "point")

FINAL = frozenset(["closed", "done", "dropped", "cancelled", "replaced", "accepted", "published", "retired"])
"""States after which a deadline no longer runs."""

_tones: dict[str, tuple[str, str]] = {
    "draft": ("neutral", "pencil"),
    "pending": ("warning", "hourglass"),
    "waiting": ("info", "hourglass"),
    "open": ("info", "inbox"),
    "active": ("primary", "progress"),
    "running": ("primary", "progress"),
    "review": ("warning", "eye"),
    "reviewing": ("warning", "eye"),
    "submitted": ("warning", "eye"),
    "returned": ("danger", "arrow-back-up"),
    "failed": ("danger", "alert-circle"),
    "suspended": ("neutral", "clock-pause"),
    "accepted": ("success", "circle-check"),
    "closed": ("success", "circle-check"),
    "done": ("success", "circle-check"),
    "published": ("success", "circle-check"),
    "valid": ("success", "circle-check"),
    "dropped": ("neutral", "ban"),
    "cancelled": ("neutral", "ban"),
    "replaced": ("neutral", "versions"),
    "retired": ("neutral", "archive"),
    "expired": ("danger", "alert-triangle"),
}


def add(tones: dict[str, tuple[str, str]]) -> None:
    """An app's own states: ``{code: (tone, icon)}``."""
    _tones.update(tones)


def badge(code: str, label: str) -> dict[str, str]:
    """``{label, tone, icon}`` for the tag ``state``; an unknown code is neutral."""
    tone, icon = _tones.get(code, DEFAULT)
    return {"label": label, "tone": tone, "icon": icon}
