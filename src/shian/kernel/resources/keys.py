"""Fields that take many keys: one no database could store is refused before a database is asked."""

from __future__ import annotations

import django_filters as df
from django import forms
from django.core.exceptions import ValidationError

from ..scopes.numbers import whole


class _Bounded:
    def _check_values(self, value):
        wrong = next((str(v)[:40] for v in value if whole(v) is None), None)
        if wrong is not None:
            raise ValidationError(
                self.error_messages["invalid_pk_value"], "invalid_pk_value", params={"pk": wrong}
            )
        return super()._check_values(value)


class ManyField(_Bounded, forms.ModelMultipleChoiceField):
    """In a form."""


class PickField(_Bounded, df.fields.ModelMultipleChoiceField):
    """In a filter."""
