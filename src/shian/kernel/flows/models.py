"""The clock of a time limit, as a row."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from shian.kernel.scopes.entity import Entity
from shian.kernel.scopes.scope import Scope


class Clock(Entity):
    """A time limit that runs on an object (期限): which rule, since when, until when, what stopped it.

    The date is computed by ``core.clock`` from rule, trigger, pauses and extension; it moves when the
    calendar does, and ``previous_due`` keeps what it was. Retired: the object ended before it was met.
    """

    scope = Scope(of_object=True)
    tracked = ("due",)
    inner = ("object_type", "object_id")

    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    rule = models.CharField(_("期限规则"), max_length=80)
    pack = models.CharField(_("规则版本"), max_length=40)
    name = models.CharField(_("事项"), max_length=120)
    article = models.CharField(_("依据"), max_length=300)
    trigger = models.CharField(_("起算事由"), max_length=120)
    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("区域")
    )
    """Whose working days count."""
    triggered_on = models.DateField(_("起算日期"))
    triggered_at = models.DateTimeField(_("起算时间"), null=True, blank=True)
    """For rules in hours."""
    due = models.DateField(_("到期日"))
    due_at = models.DateTimeField(_("到期时间"), null=True, blank=True)
    first_due = models.DateField(_("最初到期日"))
    previous_due = models.DateField(_("调整前的到期日"), null=True, blank=True)
    provisional = models.BooleanField(_("暂定"), default=False)
    """A year whose holidays were not yet announced was used."""
    pauses = models.JSONField(_("中止期间"), default=list, blank=True)
    """[{"first": "2026-03-02", "last": "2026-03-09" | null, "reason": "…"}]"""
    extended = models.JSONField(_("延长"), null=True, blank=True)
    """{"n": 15, "unit": "working_day", "reason": "…"}"""
    done_on = models.DateField(_("办结日期"), null=True, blank=True)

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = _("期限")
        ordering = ["due", "pk"]
        indexes = [
            models.Index(fields=["object_type", "object_id"]),
            models.Index(
                fields=["due"], condition=models.Q(done_on=None, retired_at=None), name="clock_open_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.due}"

    @property
    def is_paused(self) -> bool:
        return any(p["last"] is None for p in self.pauses)
