"""Every column that a change record may hold has a name in words, or is one that only the program reads."""

import ast
import re
from pathlib import Path

from django.apps import apps
from django.db import models

import shian
from shian.kernel.changes.diffs import SKIPPED
from shian.kernel.changes.presentation import _inner, described, label_of_field
from shian.kernel.changes.queries import history
from shian.kernel.jobs.actions import enqueue
from shian.kernel.scopes import SYSTEM
from shian.kernel.scopes.entity import Entity
from shian.kernel.scopes.models import Role

SRC = Path(shian.__file__).parent
HAN = re.compile(r"[\u4e00-\u9fff]")


def entities() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if issubclass(m, Entity)]


def test_every_column_of_a_change_record_is_named_in_words():
    silent = [
        f"{model.__name__}.{field.name}: {label}"
        for model in entities()
        for field in (*model._meta.concrete_fields, *model._meta.many_to_many)
        if field.name not in SKIPPED and not _inner(model, field.name)
        and not HAN.search(label := label_of_field(model, field.name))
    ]  # fmt: skip
    assert silent == [], "\n".join(silent)
    assert len(entities()) > 20


def test_what_a_note_tells_besides_columns_is_named_too():
    """Keys written out in ``w.note(row, {…})`` anywhere in the source."""
    told = {
        key.value
        for path in SRC.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in ("note", "touch")
        for given in call.args[1:] if isinstance(given, ast.Dict)
        for key in given.keys if isinstance(key, ast.Constant)
    }  # fmt: skip
    known = {f.name for model in entities() for f in model._meta.many_to_many}
    assert "attachment" in told
    assert [key for key in sorted(told - known) if not HAN.search(label_of_field(Role, key))] == []


def test_a_field_declared_inner_exists_and_is_left_out_of_the_tab(cast):
    for model in entities():
        for name in model.inner:
            assert model._meta.get_field(name) and _inner(model, name), f"{model.__name__}.{name}"
    job = enqueue(SYSTEM, "search.index")
    labels = [part["label"] for change in described(history(job)) for part in change["diff"]]
    assert labels and not [label for label in labels if not HAN.search(label)]
