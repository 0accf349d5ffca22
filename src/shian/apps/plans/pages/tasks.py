"""The task's own screens: everything about it, and one form a verb."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shian.kernel.changes.onetime import AlreadyDone
from shian.kernel.day import today
from shian.kernel.places.models import Place
from shian.kernel.scopes.rights import can_at

from .. import actions, flow
from ..models import Milestone, Progress, Target
from . import forms
from .common import find_row, find_task, once, perform, put_errors, read_version, submit
from .task_view import task_context

FORM = require_http_methods(["GET", "POST"])


@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    task = find_task(request, pk)
    return render(request, "plans/task.html", task_context(request, task, today()))


@FORM
def create(request: HttpRequest) -> HttpResponse:
    """A task by hand; afterwards its own page."""
    actor = request.actor
    place = Place.objects.for_actor(actor).filter(pk=request.GET.get("place") or actor.place_id).first()
    if place is None or not can_at(actor, "task.assign", place.path):
        raise PermissionDenied(_("您没有下达任务的权限"))
    initial = {"document": request.GET.get("document")}
    form = forms.TaskForm(request.POST or None, actor=actor, place=place, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said = {
                n: form.cleaned_data[n] for n in ("title", "text", "document", "due", "recurrence", "soft")
            }
            try:
                made = []
                once(
                    request,
                    lambda: made.append(
                        actions.create_task(actor=actor, place=place, parties=form.parties(), **said)
                    ),
                    "/tasks/",
                )
                return redirect(made[0].get_absolute_url())
            except AlreadyDone as before:
                return redirect(before.answer)
            except ValidationError as refused:
                put_errors(form, refused)
    context = {
        "once_key": uuid.uuid4().hex, "form": form, "title": _("下达任务"), "cancel_url": "/tasks/", "submit_label": _("下达"),
        "sections": [
            {"label": _("任务"), "fields": [form[n] for n in ("title", "text", "document", "due", "recurrence", "soft")]},
            {"label": _("承办单位"), "help": _("牵头单位只有一个；责任、配合单位按住 Ctrl 可多选。集合里的单位随成员变动自动更新。"),
             "fields": [form[n] for n in ("lead", "joint", "support")]},
        ],
    }  # fmt: skip
    return render(request, "ui/form.html", context, status=status)


@require_POST
def receive(request: HttpRequest, pk: int) -> HttpResponse:
    task = find_task(request, pk)
    return perform(
        request,
        lambda: actions.receive(actor=request.actor, task=task, version=read_version(request)),
        _("已签收"),
        task.get_absolute_url(),
    )


@FORM
def report(request: HttpRequest, pk: int) -> HttpResponse:
    task = find_task(request, pk)
    mine = task.progress.filter(unit=request.actor.unit_id, retired_at=None).first()
    form = forms.ReportForm(
        request.POST or None, request.FILES or None, initial={"percent": mine.percent if mine else 0}
    )

    def run(said: dict) -> None:
        said = {n: said[n] for n in ("text", "percent", "final", "files")}
        actions.report(actor=request.actor, task=task, **said)

    return submit(
        request, form, run, obj=task, title=_("报送进展"), submit_label=_("报送"), done=_("已报送"),
        target=f"{task.get_absolute_url()}#progress", submit_note=_("提请办结的报告由食安办审核"),
    )  # fmt: skip


def _worded(action: Callable[..., object], form: type[Form], **words: Any) -> Callable[..., HttpResponse]:
    """A verb that needs some words and nothing else: one form, one action on the task."""

    @FORM
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        task = find_task(request, pk)
        return submit(
            request, form(request.POST or None),
            lambda said: action(actor=request.actor, task=task, version=read_version(request), **said),
            obj=task, target=task.get_absolute_url(), **words,
        )  # fmt: skip

    return view


close = _worded(
    actions.close, forms.NoteForm,
    title=gettext_lazy("审核办结"), submit_label=gettext_lazy("办结"), done=gettext_lazy("已办结"), submit_note=gettext_lazy("尚未审核的报告随之通过"),
)  # fmt: skip
send_back = _worded(
    actions.send_back,
    forms.ReasonForm,
    title=gettext_lazy("退回任务"),
    submit_label=gettext_lazy("退回"),
    done=gettext_lazy("已退回"),
)
reopen = _worded(
    actions.reopen, forms.ReasonForm,
    title=gettext_lazy("重新办理"), submit_label=gettext_lazy("重新办理"), done=gettext_lazy("任务已重新办理"),
)  # fmt: skip


@FORM
def decide(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """A decision by document: change, transfer, extend, suspend, resume, drop."""
    task = find_task(request, pk)
    row = flow.TASK.verb.get(kind)
    if kind not in flow.DECISIONS or row is None:
        raise Http404
    form = forms.decision_form(kind, task, request.POST or None, actor=request.actor, today=today())

    def run(said: dict) -> None:
        extra = {n: said[n] for n in ("due", "title", "text") if n in said}
        if kind == "transfer":
            extra["parties"] = form.parties()
        if kind == "change" and extra.get("due") == task.due:
            extra.pop("due")
        actions.decide(
            actor=request.actor, task=task, kind=kind, reason=said["reason"], number=said["number"], on=said["on"],
            version=read_version(request), **extra,
        )  # fmt: skip

    return submit(
        request, form, run, obj=task, title=_("%(label)s：调整决定") % {"label": _(row.label)}, submit_label=_(row.label),
        done=_("已%(label)s") % {"label": _(row.label)}, target=f"{task.get_absolute_url()}#decisions",
        submit_note=_("原内容和历史保留，在“调整决定”中可见"),
    )  # fmt: skip


@FORM
def decide_target(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    target = find_row(request, Target, pk)
    row = flow.TASK.verb.get(kind)
    if row is None or kind not in ("change", "extend", "suspend", "resume", "drop"):
        raise Http404
    form = forms.target_decision_form(kind, target, request.POST or None, today=today())

    def run(said: dict) -> None:
        extra = {n: said[n] for n in ("value", "value_max", "due") if n in said}
        actions.decide_target(
            actor=request.actor, target=target, kind=kind, reason=said["reason"], number=said["number"],
            on=said["on"], version=read_version(request), **extra,
        )  # fmt: skip

    return submit(
        request, form, run, obj=target, crumb=target.task, title=_("%(label)s指标：%(subject)s") % {"label": _(row.label), "subject": target.subject},
        submit_label=_(row.label), done=_("已%(label)s") % {"label": _(row.label)}, target=f"{target.task.get_absolute_url()}#targets",
    )  # fmt: skip


@FORM
def report_value(request: HttpRequest, pk: int) -> HttpResponse:
    target = find_row(request, Target, pk)
    form = forms.ValueForm(request.POST or None, request.FILES or None, initial={"as_of": today()})
    form.fields["value"].help_text = _("目标：%(demand)s；只填数字，单位“%(unit)s”") % {
        "demand": target.demand,
        "unit": target.unit_text or _("无"),
    }

    def run(said: dict) -> None:
        said = {n: said[n] for n in ("value", "as_of", "note", "files")}
        actions.report_value(actor=request.actor, target=target, **said)

    return submit(
        request, form, run, obj=target, crumb=target.task, title=_("填报指标：%(subject)s") % {"subject": target.subject}, submit_label=_("填报"),
        done=_("已填报"), target=f"{target.task.get_absolute_url()}#targets",
    )  # fmt: skip


@FORM
def add_milestone(request: HttpRequest, pk: int) -> HttpResponse:
    task = find_task(request, pk)
    form = forms.MilestoneForm(request.POST or None)
    return submit(
        request, form, lambda said: actions.add_milestone(actor=request.actor, task=task, **said), obj=task,
        title=_("增加时间节点"), submit_label=_("增加"), done=_("已增加"), target=f"{task.get_absolute_url()}#milestones",
    )  # fmt: skip


@require_POST
def finish_milestone(request: HttpRequest, pk: int) -> HttpResponse:
    row = find_row(request, Milestone, pk)
    return perform(
        request,
        lambda: actions.finish_milestone(
            actor=request.actor, milestone=row, on=today(), version=read_version(request)
        ),
        _("节点已完成"),
        f"{row.task.get_absolute_url()}#milestones",
    )


@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    row = find_row(request, Progress, pk)
    return perform(
        request,
        lambda: actions.accept(
            actor=request.actor,
            progress=row,
            note=request.POST.get("note", ""),
            version=read_version(request),
        ),
        _("报告已通过"),
        f"{row.task.get_absolute_url()}#progress",
    )


@FORM
def return_report(request: HttpRequest, pk: int) -> HttpResponse:
    row = find_row(request, Progress, pk)
    return submit(
        request, forms.ReasonForm(request.POST or None),
        lambda said: actions.return_report(
            actor=request.actor, progress=row, reason=said["reason"], version=read_version(request)
        ),
        obj=row, crumb=row.task, title=_("退回报告"), submit_label=_("退回"), done=_("已退回"),
        target=f"{row.task.get_absolute_url()}#progress",
    )  # fmt: skip
