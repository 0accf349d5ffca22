"""Publication: confirmed items become tasks with owners, targets, dates and instances."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from shian.kernel.changes.writer import change
from shian.kernel.scopes import Actor
from shian.kernel.scopes.rights import require

from .. import flow
from ..models import Document, Draft
from .guards import step
from .making import freeze_population, make_tasks
from .republishing import differences, take_over
from .sets import share_documents, share_tasks


class UnresolvedParties(ValidationError):
    """Names that stand for no unit yet; ``names`` lists them, each once."""

    def __init__(self, names: list[str]):
        shown = "、".join(names[:8]) + (_("等") if len(names) > 8 else "")
        super().__init__(
            _("%(n)s个承办单位名称还没有对应到单位：%(shown)s") % {"n": len(names), "shown": shown}
        )
        self.names = names


def publish(*, actor: Actor, document: Document, allow_unresolved: bool = False) -> Document:
    """Accepted items become tasks of the year's ledger; the year's population figures are frozen.

    A document that corrects a published one takes over its tasks with their progress and history.
    Raises :class:`UnresolvedParties` unless ``allow_unresolved``: then such a name is only printed.
    """
    require(actor, "document.publish", document)
    drafts = list(document.drafts.filter(retired_at=None))
    accepted = [d for d in drafts if d.state == "accepted"]
    facts = {"pending": sum(d.state == "pending" for d in drafts), "accepted": len(accepted)}
    after = step(flow.DOCUMENT, document.state, "publish", {"office"}, facts)
    names = unresolved(accepted)
    if names and not allow_unresolved:
        raise UnresolvedParties(names)
    document.state, old = after, document.supersedes
    corrects = old is not None and old.state == "published"
    verb, reason, steps = "document.publish", "", None
    if corrects:
        verb, reason = "document.replace", f"《{document.title}》更正前件"
        old.state = step(flow.DOCUMENT, old.state, "replace", {"office"}, {})
        steps = differences(old, accepted)
    with change(actor, verb, document.number, reason, batch=uuid.uuid4()) as w:
        w.save_all([document, old] if corrects else [document])
        freeze_population(w, document)
        share_tasks(make_tasks(w, document, accepted) if steps is None else take_over(w, document, steps))
        share_documents([document.pk])
    return document


def unresolved(drafts: Iterable[Draft]) -> list[str]:
    """Printed names with neither unit nor set, each once, in the order of the document."""
    return list(dict.fromkeys(p["name"] for d in drafts for p in d.parties if not (p["unit_id"] or p["set"])))
