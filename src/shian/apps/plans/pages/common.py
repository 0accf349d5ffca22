"""What the screens share: how a row is found for whoever asks, and how its state looks."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from shian.kernel.flows.presentation import badge

from .. import queries
from ..models import Document, Task
from ..resources import TASKS


def task_badge(task: Task) -> dict:
    return badge(TASKS.case, task)


def find_task(request: HttpRequest, pk: int) -> Task:
    try:
        return queries.access_task(request.actor, pk)
    except Task.DoesNotExist:
        raise Http404(_("没有这项任务，或您无权查看")) from None


def find_document(request: HttpRequest, pk: int) -> Document:
    try:
        return queries.access_document(request.actor, pk)
    except Document.DoesNotExist:
        raise Http404(_("没有这份文件，或您无权查看")) from None


def find_row(request: HttpRequest, model, pk: int, related: str = "task__place"):
    """A row below a task: the roads to it are those to the task."""
    row = model.objects.for_actor(request.actor).live().select_related(related).filter(pk=pk).first()
    if row is None:
        raise Http404(_("没有这条记录，或您无权查看"))
    return row
