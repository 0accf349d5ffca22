"""The projection: all that the public side reads. Can be rebuilt from the rows at any time."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class PublicRow(models.Model):
    """What is public of one row (公示信息)."""

    resource = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    slug = models.CharField(max_length=16)
    """Stands in the address; says nothing of the row and cannot be counted through."""
    title = models.CharField(max_length=200)
    """The first of the public fields, as shown."""
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    """{field: {"code": as stored, "label": as shown}}"""
    published_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    unscoped = models.Manager()

    class Meta:
        base_manager_name = default_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["resource", "object_id"], name="one_public_row"),
            models.UniqueConstraint(fields=["resource", "slug"], name="one_public_slug"),
        ]
        indexes = [models.Index(fields=["resource", "-published_at", "-id"], name="public_newest")]
