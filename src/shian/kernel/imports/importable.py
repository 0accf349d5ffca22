"""The feature of a resource whose rows are taken over from workbooks (导入)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict

from ..resources.parts import Feature
from ..resources.resource import Resource
from ..scopes.actor import Actor


@dataclass(frozen=True)
class Importable(Feature):
    """A row of a workbook is matched by the model's natural key, which must stand in the form."""

    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Other headings a workbook may use for a field."""

    def check(self, resource: Resource) -> None:
        key, known = resource.model.natural_key, set(resource.form_fields)
        if not key:
            raise ValueError(
                f"resource {resource.name}, Importable: {resource.model.__name__} has no natural key"
            )
        for name in (*key, *self.aliases):
            if name not in known:
                raise ValueError(f"resource {resource.name}, Importable: no form field {name!r}")

    def verbs(self) -> tuple[str, ...]:
        return ("import", "undo")

    def list_tools(self, resource: Resource, actor: Actor, params: QueryDict) -> dict:
        return {"import_url": f"/{resource.name}/import/"} if resource.may(actor, "import") else {}
