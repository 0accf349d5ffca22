"""Forms of a resource, through Django's own factory."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Iterator, Sequence

from django import forms
from django.forms import modelform_factory
from django.utils.translation import gettext_lazy as _

from shian.kernel.changes.queries import history
from shian.kernel.changes.rows import set_relations
from shian.kernel.choices.widgets import offer
from shian.kernel.places.models import Place
from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.entity import Entity
from shian.kernel.scopes.rights import can_at, empty_place, refusals
from shian.kernel.scopes.veil import unread, unveiled, veil

from .keys import ManyField
from .parts import FormPart
from .resource import Resource
from .tables import text_of


class ResourceForm(forms.ModelForm):
    """Choices within the actor's scope; rights checked against the place the row would have."""

    reason = forms.CharField(label=_("修改原因"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, actor: Actor, resource: Resource, **kwargs):
        super().__init__(*args, **kwargs)
        self.actor, self.resource = actor, resource
        if not self.instance.pk:
            del self.fields["reason"]
        scope_choices(self, actor)
        veil(self, unread(actor, self.instance))

    def _get_validation_exclusions(self) -> set[str]:
        # Unique constraints on live rows name retired_at in their condition; excluded, they would not be checked.
        return super()._get_validation_exclusions() - {"retired_at"}

    def clean(self):
        data = super().clean()
        for name, places in self.relations().items():
            beyond = [p for p in places if isinstance(p, Place) and not self._covers(p)]
            if beyond:
                self.add_error(
                    name, _("超出您的权限范围：%(names)s") % {"names": "、".join(map(str, beyond))}
                )
        return unveiled(self, data)

    def _post_clean(self) -> None:
        """The writer will ask again; here the refusal stands on the form, with everything typed."""
        super()._post_clean()
        if not self.errors:
            for why in refusals(self.actor, self.resource.permission(self.verb), [self.instance]).values():
                lacking = empty_place(self.instance)
                self.add_error(lacking.name if lacking and lacking.name in self.fields else None, why)

    def _covers(self, place: Place) -> bool:
        return can_at(self.actor, self.resource.permission(self.verb), place.path)

    def relations(self) -> dict[str, list]:
        """Chosen rows of the many-to-many fields."""
        names = [n for n in self.resource.form_fields if self.resource.model_field(n).many_to_many]
        return {n: list(self.cleaned_data[n]) for n in names if n in self.cleaned_data}

    @property
    def verb(self) -> str:
        return "edit" if self.instance.pk else "create"

    def sections(self) -> Iterator[dict]:
        for section in self.resource.form:
            yield {
                "label": section.title,
                "fields": [self[name] for name in section.fields if name in self.fields],
            }
        if "reason" in self.fields:
            yield {"label": "", "fields": [self["reason"]]}


def save_form(
    *,
    actor: Actor,
    resource: Resource,
    form: ResourceForm,
    parts: Sequence[FormPart],
    verb: str,
    reason: str,
    batch: uuid.UUID | None = None,
) -> None:
    """Writes a valid form: the row, its many-to-many fields and the parts of its features."""
    batch = batch or (uuid.uuid4() if parts else None)
    how: dict = {"actor": actor, "verb": verb, "reason": reason, "batch": batch}
    resource.actions.save(rows=[form.instance], **how)
    set_relations(row=form.instance, chosen=form.relations(), **how)
    for part in parts:
        part.save(row=form.instance, **how)


def scope_choices(form: forms.BaseForm, actor: Actor) -> None:
    """Choice fields go through the same scope as lists do."""
    model = getattr(form, "_meta", None) and form._meta.model
    for name, field in form.fields.items():
        if getattr(field, "queryset", None) is not None:
            offer(field, actor, model and model._meta.get_field(name))
        if isinstance(field, forms.DateField):
            field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def form_class(resource: Resource) -> type[ResourceForm]:
    fields = resource.form_fields
    many = {n: ManyField for n in fields if resource.model_field(n).many_to_many}
    return modelform_factory(resource.model, form=ResourceForm, fields=fields, field_classes=many)


def difference(mine: Entity, theirs: Entity, resource: Resource) -> list[dict]:
    """Fields in which a stale form, the row as read and the row as it stands now differ."""
    since = history(theirs, limit=max(1, theirs.version - mine.version))
    opened = {
        name: pair[0] for change in since for name, pair in change.diff.items() if isinstance(pair, list)
    }
    rows = []
    for name in resource.form_fields:
        found = resource.model_field(name)
        if found.many_to_many:
            continue
        base = copy.copy(theirs)
        if name in opened:
            setattr(
                base, found.attname, found.to_python(opened[name]) if not found.is_relation else opened[name]
            )
        texts = [text_of(o, name, getattr(o, name)) or None for o in (base, theirs, mine)]
        if len(set(texts)) > 1:
            rows.append(
                dict(
                    zip(("label", "base", "theirs", "yours"), [str(found.verbose_name), *texts], strict=True)
                )
            )
    return rows
