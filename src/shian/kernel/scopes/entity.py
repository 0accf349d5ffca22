"""The base of every domain row: version, soft delete, scoped managers, memory of what was loaded."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shian.core.text.strange import mixed, unseen

from .context import guard_write
from .managers import ScopedManager, UnscopedManager
from .scope import Scope


class Entity(models.Model):
    """Never deleted (``retired_at``), never overwritten blindly (``version``)."""

    scope: Scope
    guarded = True
    """Written inside ``change(…)`` or ``system(reason)`` only."""
    natural_key: tuple[str, ...] = ()
    """Fields by which people tell the rows apart: workbooks are matched by them, references written with them."""
    tracked: tuple[str, ...] = ()
    """Fields whose history is kept as spans: status, grade, place, owner, validity."""
    measured: tuple[str, ...] = ()
    """(place field, local-date field…): which cells of the measures a write makes dirty."""
    personal: tuple[str, ...] = ()
    """Fields with personal data: stored in diffs under a key of the subject's own."""
    inner: tuple[str, ...] = ()
    """Fields that only the program reads (order, positions, bookkeeping): change tabs leave them out, the record keeps them."""
    secret: tuple[str, ...] = ()
    """Fields whose values never enter a diff (password hashes)."""

    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)
    retired_at = models.DateTimeField(_("停用时间"), null=True, blank=True, editable=False)

    objects = ScopedManager()
    unscoped = UnscopedManager()

    class Meta:
        abstract = True
        base_manager_name = default_manager_name = "unscoped"

    @classmethod
    def from_db(cls, db, field_names, values):
        obj = super().from_db(db, field_names, values)
        obj._loaded = dict(zip(field_names, values, strict=False))
        return obj

    def refresh_from_db(self, using=None, fields=None, from_queryset=None) -> None:
        super().refresh_from_db(using, fields, from_queryset)
        names = {f.attname for f in self._meta.concrete_fields if fields is None or {f.name, f.attname} & {*fields}}
        self._loaded = self.loaded | {name: self.__dict__[name] for name in names if name in self.__dict__}

    def clean_fields(self, exclude=None) -> None:
        """Also refuses names nobody can tell apart by looking: unseen characters, words of two alphabets."""
        errors: dict[str, object] = {}
        try:
            super().clean_fields(exclude=exclude)
        except ValidationError as error:
            errors = error.update_error_dict({})
        for field in self._meta.concrete_fields:
            if field.name not in (exclude or ()) and field.name not in errors and isinstance(field, models.CharField):
                said = _unlike(str(getattr(self, field.attname) or ""), key=field.name in self.natural_key)
                if said:
                    errors[field.name] = said
        if errors:
            raise ValidationError(errors)

    def save(self, *args, **options) -> None:
        guard_write(type(self))
        if self.get_deferred_fields():
            raise TypeError(f"{type(self).__name__} #{self.pk}: read with .only() or .defer(), cannot be saved")
        super().save(*args, **options)

    def delete(self, *args, **options) -> tuple[int, dict[str, int]]:
        guard_write(type(self))
        return super().delete(*args, **options)

    @property
    def loaded(self) -> dict:
        """Column values as they were read; empty for a row not yet stored."""
        return getattr(self, "_loaded", {})


def _unlike(text: str, *, key: bool) -> str:
    """Why ``text`` is refused; empty if it looks like what it is."""
    if found := unseen(text):
        return gettext("含有看不见的字符（%(codes)s），请删去后重填") % {"codes": "、".join(found[:5])}
    if key and (words := mixed(text)):
        return gettext("“%(word)s”混用了形近的不同文字字母，请统一") % {"word": words[0][:20]}
    return ""


def guard_relations(instance: models.Model, action: str, **_signal) -> None:
    """Many-to-many fields of a row are written where the row may be written."""
    if action.startswith("pre_") and isinstance(instance, Entity):
        guard_write(type(instance))
