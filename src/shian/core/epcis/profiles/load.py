"""Reads the profiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from shian.core.errors import Told
from shian.core.words import say


@dataclass(frozen=True, slots=True)
class Element:
    """A key data element: its ``name`` in rules, its Chinese ``label``, the places where it may stand (any one is
    enough), and whether a field that holds it must be a date."""

    name: str
    label: str
    find: tuple[str, ...]
    date: bool = False


@dataclass(frozen=True, slots=True)
class Requirement:
    """Events of these ``types``, ``steps`` and ``actions`` (empty: any) carry these ``elements``, by ``source``."""

    title: str
    types: tuple[str, ...]
    steps: tuple[str, ...]
    actions: tuple[str, ...]
    elements: tuple[Element, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Requirements for one class of food."""

    name: str
    title: str
    requirements: tuple[Requirement, ...]


@cache
def _profiles() -> Mapping[str, Profile]:
    text = files("shian.core.epcis.profiles").joinpath("profiles.yaml").read_text("utf-8")
    raw: dict[str, Any] = yaml.safe_load(text)
    elements = {
        name: Element(name, held["label"], tuple(held["find"]), held.get("date", False))
        for name, held in raw["elements"].items()
    }
    rules = {name: _requirement(held, elements) for name, held in raw["requirements"].items()}
    return {
        name: Profile(name, held["title"], tuple(rules[rule] for rule in held["requirements"]))
        for name, held in raw["profiles"].items()
    }


def _requirement(raw: dict[str, Any], elements: Mapping[str, Element]) -> Requirement:
    when = raw["when"]
    return Requirement(
        raw["title"],
        tuple(when.get("types", ())),
        tuple(when.get("steps", ())),
        tuple(when.get("actions", ())),
        tuple(elements[name] for name in raw["elements"]),
        raw["source"],
    )


def profile_names() -> list[str]:
    """Names of all profiles."""
    return list(_profiles())


class UnknownProfile(Told, KeyError):
    """No profile of that name; the words list those there are."""


def load_profile(name: str) -> Profile:
    """The profile called ``name``, or titled so in Chinese; raises ``KeyError`` with the known names."""
    profiles = _profiles()
    found = profiles.get(name) or next((p for p in profiles.values() if p.title == name), None)
    if found is None:
        known = "、".join(
            n if n == p.title or n in p.title else f"{n}（{p.title}）" for n, p in profiles.items()
        )
        raise UnknownProfile(
            "unknown_profile", say("没有名为 %(name)s 的要素规范；可用：%(known)s", name=name, known=known)
        )
    return found
