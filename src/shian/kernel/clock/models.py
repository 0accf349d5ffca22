"""The days on which the plain week does not hold."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shian.kernel.scopes.entity import Entity
from shian.kernel.scopes.scope import Scope
from shian.kernel.scopes.unique import OneLive


class CalendarDay(Entity):
    """A public day off, a weekend day worked (调休), or a local closure (工作日历)."""

    scope = Scope(everyone=True, home="place__path")
    natural_key = ("date", "place")
    KINDS = [("off", _("放假")), ("work", _("调休上班")), ("closure", _("停止办公"))]

    year = models.PositiveSmallIntegerField(_("年度"), editable=False, db_index=True)
    date = models.DateField(_("日期"))
    kind = models.CharField(_("类型"), max_length=10, choices=KINDS)
    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("区域")
    )
    """Empty: the whole country. A closure of a place holds for everything below it."""
    note = models.CharField(_("说明"), max_length=100, blank=True)
    source = models.CharField(_("依据"), max_length=200, blank=True)

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = _("工作日历")
        ordering = ["date", "pk"]
        constraints = [
            OneLive("date", "place", name="one_local_calendar_day", place__isnull=False),
            OneLive("date", name="one_calendar_day", place=None),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.get_kind_display()}"

    def clean(self) -> None:
        """Raises :class:`ValidationError` naming date and rule, also for a day that is listed already."""
        if self.date is None:
            return
        self.year = self.date.year
        if self.kind == "work" and self.date.weekday() < 5:
            raise ValidationError(
                {"date": gettext("%(date)s 不是周末，不能列为调休上班") % {"date": self.date}}
            )
        if self.kind != "closure" and self.place_id:
            text = gettext("放假和调休全国统一，由平台管理员登记，区域须留空；本区域的请选“停止办公”")
            raise ValidationError({"place": text})
        same = CalendarDay.unscoped.live().filter(date=self.date, place=self.place_id).exclude(pk=self.pk)
        if other := same.first():
            text = gettext("%(date)s 已列为“%(kind)s”")
            raise ValidationError({"date": text % {"date": self.date, "kind": other.get_kind_display()}})
