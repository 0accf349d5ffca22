"""Screens of verbs: on one object, over a selection, and the page of the table."""

from __future__ import annotations

import uuid

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ..changes import onetime
from ..jobs.actions import enqueue
from . import registry
from .actions import may, perform_one
from .bulk import Selection, inline
from .capacities import capacities
from .declare import Case
from .forms import asks, form_for
from .presentation import badge, table, verb_label
from .submit import once, put_errors, read_version, stored, submit
from .submit import perform as press
from .words import basis, said


def find(request: HttpRequest, case: Case, pk: int):
    """The live row ``pk`` if the actor may see it; 404 otherwise."""
    obj = case.read(case.model.objects.for_actor(request.actor).live()).filter(pk=pk).first()
    if obj is None:
        raise Http404(_("没有这条记录，或您无权查看"))
    return obj


def verb_page(request: HttpRequest, case: Case, pk: int, verb: str) -> HttpResponse:
    """The form of a verb and its submission; a verb that asks nothing is confirmed, or done by its button."""
    row = case.offered(verb)
    if row is None:
        raise Http404(_("没有“%(verb)s”这一操作") % {"verb": verb})
    obj, actor = find(request, case, pk), request.actor
    label, target = verb_label(case, verb), case.after(verb, obj)
    done = _("已%(label)s") % {"label": said(row.label)}

    def run(given: dict) -> None:
        perform_one(actor=actor, case=case, verb=verb, obj=obj, said=given, version=read_version(request))

    if request.method == "GET":
        who = capacities(case, actor, [obj], verb)[0]
        if not set(row.actors) & set(who):
            _refuse(case, verb, obj, who)
    if not asks(case, verb):
        if request.method == "POST":
            return press(request, lambda: run({}), done, target)
        context = {"title": label, "text": str(obj), "once_key": uuid.uuid4().hex, "version": obj.version}
        return render(
            request, "ui/confirm.html", context | {"cancel_url": target, "basis": basis(row.article)}
        )
    form = form_for(case, verb, obj, actor, request.POST or None, request.FILES or None)
    return submit(
        request, form, run, obj=obj, title=label, submit_label=label, done=done,
        target=target, submit_note=str(case.look(verb).note), legal_basis=basis(row.article),
        crumb=obj, state=badge(case, obj),
    )  # fmt: skip


def _refuse(case: Case, verb: str, obj, who) -> None:
    """A form that its reader could not send is not shown to him."""
    try:
        may(case, verb, obj, who)
    except ValidationError:
        return
    raise PermissionDenied


def bulk_page(request: HttpRequest, case: Case, keys: list[int], verb: str) -> HttpResponse:
    """Step 1 asks what the verb needs, once for all; step 2 (``apply``) takes it on every row that allows it."""
    row = case.offered(verb)
    if row is None or not case.look(verb).bulk:
        raise Http404(_("没有“%(verb)s”这一操作") % {"verb": verb})
    actor, applied = request.actor, "apply" in request.POST
    form = form_for(case, verb, None, actor, request.POST if applied else None, request.FILES or None)
    context = {
        "case": case, "title": verb_label(case, verb), "label": str(case.model._meta.verbose_name),
        "form": form, "keys": ",".join(map(str, keys)), "count": len(keys), "verb": verb,
        "once_key": uuid.uuid4().hex, "legal_basis": basis(row.article), "inline": inline(case, verb),
    }  # fmt: skip
    if not applied or not keys:
        return render(request, "flows/bulk.html", context)
    if form is not None and not form.is_valid():
        return render(request, "flows/bulk.html", context, status=422)
    key = request.POST.get("once_key", "")
    if answer := onetime.answered(key, actor.user_id):
        return redirect(answer)
    try:
        return _apply(request, case, verb, keys, form, context)
    except onetime.AlreadyDone as done:
        return redirect(done.answer)
    except ValidationError as refused:
        put_errors(form, refused) if form is not None else None
        return render(request, "flows/bulk.html", context, status=422)


def _apply(request: HttpRequest, case: Case, verb: str, keys: list[int], form, context: dict) -> HttpResponse:
    given = dict(form.cleaned_data) if form is not None else {}
    if form is not None and "files" in form.fields:
        given["files"] = stored(request, request.FILES.getlist("files"))
    if len(keys) > inline(case, verb) and not given.get("files"):
        values = {name: request.POST.getlist(name) for name in (form.fields if form is not None else ())}
        key = request.POST.get("once_key") or None
        args = {"case": case.name, "verb": verb, "keys": keys, "values": values, "batch": str(uuid.uuid4())}
        job = enqueue(request.actor, "flows.bulk", args, title=context["title"], idempotency_key=key)
        return redirect(f"/jobs/{job.pk}/")
    selection = Selection(case, verb, keys)
    once(request, lambda: selection.take(request.actor, given), f"/{case.name}/")
    return render(request, "flows/bulk_result.html", context | selection.report())


def flow_page(request: HttpRequest, name: str) -> HttpResponse:
    """A state table as it is in force: who may do what, on what basis, within which time."""
    case = registry.by_flow(name)
    if case is None:
        raise Http404
    return render(request, "flows/flow.html", table(case.flow))


flow_page = require_GET(flow_page)
