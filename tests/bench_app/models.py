"""A case with everything the kernel has, a plain entity with every ordinary option, and a visit read from workbooks."""

from django.db import models

from shian.kernel.scopes import Scope
from shian.kernel.scopes.entity import Entity
from shian.kernel.scopes.unique import OneLive

from .flow import FLOW

DOMAINS = [("food", "食品生产"), ("farm", "农产品"), ("canteen", "餐饮")]
KINDS = [("routine", "日常"), ("special", "专项"), ("report", "举报")]


class Case(Entity):
    """Every road to a row (territory and domain, the owner's unit, participation), states and clocks, findings as
    lines, files, a personal field and a public side (案件样例)."""

    scope = Scope(place="place__path", domain="domain", units=("owner_id",), participation="pk")
    personal = ("phone",)
    tracked = ("state",)

    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+", verbose_name="案发区域")
    domain = models.CharField("业务领域", max_length=10, choices=DOMAINS)
    title = models.CharField("案由", max_length=120)
    amount = models.IntegerField("金额", default=0)
    happened_on = models.DateField("案发日期", null=True, blank=True)
    kind = models.CharField("案件类型", max_length=10, choices=KINDS, default="routine")
    urgent = models.BooleanField("紧急", default=False)
    owner = models.ForeignKey("people.Unit", models.PROTECT, related_name="+", verbose_name="承办单位")
    phone = models.CharField("举报人电话", max_length=20, blank=True)
    result = models.CharField("处理结果", max_length=60, blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=FLOW.choices(), default=FLOW.initial, editable=False
    )

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = "案件样例"
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title


class Finding(Entity):
    """A child of a case: seen and written where the case is (问题样例)."""

    scope = Scope(
        place="case__place__path",
        domain="case__domain",
        units=("case__owner_id",),
        participation="case_id",
        shared_as="bench.case",
    )

    case = models.ForeignKey(Case, models.PROTECT, related_name="findings", verbose_name="案件")
    text = models.CharField("问题", max_length=120)
    count = models.PositiveIntegerField("数量", default=1)

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = "问题样例"

    def __str__(self) -> str:
        return self.text


class Remark(Entity):
    """A child of a finding, two hops away from the case (批注样例)."""

    scope = Scope(place="finding__case__place__path", domain="finding__case__domain")

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="remarks", verbose_name="问题")
    text = models.CharField("批注", max_length=120)

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = "批注样例"

    def __str__(self) -> str:
        return self.text


class Plain(Entity):
    """An entity as most are: bound to a place and a domain, nothing but the ordinary options (台账样例)."""

    scope = Scope(place="place__path", domain="domain", units=("unit_id",))
    natural_key = ("code",)

    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+", verbose_name="所在区域")
    domain = models.CharField("业务领域", max_length=10, choices=DOMAINS)
    title = models.CharField("名称", max_length=120)
    code = models.CharField("编号", max_length=60)
    number = models.IntegerField("数值", default=0)
    day = models.DateField("登记日期", null=True, blank=True)
    kind = models.CharField("登记类型", max_length=10, choices=KINDS, default="routine")
    urgent = models.BooleanField("加急", default=False)
    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+", verbose_name="登记单位")
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="相关案件"
    )
    note = models.CharField("备注", max_length=120, blank=True)

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = "台账样例"
        constraints = [OneLive("code", name="one_live_plain_code")]

    def __str__(self) -> str:
        return self.title


class Visit(Entity):
    """A parent that comes with its faults out of one workbook, and whose past is kept (检查样例)."""

    scope = Scope(place="place__path")
    natural_key = ("title",)
    tracked = ("state", "unit")

    title = models.CharField("检查名称", max_length=60)
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+", verbose_name="区域")
    unit = models.ForeignKey(
        "people.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    state = models.CharField(
        "状态", max_length=8, choices=[("open", "待办"), ("done", "办结")], default="open"
    )

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = "检查样例"

    def __str__(self) -> str:
        return self.title


class Fault(Entity):
    """A line of a visit (隐患样例)."""

    scope = Scope(place="visit__place__path")
    personal = ("person",)
    inner = ("sort",)

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="findings", verbose_name="检查")
    text = models.CharField("问题", max_length=60)
    count = models.PositiveIntegerField("数量", default=1)
    unit = models.ForeignKey(
        "people.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="责任单位"
    )
    person = models.CharField("责任人", max_length=20, blank=True)
    sort = models.PositiveIntegerField(default=0)

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = "问题样例"
        constraints = [OneLive("visit", "text", name="one_live_fault")]

    def __str__(self) -> str:
        return self.text
