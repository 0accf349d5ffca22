"""Own jobs, one job with its progress, cancel and retry."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from ..scopes.rights import can
from . import actions
from .models import Job
from .queries import card, managed_jobs, my_jobs

POLL_ENDED = 286
"""htmx stops polling on this status."""


def _job(request, pk: int) -> Job:
    return get_object_or_404(Job.objects.for_actor(request.actor), pk=pk)


@login_required
@require_GET
def job_list(request):
    manages = can(request.actor, "job.manage")
    everyone = manages and request.GET.get("all") == "1"
    jobs = managed_jobs(request.actor) if everyone else my_jobs(request.actor)
    return render(request, "jobs/list.html", {"jobs": jobs, "everyone": everyone, "manages": manages})


@login_required
@require_GET
def job_detail(request, pk: int):
    """The page; for htmx only the card. Once the job is over the answer ends the polling and reloads."""
    row = _job(request, pk)
    context = {"job": card(row), "manages": can(request.actor, "job.manage")}
    if not request.htmx or request.htmx.boosted:
        return render(request, "jobs/detail.html", context)
    answer = render(request, "ui/_job.html", context, status=200 if row.is_open else POLL_ENDED)
    if not row.is_open:
        answer["HX-Refresh"] = "true"
    return answer


@login_required
@require_POST
def job_cancel(request, pk: int):
    return _do(request, pk, actions.cancel)


@login_required
@require_POST
def job_retry(request, pk: int):
    return _do(request, pk, actions.retry)


def _do(request, pk: int, action):
    job = _job(request, pk)
    try:
        action(request.actor, job)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("job", pk=pk)
