"""The task's own screens: everything about it, a new one by hand, dates on the way. Its verbs are in :mod:`.verbs`."""

from __future__ import annotations

import uuid

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shian.kernel.changes.onetime import AlreadyDone
from shian.kernel.day import today
from shian.kernel.flows.submit import once, perform, put_errors, read_version, submit
from shian.kernel.places.models import Place
from shian.kernel.scopes.rights import can_at

from .. import actions
from ..models import Milestone
from . import forms
from .common import find_row, find_task
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
