"""Personal values in the change log, each under a key of the person's own.

Deleting the :class:`SubjectKey` row makes them unreadable for good while the log, which is sealed,
stays as it is (个人信息保护法 47).
"""

from __future__ import annotations

import json

from cryptography.fernet import Fernet, InvalidToken
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from .models import SubjectKey


def _fernet(obj_type: str, obj_id: int, *, make: bool) -> Fernet | None:
    row = SubjectKey.unscoped.filter(object_type=obj_type, object_id=obj_id).first()
    if row is None and make:
        row = SubjectKey.unscoped.create(
            object_type=obj_type, object_id=obj_id, key=Fernet.generate_key().decode()
        )
    return Fernet(row.key.encode()) if row else None


def seal_personal(obj: models.Model, diff: dict) -> dict:
    """``diff`` with the values of ``obj.personal`` fields sealed."""
    names = [n for n in getattr(obj, "personal", ()) if n in diff]
    if not names:
        return diff
    box = _fernet(obj._meta.label_lower, obj.pk, make=True)
    sealed = dict(diff)
    for name in names:
        text = json.dumps(diff[name], cls=DjangoJSONEncoder, ensure_ascii=False)
        sealed[name] = {"sealed": box.encrypt(text.encode()).decode()}
    return sealed


def open_personal(object_type: str, object_id: int, value: dict) -> list | None:
    """[before, after] of a sealed value, or None once the subject's key is gone."""
    box = _fernet(object_type, object_id, make=False)
    if box is None:
        return None
    try:
        return json.loads(box.decrypt(value["sealed"].encode()))
    except InvalidToken:
        return None


def erase(object_type: str, object_id: int) -> bool:
    """Deletes the subject's key; True if there was one."""
    return bool(SubjectKey.unscoped.filter(object_type=object_type, object_id=object_id).delete()[0])
