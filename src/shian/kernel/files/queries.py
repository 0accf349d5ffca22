"""Named reads: the files of an object, and whether a person may open a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.apps import apps
from django.db import models

from ..scopes.actor import Actor
from ..scopes.entity import Entity
from .models import Attachment, StoredFile


def files_of(obj: models.Model, kind: str | None = None) -> list[Attachment]:
    """Live attachments of ``obj`` with their files. The caller has checked that the viewer sees ``obj``."""
    rows = Attachment.unscoped.live().filter(object_type=obj._meta.label_lower, object_id=obj.pk)
    if kind is not None:
        rows = rows.filter(kind=kind)
    return list(rows.select_related("file__uploaded_by"))


def sees(actor: Actor, object_type: str, ids: Iterable[int]) -> bool:
    """Whether ``actor`` may see one of the objects; a type that is not scoped is seen by nobody."""
    try:
        model = apps.get_model(object_type)
    except (LookupError, ValueError):
        return False
    if not issubclass(model, Entity):
        return False
    return model.objects.for_actor(actor).filter(pk__in=list(ids)).exists()


def may_download(actor: Actor, file: StoredFile) -> bool:
    """One's own uploads, and files of objects one may see."""
    if StoredFile.objects.for_actor(actor).filter(pk=file.pk).exists():
        return True
    places = defaultdict(list)
    for row in Attachment.unscoped.live().filter(file=file):
        places[row.object_type].append(row.object_id)
    return any(sees(actor, object_type, ids) for object_type, ids in places.items())
