"""Append-only rows that every write leaves behind."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class Change(models.Model):
    """Who did what to which object, on which basis, and what it was before (变更记录)."""

    at = models.DateTimeField(_("时间"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(_("操作人"), max_length=60)
    unit_name = models.CharField(_("单位"), max_length=120, blank=True)
    verb = models.CharField(_("动作"), max_length=40)
    basis = models.CharField(_("依据"), max_length=200, blank=True)
    reason = models.TextField(_("理由"), blank=True)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    object_label = models.CharField(max_length=200)
    diff = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    """{field: [before, after]}; personal values as {"sealed": text} under the subject's key."""
    request_id = models.CharField(max_length=32, blank=True)
    batch = models.UUIDField(null=True, db_index=True)
    seq = models.BigIntegerField(null=True, unique=True)
    """Place in the Merkle log, given by the sealing job; null until then."""

    unscoped = models.Manager()

    class Meta:
        base_manager_name = default_manager_name = "unscoped"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["object_type", "object_id", "-id"])]


class StateSpan(models.Model):
    """``field`` of an object had ``value`` from ``since`` to ``until``; learned at ``known_at``."""

    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    field = models.CharField(max_length=40)
    value = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    known_at = models.DateTimeField()

    unscoped = models.Manager()

    class Meta:
        base_manager_name = default_manager_name = "unscoped"
        indexes = [models.Index(fields=["object_type", "object_id", "field", "since"])]


class DirtyCell(models.Model):
    """A measure of ``resource`` at (place, month) must be computed again."""

    resource = models.CharField(max_length=60)
    place_id = models.BigIntegerField(default=0)
    axis = models.CharField(max_length=40)
    month = models.DateField()

    unscoped = models.Manager()

    class Meta:
        base_manager_name = default_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["resource", "place_id", "axis", "month"], name="one_dirty_cell")
        ]


class SubjectKey(models.Model):
    """Key of one person's values in the change log; deleting it erases them for good."""

    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    key = models.CharField(max_length=64)

    unscoped = models.Manager()

    class Meta:
        base_manager_name = default_manager_name = "unscoped"
        constraints = [models.UniqueConstraint(fields=["object_type", "object_id"], name="one_subject_key")]


class OneTimeKey(models.Model):
    """A form or POST carries a key; the second arrival gets the first one's answer."""

    key = models.CharField(max_length=80, primary_key=True)
    user_id = models.BigIntegerField()
    answer = models.CharField(max_length=300, blank=True)
    content = models.CharField(max_length=64, blank=True)
    """SHA-256 of what the first arrival sent, where a program says its own key; a form's key is of our making."""
    at = models.DateTimeField(auto_now_add=True)

    unscoped = models.Manager()

    class Meta:
        base_manager_name = default_manager_name = "unscoped"
