"""The feature: a panel with thumbnails, uploads of several at once, removal with a reason, the same in the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ..files.actions import attach, store_upload
from ..files.models import Attachment
from ..files.queries import files_of
from ..files.sniff import ANYTHING, DOCUMENTS, PICTURES, TABLES
from ..resources.parts import Feature
from ..resources.resource import Resource
from ..scopes.actor import Actor


@dataclass(frozen=True)
class Attachments(Feature):
    """``photos``: a phone offers its camera first."""

    kinds: frozenset[str] = PICTURES | DOCUMENTS | TABLES
    photos: bool = False
    limit: int = 20 << 20
    """Bytes of one file."""

    def check(self, resource: Resource) -> None:
        if unknown := sorted(self.kinds - ANYTHING):
            raise ValueError(f"resource {resource.name}, Attachments: no kinds {unknown}")

    def verbs(self) -> tuple[str, ...]:
        return ("attach",)

    def panels(self, resource: Resource, obj: Any, actor: Actor) -> list[dict]:
        rows = files_of(obj)
        shown = {
            "name": "files",
            "label": _("附件"),
            "template": "attachments/panel.html",
            "count": len(rows),
        }
        return [shown | self.context(resource, obj, actor, rows)]

    def context(self, resource: Resource, obj: Any, actor: Actor, rows: Sequence[Attachment]) -> dict:
        return {
            "rows": [described(row) for row in rows],
            "may_attach": obj.retired_at is None and resource.may(actor, "attach", obj),
            "address": f"/{resource.name}/{obj.pk}/files/",
            "accept": ",".join(
                sorted(f".{k}" for k in self.kinds | ({"jpeg"} if "jpg" in self.kinds else set()))
            ),
            "photos": self.photos,
            "limit_mb": self.limit >> 20,
        }

    def endpoints(self, resource: Resource) -> list[tuple[str, Any]]:
        from .api import FilesEndpoint

        return [("files/", FilesEndpoint.as_view(resource=resource))]


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


def add_files(
    actor: Actor, obj: Any, feature: Attachments, uploads: Sequence, caption: str
) -> tuple[list[Attachment], list[str]]:
    """Attaches each upload that is acceptable; the rows, and in words why the others are not."""
    added, refused = [], []
    for upload in uploads:
        try:
            file = store_upload(actor, upload, allowed=feature.kinds, limit=feature.limit)
        except ValidationError as error:
            refused += error.messages
        else:
            added.append(attach(actor, obj, file, caption=caption))
    return added, refused
