"""``objects`` raises outside a scope; ``unscoped`` is for Django's internals and the kernel only.

An AST test forbids ``unscoped`` outside the kernel (architecture, point 13).
"""

from __future__ import annotations

from django.db import models

from .actor import Actor
from .context import UnscopedQuery, guard_write, in_system


class ScopedQuerySet(models.QuerySet):
    def for_actor(self, actor: Actor, permission: str = "") -> ScopedQuerySet:
        """Rows ``actor`` may see (or, with ``permission``, act on, e.g. ``task.export``)."""
        permission = permission or f"{self.model._meta.model_name}.view"
        return self.filter(self.model.scope.visible(self.model, actor, permission))

    def live(self) -> ScopedQuerySet:
        return self.filter(retired_at=None)

    # -- writes of many rows: only inside change() or system() --------------------------------------
    def update(self, **values) -> int:
        self._guard()
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._guard()
        return super().delete()

    def bulk_create(self, *args, **options):
        self._guard()
        return super().bulk_create(*args, **options)

    def bulk_update(self, *args, **options) -> int:
        self._guard()
        return super().bulk_update(*args, **options)

    def _guard(self) -> None:
        if getattr(self.model, "guarded", False):
            guard_write(self.model)

    update.alters_data = delete.alters_data = bulk_create.alters_data = bulk_update.alters_data = True
    delete.queryset_only = True


class ScopedManager(models.Manager.from_queryset(ScopedQuerySet)):
    def get_queryset(self) -> ScopedQuerySet:
        if not in_system():
            raise UnscopedQuery(
                f"{self.model.__name__}.objects: 先用 .for_actor(actor) 限定范围，或在 system(reason) 中查询"
            )
        return super().get_queryset()

    def for_actor(self, actor: Actor, permission: str = "") -> ScopedQuerySet:
        return super().get_queryset().for_actor(actor, permission)


class UnscopedManager(models.Manager.from_queryset(ScopedQuerySet)):
    pass
