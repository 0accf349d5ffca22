"""The files of one row: found with the rights they need, added, described."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from shian.engines.reading import read_file
from shian.kernel.changes.writer import change
from shian.kernel.files.actions import attach, store_upload
from shian.kernel.files.models import Attachment, StoredFile
from shian.kernel.resources.resource import Resource
from shian.kernel.resources.views import find
from shian.kernel.scopes.actor import Actor
from shian.kernel.ui.words import told

CAPTION = 200
"""Characters of a caption."""
PREVIEW = 200_000
"""Characters of a document that are shown."""


def row_of(request: Any, resource: Resource, pk: int, *, write: bool) -> Any:
    """The row ``pk``; 404 where the actor does not see it, 403 without the right to attach."""
    obj = find(request, resource, pk)
    if write and (obj.retired_at is not None or not resource.may(request.actor, "attach", obj)):
        raise PermissionDenied(_("您不能为“%(name)s”增减附件") % {"name": obj})
    return obj


def described(row: Attachment) -> dict:
    """What page and API show of an attachment; thumbnails only where there is one."""
    file = row.file
    copies = {
        name: reverse("file_copy", args=[file.pk, name]) if file.is_picture else ""
        for name in ("thumb", "public")
    }
    return {
        "id": row.pk, "name": file.name, "kind": file.kind, "size": file.size, "caption": row.caption,
        "url": file.get_absolute_url(), **copies, "width": file.width, "height": file.height,
        "taken_at": file.taken_at and timezone.localtime(file.taken_at), "lat": file.lat, "lon": file.lon,
        "by": str(file.uploaded_by or ""), "at": timezone.localtime(row.created_at),
    }  # fmt: skip


def said_by(file: StoredFile) -> dict:
    """The first of what a document says, and what its reader says of it. Raises :class:`Told`."""
    found = read_file(file.path.read_bytes(), file.name)
    return {"text": found.text[:PREVIEW], "cut": len(found.text) > PREVIEW, "notes": [told(n) for n in found.notes]}


def add_files(
    actor: Actor,
    obj: Any,
    uploads: Sequence,
    caption: str,
    *,
    verb: str,
    allowed: Collection[str],
    limit: int,
) -> tuple[list[Attachment], list[str]]:
    """Attaches each upload that is acceptable; the rows, and in words why the others are not."""
    added, refused = [], []
    for upload in uploads:
        try:
            file = store_upload(actor, upload, allowed=allowed, limit=limit)
        except ValidationError as error:
            refused += error.messages
        else:
            with change(actor, verb) as w:
                added.append(attach(w, obj, file, caption=caption))
    return added, refused
