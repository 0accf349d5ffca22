"""The cases served right now; a resource with a flow puts its own here."""

from __future__ import annotations

from .declare import Case

_cases: dict[str, Case] = {}


def put(case: Case) -> Case:
    _cases[case.name] = case
    return case


def drop(name: str) -> None:
    _cases.pop(name, None)


def cases() -> list[Case]:
    return list(_cases.values())


def for_label(label: str) -> Case | None:
    """The case of a model such as ``plans.task``."""
    return next((c for c in _cases.values() if c.label == label), None)


def by_flow(name: str) -> Case | None:
    """The case whose model has that name: ``/flows/task/``."""
    return next((c for c in _cases.values() if c.model._meta.model_name == name), None)
