"""The feature: a panel with thumbnails, uploads of several at once, removal with a reason, the same in the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from shian.kernel.files.models import Attachment
from shian.kernel.files.queries import files_of
from shian.kernel.files.sniff import ANYTHING, DOCUMENTS, PICTURES, TABLES
from shian.kernel.resources.parts import Feature
from shian.kernel.resources.resource import Resource
from shian.kernel.scopes.actor import Actor

from .rows import described


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
            "rows": [described(row) | {"readable": row.file.kind in DOCUMENTS} for row in rows],
            "may_attach": obj.retired_at is None and resource.may(actor, "attach", obj),
            "address": f"/{resource.name}/{obj.pk}/files/",
            "accept": ",".join(
                sorted(f".{k}" for k in self.kinds | ({"jpeg"} if "jpg" in self.kinds else set()))
            ),
            "photos": self.photos,
            "limit_mb": self.limit >> 20,
        }
