"""Errors for programs and for people: a code, the facts, and the words made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shian.core.words import Words


class Told(Exception):
    """What core and engines raise. ``code`` is stable within its class, for programs; ``words`` are for people.

    ``str(error)`` is Chinese. What the web interface shows is made of ``words`` by ``shian.kernel.ui.words.told``.
    """

    def __init__(self, code: str, words: str) -> None:
        super().__init__(code, words)
        self.code = code
        self._said = words

    def __str__(self) -> str:
        return str(self.words)

    @property
    def words(self) -> Words:
        return self._said if isinstance(self._said, Words) else Words(self._said)

    @property
    def message(self) -> str:
        return self.words

    @property
    def template(self) -> str:
        return self.words.template

    @property
    def facts(self) -> Mapping[str, Any]:
        return self.words.facts


class Invalid(Told, ValueError):
    """An argument that breaks a rule of the function called."""


class Missing(Told, LookupError):
    """What was asked for is not there."""
