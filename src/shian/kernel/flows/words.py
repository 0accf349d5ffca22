"""What a table says, in the language of whoever reads it."""

from __future__ import annotations

from dataclasses import replace

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from shian.core.flow import INTERNAL, WORDS, Flow, Refused, say

TEMPLATES = {
    "unknown": gettext_noop("没有“%(verb)s”这一操作"),
    "actor": gettext_noop("“%(label)s”只能由%(actors)s办理"),
    "state": gettext_noop("当前状态为“%(state)s”，不能“%(label)s”"),
    "missing": gettext_noop("“%(label)s”须填写%(missing)s"),
}
"""The pure core cannot mark its words for translation; here they are again, for the catalogue."""
gettext_noop("内部管理流程，法律未作规定")


def said(words: str) -> str:
    return _(words) if words else ""  # the empty msgid is the catalogue's header


def refusal(flow: Flow, refused: Refused) -> str:
    """Why a transition is refused, translated."""
    words = {**flow.words, **{s.code: s.label for s in flow.states}}
    facts = {name: said(value) if name == "label" else value for name, value in refused.facts.items()}
    return say(_(WORDS[refused.code]), {code: said(word) for code, word in words.items()}, facts)


def error(flow: Flow, refused: Refused) -> PermissionDenied | ValidationError:
    """A refusal as pages and API know it: not allowed, or a field is wrong."""
    text = refusal(flow, refused)
    if refused.code == "actor":
        return PermissionDenied(text)
    if refused.code == "missing":
        return ValidationError({refused.facts["missing"][0]: text})
    return ValidationError(text)


def translated(table: Flow) -> Flow:
    """The same table in the language of whoever reads it."""
    rows = tuple(replace(t, label=said(t.label), effect=said(t.effect)) for t in table.transitions)
    states = tuple(replace(s, label=said(s.label)) for s in table.states)
    words = {code: said(word) for code, word in table.words.items()}
    return replace(table, name=said(table.name), states=states, transitions=rows, words=words)


def choices(table: Flow) -> list[tuple[str, str]]:
    """(code, label) of every state, for a model field."""
    return [(code, gettext_lazy(label)) for code, label in table.choices()]


def basis(article: str) -> str:
    """The article, where a law is one."""
    return "" if article == INTERNAL else said(article)
