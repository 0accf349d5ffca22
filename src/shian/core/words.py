"""Sentences that know what they are made of, so that whoever stands above can say them in another language.

Core and engines know no catalogue. They write ``say("没有名为“%(name)s”的工作表", name=name)``: a Chinese ``str``, for
logs and the command line, that keeps its template (a msgid) and its facts for :func:`shian.kernel.ui.words.told`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, SupportsIndex


class Words(str):
    """A sentence in Chinese; ``template`` and ``facts`` are what it was made of.

    A fact that is itself a sentence or a word of the program (``say("个工作日")``) is one of these too, and a tuple
    is a list of them.
    """

    __slots__ = ("facts", "template")

    template: str
    facts: Mapping[str, Any]

    def __new__(cls, template: str, facts: Mapping[str, Any] | None = None) -> Words:
        if not facts:
            self = super().__new__(cls, template)
            self.template, self.facts = template, {}
            return self
        shown = {name: listed(fact) if isinstance(fact, tuple) else fact for name, fact in facts.items()}
        self = super().__new__(cls, template % shown)
        self.template, self.facts = template, facts
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        return Words, (self.template, self.facts)


def say(template: str, /, **facts: object) -> Words:
    """The sentence of ``template`` (always a literal: the catalogue is collected from these calls).

    Without facts a ``%`` stands for itself. An error among the facts stands for what it says.
    """
    return Words(template, {name: _plain(fact) for name, fact in facts.items()})


def _plain(fact: object) -> object:
    return getattr(fact, "words", str(fact)) if isinstance(fact, BaseException) else fact


def listed(items: tuple[object, ...]) -> str:
    return "、".join(map(str, items))


def joined(sentences: Iterable[str]) -> Words:
    """Several sentences as one; at least one."""
    first, *rest = sentences
    whole = first if isinstance(first, Words) else Words(first)
    for each in rest:
        whole = say("%(one)s；%(two)s", one=whole, two=each)
    return whole
