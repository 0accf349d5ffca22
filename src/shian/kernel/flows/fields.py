"""Form fields of verbs that Django does not bring."""

from __future__ import annotations

from django import forms


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **more):
        super().__init__(format="%Y-%m-%d", **more)


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; their kind and size are checked when they are stored."""

    widget = FilesInput

    def clean(self, data, initial=None):
        data = data if isinstance(data, (list, tuple)) else [data] if data else []
        return [super(FilesField, self).clean(each, initial) for each in data]


def long_text(label: str, *, required: bool = True, rows: int = 4, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=required, help_text=help_text, max_length=5000,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip
