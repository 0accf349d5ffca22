"""Each edit of the review screen: one small POST with the version the page shows, answered with what changed.

A one-time key comes with every edit, so that one repeated after a lost answer is done once. 409: somebody
else was faster; the answer holds his version and what was typed here. 422: refused, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shian.kernel.changes import onetime
from shian.kernel.changes.presentation import described
from shian.kernel.changes.queries import history
from shian.kernel.changes.writer import StaleObject
from shian.kernel.flows.submit import read_version

from .. import actions
from ..actions.guards import fresh
from ..models import Document, Draft
from . import review_names, review_parse
from .common import find_document
from .review import find_draft, render_item, reply
from .review_items import STATES, SURE, item_context, live_drafts, names_in

Outcome = dict
"""``changed`` [Draft], and where it applies ``gone`` [id], ``focus`` id, ``message``."""

WORDS = {
    "accept": gettext_lazy("接受"), "drop": gettext_lazy("舍弃"), "reset": gettext_lazy("重新确认"), "merge": gettext_lazy("合并"), "split": gettext_lazy("拆分"), "resolve": gettext_lazy("对应单位"),
    "span": gettext_lazy("选定原文"), "add": gettext_lazy("添加"), "remove": gettext_lazy("删除一行"), "edit": gettext_lazy("修改"),
}  # fmt: skip


# -- one item -------------------------------------------------------------------------------------
def accept(request: HttpRequest, draft: Draft, version: int) -> Outcome:
    return {"changed": [actions.accept_draft(actor=request.actor, draft=draft, version=version)]}


def drop(request: HttpRequest, draft: Draft, version: int) -> Outcome:
    return {"changed": [actions.drop_draft(actor=request.actor, draft=draft, version=version)]}


def reset(request: HttpRequest, draft: Draft, version: int) -> Outcome:
    return {"changed": [actions.reset_draft(actor=request.actor, draft=draft, version=version)]}


def edit(request: HttpRequest, draft: Draft, version: int) -> Outcome:
    """``field`` is ``title`` or ``targets.0.value``; ``value`` what was typed."""
    values = review_parse.edited(draft, request.POST.get("field", ""), request.POST.get("value", ""))
    return _write(request, draft, version, values)


def remove(request: HttpRequest, draft: Draft, version: int) -> Outcome:
    """``field`` is ``parties.2``: that row goes."""
    return _write(request, draft, version, review_parse.without(draft, request.POST.get("field", "")))


def span(request: HttpRequest, draft: Draft, version: int) -> Outcome:
    """A selection of the source becomes the title, or what it says of units, targets or dates is added."""
    start, end = _offset(request, "start"), _offset(request, "end")
    text = draft.document.text
    if not 0 <= start < end <= len(text):
        raise ValidationError(_("选区 %(start)s–%(end)s 不在正文范围内") % {"start": start, "end": end})
    values = review_parse.read(draft, request.POST.get("kind", ""), text[start:end], start)
    return _write(request, draft, version, values)


def add(request: HttpRequest, draft: Draft, version: int) -> Outcome:
    """Typed words, read like a selection: 县市场监管局牵头 · 合格率达到98%以上 · 9月底前."""
    values = review_parse.read(draft, request.POST.get("kind", ""), request.POST.get("text", ""), None)
    return _write(request, draft, version, values)


def merge(request: HttpRequest, draft: Draft, version: int) -> Outcome:
    """The next item that is not dropped becomes part of this one."""
    rows = [d for d in live_drafts(request.actor, draft.document) if d.state != "dropped" or d.pk == draft.pk]
    at = next(n for n, d in enumerate(rows) if d.pk == draft.pk)
    if at + 1 >= len(rows):
        raise ValidationError(_("这是最后一条，没有下一条可以合并"))
    second = rows[at + 1]
    seen = request.POST.get("next", "")
    if seen and seen != str(second.pk):
        raise ValidationError(_("下一条已变为“%(second)s”，请核对后再合并") % {"second": second})
    first = actions.merge_drafts(actor=request.actor, first=draft, second=second, version=version)
    return {
        "changed": [first],
        "gone": [second.pk],
        "focus": first.pk,
        "message": _("已与“%(second)s”合并") % {"second": second},
    }


def split(request: HttpRequest, draft: Draft, version: int) -> Outcome:
    offset = _offset(request, "offset")
    both = actions.split_draft(actor=request.actor, draft=draft, offset=offset, version=version)
    return {"changed": list(both), "focus": both[0].pk, "message": _("已拆分为两条")}


def resolve(request: HttpRequest, draft: Draft, version: int) -> Outcome:
    index, choice = _offset(request, "index"), request.POST.get("choice", "")
    rows = review_names.resolve(request.actor, draft.document, draft, index, choice, version)
    others = len([r for r in rows if r.pk != draft.pk])
    return {
        "changed": rows,
        "message": _("另有%(others)s条中的同一名称一并对应") % {"others": others} if others else "",
    }


ITEM_VERBS: dict[str, Callable[[HttpRequest, Draft, int], Outcome]] = {
    f.__name__: f for f in (accept, drop, reset, edit, remove, span, add, merge, split, resolve)
}


# -- the document ---------------------------------------------------------------------------------
def accept_all(request: HttpRequest, document: Document) -> Outcome:
    """Pending items of sufficient confidence; the rest waits for a look of its own."""
    before = {d.pk for d in live_drafts(request.actor, document) if d.state == "pending"}
    done = actions.accept_all(actor=request.actor, document=document, confidence=SURE)
    rows = [d for d in live_drafts(request.actor, document) if d.pk in before and d.state == "accepted"]
    return {
        "changed": rows,
        "message": _("已接受%(done)s条") % {"done": done}
        if done
        else _("没有可以直接接受的条目，请逐条确认"),
    }


def new(request: HttpRequest, document: Document) -> Outcome:
    """An item from a selection; units, targets and dates are read from it."""
    start, end = _offset(request, "start"), _offset(request, "end")
    draft = actions.add_draft(actor=request.actor, document=document, start=start, end=end)
    return {"changed": [draft], "focus": draft.pk, "message": _("已新增一条")}


def create_units(request: HttpRequest, document: Document) -> Outcome:
    rows = review_names.create_missing(request.actor, document, live_drafts(request.actor, document))
    return {"changed": rows, "message": _("未识别的名称已全部新建为本地单位")}


DOCUMENT_VERBS: dict[str, Callable[[HttpRequest, Document], Outcome]] = {
    "accept-all": accept_all, "new": new, "units": create_units,
}  # fmt: skip


# -- inside ---------------------------------------------------------------------------------------
def _write(request: HttpRequest, draft: Draft, version: int, values: dict) -> Outcome:
    return {"changed": [actions.edit_draft(actor=request.actor, draft=draft, version=version, **values)]}


def _offset(request: HttpRequest, name: str) -> int:
    value = request.POST.get(name, "")
    if not value.isdigit():
        raise ValidationError(_("%(name)s“%(value)s”不是位置") % {"name": name, "value": value})
    return int(value)


def _answered(view):
    """Refusals of the actions as JSON with the status a script can act on."""

    @require_POST
    @wraps(view)
    def wrapped(request: HttpRequest, pk: int, **more):
        try:
            return view(request, pk, **more)
        except Http404 as missing:
            return JsonResponse({"error": str(missing)}, status=404)
        except PermissionDenied as denied:
            return JsonResponse({"error": str(denied) or _("您没有这项权限")}, status=403)
        except ValidationError as refused:
            return JsonResponse({"error": "；".join(refused.messages)}, status=422)

    return wrapped


def _once(request: HttpRequest, document: Document, action: Callable[[], Outcome]) -> JsonResponse:
    """The action once per key; a repeat is answered with everything as it stands."""
    try:
        with transaction.atomic():
            key = onetime.claim(request.POST.get("once_key", ""), request.actor.user_id)
            outcome = action()
            onetime.settle(key, "")
    except onetime.AlreadyDone:
        outcome = {"changed": live_drafts(request.actor, document)}
    return JsonResponse(reply(request, document, outcome.pop("changed"), **outcome))


@_answered
def item(request: HttpRequest, pk: int, item: int, verb: str) -> JsonResponse:
    document = find_document(request, pk)
    if verb not in ITEM_VERBS:
        raise Http404(_("没有这个操作"))
    version = read_version(request)
    if version is None:
        raise ValidationError(_("缺少版本号，请刷新页面"))

    def run() -> Outcome:
        draft = find_draft(request.actor, document, item)
        fresh(draft, version)
        return ITEM_VERBS[verb](request, draft, version)

    try:
        return _once(request, document, run)
    except StaleObject:
        return _conflict(request, document, item, verb, version)


@_answered
def whole(request: HttpRequest, pk: int, verb: str) -> JsonResponse:
    document = find_document(request, pk)
    if verb not in DOCUMENT_VERBS:
        raise Http404(_("没有这个操作"))
    return _once(request, document, lambda: DOCUMENT_VERBS[verb](request, document))


def _conflict(request: HttpRequest, document: Document, pk: int, verb: str, version: int) -> JsonResponse:
    """The other reviewer's version of the item, with what was typed here kept beside it."""
    draft = find_draft(request.actor, document, pk)
    field, typed = request.POST.get("field", ""), request.POST.get("value", "")
    theirs = review_parse.printed(draft, field) if verb == "edit" else STATES[draft.state]["label"]
    if verb == "edit" and theirs == typed:
        return JsonResponse(reply(request, document, [draft]))
    newer = [row for row in history(draft, limit=20) if row.diff][: max(1, draft.version - version)]
    touched = {part["label"] for change in described(newer) for part in change["diff"]}
    conflict = {
        "who": newer[0].actor_name if newer else "", "at": newer[0].at if newer else None,
        "touched": "、".join(sorted(touched)), "verb": WORDS.get(verb, verb), "field": field if verb == "edit" else "",
        "label": review_parse.label_of(field) if verb == "edit" else _("状态"), "theirs": theirs, "yours": typed,
    }  # fmt: skip
    drafts = live_drafts(request.actor, document)
    answer = reply(request, document, [], drafts=drafts)
    row = item_context(draft, names_in([draft]), conflict=conflict)
    answer["items"] = [{"id": draft.pk, "html": render_item(request, row)}]
    answer["error"] = _("%(who)s已修改这一条，您的“%(verb)s”没有保存，请对照后再定") % {
        "who": conflict["who"],
        "verb": conflict["verb"],
    }
    return JsonResponse(answer, status=409)
