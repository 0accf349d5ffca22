"""What the document promises in figures, and what is reported against it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from shian.kernel.flows.words import choices
from shian.kernel.scopes import Scope
from shian.kernel.scopes.entity import Entity

from .. import flow
from .tasks import Task


class Target(Entity):
    """subject · comparator · value · unit · deadline · owner (量化指标).

    Its value is *reported*, each time with a date and evidence, until an indicator computes it.
    """

    scope = Scope(place="place__path", participation="task_id", shared_as="plans.task")
    tracked = ("value", "due", "owner", "state")
    measured = ("place", "due")

    OPS = [(">=", "≥"), ("<=", "≤"), (">", ">"), ("<", "<"), ("==", "=")]
    KINDS = [("reported", _("填报"))]

    task = models.ForeignKey(Task, models.CASCADE, related_name="targets", verbose_name=_("任务"))
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+", verbose_name=_("区域"))
    kind = models.CharField(_("取数方式"), max_length=10, choices=KINDS, default="reported")
    subject = models.CharField(_("指标"), max_length=200)
    op = models.CharField(_("比较"), max_length=2, choices=OPS, default=">=")
    value = models.DecimalField(_("目标值"), max_digits=20, decimal_places=4)
    value_max = models.DecimalField(_("上限"), max_digits=20, decimal_places=4, null=True, blank=True)
    unit_text = models.CharField(_("单位"), max_length=20, blank=True)
    due = models.DateField(_("时限"), null=True, blank=True)
    owner = models.ForeignKey(
        "people.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("责任单位")
    )
    soft = models.BooleanField(_("力争性"), default=False)
    state = models.CharField(_("状态"), max_length=10, choices=choices(flow.TARGET), default="active", editable=False)
    quote = models.CharField(_("原文"), max_length=300, blank=True)
    start = models.PositiveIntegerField(default=0, editable=False)
    end = models.PositiveIntegerField(default=0, editable=False)

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = _("量化指标")
        ordering = ["start", "pk"]

    def __str__(self) -> str:
        return f"{self.subject}{self.demand}"

    @property
    def demand(self) -> str:
        """≥98%, 6～8所, =100%."""
        if self.value_max is not None:
            return f"{plain(self.value)}～{plain(self.value_max)}{self.unit_text}"
        return f"{self.get_op_display()}{plain(self.value)}{self.unit_text}"


class TargetValue(Entity):
    """A value of a target as reported by a unit (指标填报值); the newest ``as_of`` stands."""

    scope = Scope(place="target__place__path", participation="target__task_id", shared_as="plans.task")
    measured = ()

    target = models.ForeignKey(Target, models.CASCADE, related_name="values", verbose_name=_("量化指标"))
    value = models.DecimalField(_("填报值"), max_digits=20, decimal_places=4)
    as_of = models.DateField(_("截至日期"))
    unit = models.ForeignKey(
        "people.Unit", models.PROTECT, null=True, related_name="+", verbose_name=_("填报单位")
    )
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = _("指标填报值")
        ordering = ["-as_of", "-pk"]

    def __str__(self) -> str:
        return f"{plain(self.value)}（{self.as_of}）"


def plain(value) -> str:
    """97.0000 prints as 97, 4.5000 as 4.5."""
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
