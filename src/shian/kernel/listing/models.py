"""What people keep of lists: saved filters, chosen columns.

The tables carry the label ``resources``, under which the change log has known them since the first release:
moved to another label, changes made before would lose the rows they speak of.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.entity import Entity
from shian.kernel.scopes.scope import Scope


class FilterScope(Scope):
    """One's own filters, those of one's unit, and those shared with one's place or a place above it."""

    def visible(self, model, actor: Actor, permission: str) -> Q:
        if actor.is_system:
            return Q()
        unit = Q(shared="unit", unit_id=actor.unit_id) if actor.unit_id else Q(pk__in=[])
        line = [actor.place_path[:n] for n in range(1, len(actor.place_path) + 1)]
        return Q(owner_id=actor.user_id or 0) | Q(shared="public", owner__unit__place__path__in=line) | unit


class SavedFilter(Entity):
    """Typed conditions by stable field name with relative values, never a query string (point 7)."""

    scope = FilterScope(user="owner_id")
    inner = ("resource", "owner", "unit", "conditions", "sort")
    """It has no page, so no change tab: the list itself shows whose it is and what it asks."""
    SHARED = [("private", _("仅自己")), ("unit", _("本单位")), ("public", _("本地区"))]

    resource = models.CharField(max_length=40, db_index=True)
    name = models.CharField(_("名称"), max_length=60)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    unit = models.ForeignKey("people.Unit", models.CASCADE, null=True, related_name="+")
    shared = models.CharField(_("可见范围"), max_length=8, choices=SHARED, default="private")
    conditions = models.JSONField(default=list)
    """[{"field": name, "values": [text, …]}, …]"""
    sort = models.CharField(max_length=60, blank=True)

    class Meta(Entity.Meta):
        app_label = "resources"
        verbose_name = verbose_name_plural = _("常用筛选")

    def __str__(self) -> str:
        return self.name


class Preference(models.Model):
    """Columns a person chose for a list."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    resource = models.CharField(max_length=40)
    columns = models.JSONField(default=list)

    unscoped = models.Manager()

    class Meta:
        app_label = "resources"
        base_manager_name = default_manager_name = "unscoped"
        constraints = [models.UniqueConstraint(fields=["user", "resource"], name="one_preference")]
