"""How a form becomes one action, and how a refusal becomes words: shared by every screen that writes once."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from shian.kernel.changes import onetime
from shian.kernel.changes.presentation import described
from shian.kernel.changes.queries import history
from shian.kernel.changes.writer import StaleObject
from shian.kernel.files.actions import store_upload
from shian.kernel.scopes.entity import Entity
from shian.kernel.scopes.numbers import whole


def perform(request: HttpRequest, action: Callable[[], object], done: str, target: str) -> HttpResponse:
    """A button without a form: the action once, then back with its outcome in words."""
    try:
        once(request, action, target)
        messages.success(request, done)
    except onetime.AlreadyDone:
        messages.info(request, _("已经办理过，没有重复提交"))
    except StaleObject as stale:
        messages.error(request, _("没有办理：%(stale)s。页面已刷新，请核对后再办理。") % {"stale": stale})
    except ValidationError as refused:
        messages.error(request, "；".join(refused.messages))
    return redirect(target)


def submit(
    request: HttpRequest,
    form: forms.Form,
    action: Callable[[dict], object],
    *,
    target: str,
    done: str,
    template: str = "ui/form.html",
    **context,
) -> HttpResponse:
    """Shows ``form``, or runs ``action(cleaned_data)`` and goes to ``target``.

    Refusals stand at their field; a stale page is answered with what has changed meanwhile. Uploads are
    hashed and stored before the transaction opens; the action finds them as ``cleaned_data["files"]``.
    """
    obj: Entity = context.pop("obj")
    version, conflict, status = obj.version, None, 200
    if request.method == "POST":
        status = 422
        if answer := onetime.answered(request.POST.get("once_key", ""), request.actor.user_id):
            return redirect(answer)
        if form.is_valid():
            try:
                said = form.cleaned_data
                if "files" in form.fields:
                    said |= {"files": stored(request, request.FILES.getlist("files"))}
                once(request, lambda: action(said), target)
                messages.success(request, done)
                return redirect(target)
            except onetime.AlreadyDone as before:
                return redirect(before.answer or target)
            except StaleObject as stale:
                status, version = 409, stale.current.version
                conflict = changed_since(stale.current, read_version(request) or version, form)
            except ValidationError as refused:
                put_errors(form, refused)
    context |= {
        "form": form,
        "version": version,
        "conflict": conflict,
        "once_key": uuid.uuid4().hex,
        "cancel_url": target,
        "breadcrumbs": [(_("待办"), "/"), (str(context.get("crumb", obj)), target), (context["title"], None)],
    }
    return render(request, template, context, status=status)


def once(request: HttpRequest, action: Callable[[], object], answer: str) -> None:
    """Runs ``action`` unless this form's one-time key has been used; a failed action gives the key back."""
    with transaction.atomic():
        key = onetime.claim(request.POST.get("once_key", ""), request.actor.user_id)
        action()
        onetime.settle(key, answer)


def put_errors(form: forms.Form, refused: ValidationError) -> None:
    """A refusal at the field it names, or above the form where the form has no such field."""
    named = refused.error_dict if hasattr(refused, "error_dict") else {NON_FIELD_ERRORS: refused.error_list}
    for name, errors in named.items():
        form.add_error(name if name in form.fields else None, ValidationError(errors))


def changed_since(current: Entity, version: int, form: forms.Form) -> dict:
    """What others changed after ``version``: field by field, with what this person filled in."""
    newer = [row for row in history(current, limit=20) if row.diff][: max(1, current.version - version)]
    rows: dict[str, dict] = {}
    for change in described(newer):
        for part in change["diff"]:
            row = rows.setdefault(
                part["label"], {"label": part["label"], "theirs": part["new"], "base": None}
            )
            row["base"] = part["old"]
    typed = {str(f.label): form.data.get(name) for name, f in form.fields.items()}
    for label, row in rows.items():
        row["yours"] = typed.get(label, row["base"])
    last = newer[0] if newer else None
    return {
        "who": last.actor_name if last else "",
        "at": last.at if last else None,
        "rows": list(rows.values()),
    }


def read_version(request: HttpRequest) -> int | None:
    """The version the page showed; absent in calls that do not come from a page."""
    return whole(request.POST.get("version", ""))


def stored(request: HttpRequest, files) -> list:
    """Uploads kept and checked, ready to be attached; a refused one is the fault of the field ``files``."""
    try:
        return [store_upload(request.actor, f) for f in files]
    except ValidationError as refused:
        raise ValidationError({"files": refused.messages}) from refused
