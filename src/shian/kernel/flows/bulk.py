"""A verb over a selection: every row asked by the rules of a single one, refusals reported row by row."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ..jobs.kinds import JobFailed, Step, job
from ..jobs.models import Job
from ..scopes.actor import Actor
from ..scopes.rights import can
from . import registry
from .actions import Outcome, perform
from .declare import Case
from .forms import form_for
from .presentation import verb_label

CHUNK = 200
SHOWN = 1000
"""Refusals kept of a job."""


def inline(case: Case, verb: str) -> int:
    """More rows than this are worked off by a job; an action of its own takes them one by one."""
    return 100 if case.look(verb).action else 500


@dataclass
class Selection:
    case: Case
    verb: str
    keys: list[int]
    done: int = 0
    refused: list[list[str]] = field(default_factory=list)

    def take(self, actor: Actor, said: dict, batch: uuid.UUID | None = None) -> None:
        """Takes the verb on the rows that ``actor`` may see; others are counted, not named."""
        found = self.case.model.objects.for_actor(actor).live().filter(pk__in=self.keys).order_by("pk")
        rows = list(self.case.read(found))
        outcome: Outcome = perform(
            actor=actor, case=self.case, verb=self.verb, rows=rows, said=said, batch=batch or uuid.uuid4()
        )
        self.done = len(outcome.done)
        self.refused = [[str(obj), why_of(error)] for obj, error in outcome.refused]
        if missing := len(set(self.keys)) - len(rows):
            self.refused.append([_("%(n)s 条记录") % {"n": missing}, _("不存在、已停用或您无权查看")])

    def report(self) -> dict:
        return {"done": self.done, "refused": self.refused}


def why_of(error: Exception) -> str:
    return "；".join(error.messages) if isinstance(error, ValidationError) else str(error)


@job("flows.bulk", title=gettext_noop("批量办理"))
def bulk_step(row: Job, cursor: dict):
    args = row.args
    case = next((c for c in registry.cases() if c.name == args["case"]), None)
    if case is None:
        raise JobFailed(_("没有名为“%(name)s”的办理对象") % {"name": args["case"]})
    start, actor = cursor.get("at", 0), row.actor()
    selection = Selection(case, args["verb"], args["keys"][start : start + CHUNK])
    selection.take(actor, _said(case, args, actor), uuid.UUID(args["batch"]))
    done = cursor.get("done", 0) + selection.done
    refused = cursor.get("refused", []) + selection.refused
    at = start + len(selection.keys)
    return Step(
        {"at": at, "done": done, "refused": refused[:SHOWN]},
        done=at,
        total=len(args["keys"]),
        message=_("已办理 %(done)s 条，未办理 %(refused)s 条") % {"done": done, "refused": len(refused)},
        finished=at >= len(args["keys"]),
        url=f"/{case.name}/bulk/report/{row.pk}/",
    )


def _said(case: Case, args: dict, actor: Actor) -> dict:
    data = QueryDict(mutable=True)
    for name, values in args["values"].items():
        data.setlist(name, values)
    form = form_for(case, args["verb"], None, actor, data)
    if form is None:
        return {}
    if not form.is_valid():
        raise JobFailed("；".join(f"{n} {' '.join(e)}" for n, e in form.errors.items()))
    return dict(form.cleaned_data)


def bulk_report(request: HttpRequest, case: Case, pk: int) -> HttpResponse:
    """What a verb over a large selection did, and row by row what it was refused."""
    row = get_object_or_404(Job.objects.for_actor(request.actor), pk=pk, kind="flows.bulk")
    context = {
        "case": case, "title": row.title, "label": str(case.model._meta.verbose_name),
        "done": row.cursor.get("done", 0), "refused": row.cursor.get("refused", []),
    }  # fmt: skip
    return render(request, "flows/bulk_result.html", context)


def bulk_verbs(case: Case, actor: Actor) -> list[dict]:
    """Buttons over a selection: verbs that the actor may take somewhere."""
    rows = [t for t in case.rows() if case.look(t.verb).bulk and can(actor, case.permission(t.verb))]
    return [
        {
            "name": t.verb,
            "url": f"/{case.name}/bulk/{t.verb}/",
            "label": verb_label(case, t.verb),
            "icon": case.look(t.verb).icon,
            "tone": case.look(t.verb).tone,
        }
        for t in rows
    ]
