"""What happened to a task: reports (evidence hangs on them as attachments) and decisions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shian.kernel.flows.words import choices
from shian.kernel.scopes import Scope
from shian.kernel.scopes.entity import Entity

from .. import flow
from .targets import Target
from .tasks import Task


class Progress(Entity):
    """A unit's report on its part of a task (进展报告); ``final`` asks for the task to be closed."""

    scope = Scope(place="task__place__path", participation="task_id", shared_as="plans.task")
    tracked = ("state",)

    task = models.ForeignKey(Task, models.CASCADE, related_name="progress", verbose_name=_("任务"))
    unit = models.ForeignKey(
        "people.Unit", models.PROTECT, null=True, related_name="+", verbose_name=_("报送单位")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("报送人")
    )
    reported_on = models.DateField(_("报送日期"))
    period = models.CharField(_("所属期"), max_length=20, blank=True)
    text = models.TextField(_("进展情况"))
    percent = models.PositiveSmallIntegerField(_("完成进度"), default=0)
    final = models.BooleanField(_("提请办结"), default=False)
    state = models.CharField(
        _("状态"), max_length=10, choices=choices(flow.PROGRESS), default="submitted", editable=False
    )
    review_note = models.TextField(_("审核意见"), blank=True, editable=False)

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = _("进展报告")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.task} · {self.reported_on}"


class Decision(Entity):
    """A task or target was changed, transferred, suspended, extended, dropped or resumed (调整决定).

    ``before`` and ``after`` hold what the decision touched, printed, so that the original stays visible.
    """

    scope = Scope(place="task__place__path", participation="task_id", shared_as="plans.task")

    KINDS = [(v, _(flow.TASK.verb[v].label)) for v in flow.DECISIONS]

    task = models.ForeignKey(Task, models.CASCADE, related_name="decisions", verbose_name=_("任务"))
    target = models.ForeignKey(
        Target, models.CASCADE, null=True, blank=True, related_name="decisions", verbose_name=_("量化指标")
    )
    kind = models.CharField(_("决定"), max_length=10, choices=KINDS)
    reason = models.TextField(_("理由"))
    number = models.CharField(_("依据文件（文号）"), max_length=120)
    decided_on = models.DateField(_("决定日期"))
    before = models.JSONField(_("调整前"), default=dict)
    after = models.JSONField(_("调整后"), default=dict)

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = _("调整决定")
        ordering = ["-decided_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.task}"

    @property
    def rows(self) -> list[dict]:
        """What was changed, field by field: [{label, old, new}]."""
        names = dict.fromkeys([*self.before, *self.after])
        return [{"label": gettext(n), "old": self.before.get(n), "new": self.after.get(n)} for n in names]
