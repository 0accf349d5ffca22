"""The index: one entry an object, many tokens an entry. Can be dropped and rebuilt at any time."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SearchEntry(models.Model):
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    title = models.CharField(_("标题"), max_length=200)
    subtitle = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=300)
    weight = models.SmallIntegerField(default=50)
    fingerprint = models.BigIntegerField(null=True)
    """Of the tokens as stored; null while an indexing job still has to write them."""

    unscoped = models.Manager()

    class Meta:
        base_manager_name = default_manager_name = "unscoped"
        constraints = [models.UniqueConstraint(fields=["object_type", "object_id"], name="one_search_entry")]
        indexes = [
            models.Index(fields=["object_type", "title"], name="search_title"),
            models.Index(fields=["fingerprint"], condition=models.Q(fingerprint=None), name="search_stale"),
        ]


class SearchToken(models.Model):
    token = models.CharField(max_length=72)
    entry = models.ForeignKey(SearchEntry, models.CASCADE, related_name="tokens")

    unscoped = models.Manager()

    class Meta:
        base_manager_name = default_manager_name = "unscoped"
        indexes = [models.Index(fields=["token", "entry"])]
