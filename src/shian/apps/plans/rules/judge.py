"""Whether a reported value meets a target, and how far a task has come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

RESPONSIBLE = ("lead", "joint")


def met(op: str, value: Decimal, value_max: Decimal | None, reported: Decimal) -> bool:
    """``reported`` against the demand. Of a printed range (6～8所) both ends count, whatever ``op`` says."""
    if value_max is not None:
        return value <= reported <= value_max
    return {
        ">=": reported >= value,
        "<=": reported <= value,
        ">": reported > value,
        "<": reported < value,
        "==": reported == value,
    }[op]


def responsible(roles: Mapping[int, str]) -> set[int]:
    """Units that answer for the task: the leads, or where none leads every responsible unit."""
    leads = {unit for unit, role in roles.items() if role == "lead"}
    return leads or {unit for unit, role in roles.items() if role == "joint"} or set(roles)


def overall_percent(roles: Mapping[int, str], latest: Mapping[int, int]) -> int:
    """Mean of the last reported percent of the responsible units; one that never reported counts 0."""
    units = responsible(roles)
    return round(sum(latest.get(u, 0) for u in units) / len(units)) if units else 0


def series_percent(closed: Iterable[bool]) -> int:
    """Percent of a recurring task: the share of its instances that are closed, rounded down."""
    flags = list(closed)
    return sum(flags) * 100 // len(flags) if flags else 0


def strongest(pairs: Iterable[tuple[int, str]]) -> dict[int, str]:
    """unit → its strongest capacity: a unit named by name as lead and again in 各成员单位 leads."""
    order = {"lead": 0, "joint": 1, "support": 2}
    out: dict[int, str] = {}
    for unit, role in pairs:
        if unit not in out or order[role] < order[out[unit]]:
            out[unit] = role
    return out
