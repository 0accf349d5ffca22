"""A place is a node of governance; its division code is an attribute that may change (point 14)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from shian.kernel.scopes.entity import Entity
from shian.kernel.scopes.scope import Scope
from shian.kernel.scopes.unique import OneLive

STEP = 6
"""Digits of the path a level: the zero-padded keys of the ancestors, then one's own."""


class Place(Entity):
    """A country, province, city, county, township, village or managed zone (行政区域/管理区)."""

    scope = Scope(everyone=True, home="parent__path")
    natural_key = ("parent", "name")
    tracked = ("name", "code", "parent")

    KINDS = [
        ("country", _("国家")),
        ("province", _("省级")),
        ("city", _("市级")),
        ("county", _("县级")),
        ("township", _("乡镇街道")),
        ("zone", _("开发区/管委会")),
        ("village", _("村社区")),
    ]
    name = models.CharField(_("名称"), max_length=60)
    short_name = models.CharField(_("简称"), max_length=30, blank=True)
    kind = models.CharField(_("层级"), max_length=10, choices=KINDS)
    code = models.CharField(_("区划代码"), max_length=12, blank=True, db_index=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    path = models.CharField(max_length=60, editable=False, db_index=True, default="")
    valid_from = models.DateField(_("设立日期"), null=True, blank=True)
    valid_to = models.DateField(_("撤销日期"), null=True, blank=True)

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = _("区域")
        ordering = ["path"]
        constraints = [OneLive("parent", "name", name="one_live_place_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def ancestor_ids(self) -> list[int]:
        """Keys from the root down to the place itself."""
        return [int(self.path[i : i + STEP]) for i in range(0, len(self.path), STEP)]


class Lineage(Entity):
    """``before`` became ``after`` on ``on``: renamed, merged, split or moved (沿革)."""

    scope = Scope(everyone=True, home="before__path")
    natural_key = ("before", "after", "on")
    KINDS = [("renamed", _("更名")), ("merged", _("并入")), ("split", _("析出")), ("moved", _("划转"))]

    before = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("原区域"))
    after = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("现区域"))
    kind = models.CharField(_("类型"), max_length=10, choices=KINDS)
    on = models.DateField(_("日期"))
    document = models.CharField(_("文件"), max_length=200, blank=True)

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = _("区域沿革")

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class Population(Entity):
    """Persons of a place used for one plan year (常住人口); frozen once the year's plan is published."""

    scope = Scope(everyone=True, home="place__path")
    natural_key = ("place", "year")

    place = models.ForeignKey(Place, models.PROTECT, related_name="populations", verbose_name=_("区域"))
    year = models.PositiveSmallIntegerField(_("年度"))
    persons = models.PositiveBigIntegerField(_("人口数"))
    source = models.CharField(_("来源"), max_length=200, blank=True)
    frozen_at = models.DateTimeField(_("冻结时间"), null=True, blank=True, editable=False)

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = _("人口数")
        constraints = [OneLive("place", "year", name="one_population_a_year")]

    def __str__(self) -> str:
        return f"{self.place} {self.year}: {self.persons}"
