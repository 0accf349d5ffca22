"""Before publication: what it will make, what is missing, and, for a correction, what changes in the tasks."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from shian.core.flow import Refused
from shian.kernel.changes import onetime
from shian.kernel.flows.submit import once
from shian.kernel.scopes.rights import can_at

from .. import actions
from ..actions.publishing import unresolved
from ..models import Document, Draft
from ..rules.compare import Pair, text_diff
from .common import find_document
from .documents import KINDS, LABELS, _words
from .review_items import live_drafts, open_unread, problems


@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """The summary, then publication. What others changed after the summary was shown asks for a second look."""
    document = find_document(request, pk)
    if not can_at(request.actor, "document.publish", document.place.path):
        raise PermissionDenied(_("您没有在“%(place)s”发布文件的权限") % {"place": document.place})
    if document.state != "reviewing":
        messages.info(
            request, _("文件状态为“%(state)s”，无需再次发布") % {"state": document.get_state_display()}
        )
        return redirect(document.get_absolute_url())
    drafts = live_drafts(request.actor, document)
    error, status = "", 200
    if request.method == "POST":
        status = 422
        if request.POST.get("stamp") != stamp(drafts):
            error, status = _("您打开本页之后有人修改了条目，摘要已更新，请核对后再次发布。"), 409
        else:
            try:
                _publish(request, document)
                return redirect(document.get_absolute_url())
            except (ValidationError, Refused) as refused:
                error = "；".join(getattr(refused, "messages", None) or [str(refused)])
    context = {
        **summary(document, drafts), "error": error, "document": document, "stamp": stamp(drafts),
        "base": f"/documents/{document.pk}/review/", "title": _("发布前核对"),
        "allowed": bool(request.POST.get("allow_unresolved")),
        "breadcrumbs": [
            (_("待办"), "/"), (document.title[:24], document.get_absolute_url()),
            (_("核对"), f"/documents/{document.pk}/review/"), (_("发布"), None),
        ],
    }  # fmt: skip
    if document.supersedes_id:
        context |= differences(actions.compare_documents(actor=request.actor, document=document))
    return render(request, "plans/review_publish.html", context, status=status)


def _publish(request: HttpRequest, document: Document) -> None:
    allow = bool(request.POST.get("allow_unresolved"))
    try:
        once(
            request,
            lambda: actions.publish(actor=request.actor, document=document, allow_unresolved=allow),
            document.get_absolute_url(),
        )
    except onetime.AlreadyDone:
        return
    tasks = document.tasks.filter(retired_at=None, parent=None).count()
    messages.success(request, _("已发布：共%(n)s项任务进入台账") % {"n": tasks})


def stamp(drafts: list[Draft]) -> str:
    """Changes when any item was added, merged or edited."""
    return f"{len(drafts)}.{sum(d.pk * 7 + d.version for d in drafts)}"


def summary(document: Document, drafts: list[Draft]) -> dict:
    """Counts of what publication makes and lists of what is missing."""
    kept = [d for d in drafts if d.state == "accepted"]
    pending = [d for d in drafts if d.state == "pending"]
    units = {p["unit_id"] or p["set"] or p["name"] for d in kept for p in d.parties}
    names = unresolved(kept + pending)
    return {
        "kept": kept, "pending": pending, "dropped": sum(d.state == "dropped" for d in drafts),
        "units": len(units), "targets": sum(len(d.targets) for d in kept),
        "deadlines": sum(len(d.deadlines) for d in kept), "recurring": sum(bool(d.recurrence) for d in kept),
        "unresolved": names, "ownerless": [d for d in kept if not d.parties],
        "undated": sum(not d.due and not d.deadlines for d in kept) if not document.deadlines else 0,
        "year_end": f"{document.year}-12-31", "unread": open_unread(document, drafts),
        "doubtful": [d for d in kept if problems(d)], "blocked": bool(pending) or not kept,
    }  # fmt: skip


def differences(pairs: list[Pair]) -> dict:
    """Old and new side by side, what differs first; unchanged items only as titles."""
    order = list(KINDS)
    rows = [
        {
            "kind": p.kind, "label": KINDS[p.kind][0], "tone": KINDS[p.kind][1],
            "old": f"{p.old.no}{p.old.title}" if p.old else "", "new": f"{p.new.no}{p.new.title}" if p.new else "",
            "fields": [{"label": LABELS.get(name, name), **_sides(a, b)} for name, (a, b) in p.fields.items()],
            "text": (p.new or p.old).text if p.kind in ("new", "gone") else "",
        }
        for p in sorted(pairs, key=lambda p: order.index(p.kind))
    ]  # fmt: skip
    counts = [(k, label, tone, sum(p.kind == k for p in pairs)) for k, (label, tone) in KINDS.items()]
    return {"compare_rows": rows, "compare_counts": counts}


def _sides(before, after) -> dict:
    """Runs of both sides: what was struck out on the left, what was inserted on the right."""
    runs = text_diff(_words(before), _words(after))
    return {
        "before": [(op, run) for op, run in runs if op != "new"],
        "after": [(op, run) for op, run in runs if op != "gone"],
    }
