"""The form of a verb: its own, or made of what the table needs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.entity import Entity

from .declare import Case
from .fields import DateInput, FilesField, long_text
from .words import said


def form_for(
    case: Case, verb: str, obj: models.Model | None, actor: Actor, data: Any = None, files: Any = None
) -> forms.Form | None:
    """The form that ``verb`` asks for on ``obj`` (None: on a selection); None where nothing must be said."""
    own, row = case.look(verb).form, case.flow.verb[verb]
    if own is not None:
        return own(obj=obj, actor=actor, data=data, files=files)
    if not row.needs:
        return None
    form = forms.Form(data, files)
    for name in row.needs:
        form.fields[name] = _field(case, name, actor)
        if obj is not None and data is None and hasattr(obj, name):
            form.initial[name] = getattr(obj, name)
    return form


def asks(case: Case, verb: str) -> bool:
    return case.look(verb).form is not None or bool(case.flow.verb[verb].needs)


def _field(case: Case, name: str, actor: Actor) -> forms.Field:
    """A column of the model as its own form field; else by name: files, a date, a number, or words."""
    label = said(case.flow.words.get(name, name))
    found = _column(case, name)
    if found is not None:
        field = found.formfield(required=True)
        rows = getattr(field, "queryset", None)
        if rows is not None and issubclass(rows.model, Entity):
            field.queryset = rows.model.objects.for_actor(actor).live()
        if isinstance(field, forms.DateField):
            field.widget = DateInput()
        return field
    if name == "files":
        return FilesField(label=label)
    if name == "on" or name.endswith("_on"):
        return forms.DateField(label=label, widget=DateInput())
    if name == "days":
        return forms.IntegerField(label=label, min_value=1, max_value=3650)
    if name == "number":
        return forms.CharField(label=label, max_length=120)
    return long_text(label, rows=3)


def _column(case: Case, name: str) -> models.Field | None:
    try:
        found = case.model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return found if found.concrete and hasattr(found, "formfield") else None
