"""One live row of a key: the constraint of the database, and the words for whoever meets it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import Q
from django.utils.translation import gettext as _


class OneLive(models.UniqueConstraint):
    """Among rows not retired (and that are as ``where`` says) no two agree in ``fields``.

    In the migrations it is an ordinary unique constraint with a condition. To a person it names the field, the
    value that is taken and what it is taken by; Django would name the constraint.
    """

    def __init__(self, *fields: str, name: str, **where: object) -> None:
        super().__init__(fields=fields, condition=Q(retired_at=None, **where), name=name)
        self.where = where

    def deconstruct(self) -> tuple[str, tuple, dict]:
        _path, args, kwargs = super().deconstruct()
        return "django.db.models.UniqueConstraint", args, kwargs

    def clone(self) -> OneLive:
        return OneLive(*self.fields, name=self.name, **self.where)

    def validate(self, model, instance, exclude=None, using=DEFAULT_DB_ALIAS) -> None:
        """Raises ValidationError at the last of the fields, the one that tells rows of one parent apart."""
        try:
            super().validate(model, instance, exclude=exclude, using=using)
        except ValidationError:
            raise self.taken(model, instance) from None

    def taken(self, model, instance) -> ValidationError:
        """The words for ``instance``, whose key another row has."""
        facts = []
        for name in self.fields:
            field = model._meta.get_field(name)
            value = getattr(instance, f"get_{name}_display", lambda name=name: getattr(instance, name))()
            facts.append(_("%(field)s为“%(value)s”") % {"field": field.verbose_name, "value": value})
        said = {"facts": "、".join(facts), "what": model._meta.verbose_name}
        return ValidationError({self.fields[-1]: _("已有%(facts)s的%(what)s") % said})
