"""A task, who has which part in it, and the dates on the way."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shian.kernel.flows.words import choices
from shian.kernel.scopes import Scope
from shian.kernel.scopes.entity import Entity

from .. import flow
from .documents import Document


class Task(Entity):
    """One clause of a document with owners, a deadline and its progress (任务).

    ``start``–``end`` is its place in ``document.text``. ``lead`` is the unit that answers for the whole:
    the first 牵头 unit, or the only responsible one; null where several share it (共同负责).
    """

    scope = Scope(place="place__path", participation="pk")
    tracked = ("status", "due", "lead", "percent")
    measured = ("place", "due")

    PERIODS = [
        ("", _("一次性")),
        ("week", _("每周")),
        ("month", _("每月")),
        ("quarter", _("每季度")),
        ("half", _("每半年")),
    ]
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("来源文件")
    )
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+", verbose_name=_("区域"))
    year = models.PositiveSmallIntegerField(_("年度"))
    section_no = models.CharField(_("章节号"), max_length=20, blank=True)
    section_title = models.CharField(_("章节"), max_length=200, blank=True)
    no = models.CharField(_("序号"), max_length=20, blank=True)
    sort = models.PositiveIntegerField(default=0, editable=False)
    title = models.CharField(_("任务"), max_length=300)
    text = models.TextField(_("工作内容"), blank=True)
    start = models.PositiveIntegerField(default=0, editable=False)
    end = models.PositiveIntegerField(default=0, editable=False)
    lead = models.ForeignKey(
        "people.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("牵头单位")
    )
    due = models.DateField(_("完成时限"), null=True, blank=True)
    original_due = models.DateField(_("原定时限"), null=True, blank=True, editable=False)
    status = models.CharField(
        _("状态"), max_length=12, choices=choices(flow.TASK), default="open", editable=False
    )
    percent = models.PositiveSmallIntegerField(_("进度"), default=0, editable=False)
    soft = models.BooleanField(_("倡导性"), default=False)
    """力争、鼓励、探索: worth doing, not owed."""
    recurrence = models.CharField(_("周期"), max_length=10, choices=PERIODS, blank=True, default="")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="instances", verbose_name=_("上级任务")
    )
    period = models.CharField(_("期"), max_length=20, blank=True)
    """Of an instance of a recurring task: 2026年3月, 2026年第1季度."""

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = _("任务")
        ordering = ["-year", "document", "sort", "pk"]
        indexes = [
            models.Index(fields=["place", "year", "status"]),
            models.Index(fields=["due", "status"]),
        ]

    def __str__(self) -> str:
        mark = "．" if self.no[-1:].isdecimal() else "" if self.no[-1:] in "）)、.．" else "、"
        return f"{self.no}{mark}{self.title}{f'（{self.period}）' if self.period else ''}"

    def get_absolute_url(self) -> str:
        return f"/tasks/{self.pk}/"

    @property
    def owners(self) -> str:
        """Who answers: the lead units, else those responsible together; at most three by name."""
        parties = [p for p in self.parties.all() if p.retired_at is None and p.role != "support"]
        shown = [p for p in parties if p.role == "lead"] or parties
        names = "、".join(p.label for p in shown[:3])
        return gettext("%(names)s等%(n)s家") % {"names": names, "n": len(shown)} if len(shown) > 3 else names

    @property
    def is_open(self) -> bool:
        return not flow.TASK.state[self.status].final

    @property
    def is_paused(self) -> bool:
        return flow.TASK.state[self.status].paused


class TaskParty(Entity):
    """A unit, or a set of units that stays live, in one capacity (承办单位).

    ``set`` names a question asked at reading time (:func:`queries.units_in_set`): who sits on the
    committee today, which townships there are. ``name`` is what the document prints; a party with
    neither unit nor set is a name nobody has been found for.
    """

    scope = Scope(place="task__place__path", participation="task_id", shared_as="plans.task")
    inner = ("sort",)

    ROLES = [("lead", _("牵头")), ("joint", _("责任")), ("support", _("配合"))]
    SETS = [
        ("", "—"),
        ("members", _("各成员单位")),
        ("departments", _("有关部门")),
        ("townships", _("各乡镇（街道）")),
        ("lower", _("下级食安办")),
    ]
    task = models.ForeignKey(Task, models.CASCADE, related_name="parties", verbose_name=_("任务"))
    unit = models.ForeignKey(
        "people.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("单位")
    )
    set = models.CharField(_("单位集合"), max_length=12, choices=SETS, blank=True, default="")
    role = models.CharField(_("角色"), max_length=8, choices=ROLES)
    part = models.CharField(_("分工"), max_length=200, blank=True)
    name = models.CharField(_("文件中的名称"), max_length=120, blank=True)
    sort = models.PositiveIntegerField(default=0)

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = _("承办单位")
        ordering = ["sort", "pk"]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.label}"

    @property
    def label(self) -> str:
        if self.unit_id:
            return self.unit.short_name or self.unit.name
        return self.name or self.get_set_display()


class Milestone(Entity):
    """A date printed in the task's text, with what is due then (时间节点)."""

    scope = Scope(place="task__place__path", participation="task_id", shared_as="plans.task")
    tracked = ("due", "done_on", "ended_on")

    task = models.ForeignKey(Task, models.CASCADE, related_name="milestones", verbose_name=_("任务"))
    title = models.CharField(_("事项"), max_length=200)
    due = models.DateField(_("时限"))
    quote = models.CharField(_("原文"), max_length=200, blank=True)
    start = models.PositiveIntegerField(default=0, editable=False)
    end = models.PositiveIntegerField(default=0, editable=False)
    done_on = models.DateField(_("完成日期"), null=True, blank=True)
    ended_on = models.DateField(_("随任务终结日期"), null=True, blank=True, editable=False)
    """The task was closed or dropped before the date was met; empty again once the task is reopened."""

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = _("时间节点")
        ordering = ["due", "pk"]

    def __str__(self) -> str:
        return f"{self.due} {self.title}"
