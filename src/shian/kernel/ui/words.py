"""Sentences of core and engines in the language of whoever reads them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from shian.core.errors import Told
from shian.core.words import Words


def told(said: Told | str) -> str:
    """What ``said`` says, in the language of this request; a plain text is data and stays as it is."""
    words = said.words if isinstance(said, Told) else said
    if not isinstance(words, Words):
        return words
    facts = {name: _fact(fact) for name, fact in words.facts.items()}
    return _(words.template) % facts if facts else _(words.template)


def _fact(fact: Any) -> Any:
    """A word of the program is translated, a list strung together, data shown as it is."""
    if isinstance(fact, tuple):
        return _list(fact)
    return told(fact) if isinstance(fact, Words) else fact


def _list(items: tuple[Any, ...]) -> str:
    whole = ""
    for item in map(_fact, items):
        whole = _("%(one)s、%(two)s") % {"one": whole, "two": item} if whole else str(item)
    return whole
