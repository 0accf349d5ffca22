"""Personal values in forms: who does not read one finds it masked and locked, and writes over it in no way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django import forms
from django.utils.translation import gettext as _

from .actor import Actor
from .detail import masked, sees_personal
from .entity import Entity


def unread(actor: Actor, obj: Entity) -> tuple[str, ...]:
    """Personal fields of a stored row that ``actor`` does not read."""
    return obj.personal if obj.pk and obj.personal and not sees_personal(actor, obj) else ()


def stored(actor: Actor, obj: Entity, names: Iterable[str]) -> dict:
    """Values of a form as the row has them, for who changes only some; without those he does not read."""
    return forms.model_to_dict(obj, set(names) - set(unread(actor, obj)))


def masked_value(obj: Entity, name: str) -> str:
    """What of a personal value is shown to who does not read it."""
    now = str(getattr(obj, name) or "")
    return now and masked(now)


def veil(form: forms.ModelForm, names: Sequence[str]) -> None:
    """Masks and locks the fields ``names``; the form's ``clean`` returns :func:`unveiled`."""
    form.veiled = [name for name in names if name in form.fields]
    for name in form.veiled:
        form.initial[name] = masked_value(form.instance, name)
        form.fields[name] = forms.CharField(label=form.fields[name].label, required=False, disabled=True)


def unveiled(form: forms.ModelForm, data: dict) -> dict:
    """Cleaned ``data`` with the stored values behind the masks; anything but the mask sent for one is refused."""
    for name in form.veiled:
        if form.data.get(form.add_prefix(name)) not in (None, "", form.initial[name]):
            label = form.fields[name].label
            form.add_error(None, _("“%(name)s”对您只显示一部分，不能修改") % {"name": label})
    return data | {name: getattr(form.instance, name) for name in form.veiled}
