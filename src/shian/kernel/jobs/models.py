"""A job and a schedule of jobs."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from shian.kernel.scopes.actor import SYSTEM, Actor
from shian.kernel.scopes.entity import Entity
from shian.kernel.scopes.queries import actor_for
from shian.kernel.scopes.rights import can
from shian.kernel.scopes.scope import Scope
from shian.kernel.scopes.unique import OneLive

from .kinds import JobFailed, kind_of


class OwnOrManaged(Scope):
    """One's own jobs; with ``job.manage``, which a general ``*.view`` is not, others' and the system's."""

    def visible(self, model, actor, permission):
        where = super().visible(model, actor, "job.manage" if permission == "job.view" else permission)
        return where | models.Q(owner=None) if can(actor, "job.manage") and not actor.is_system else where


class Job(Entity):
    """One piece of long work (后台任务): an import, an export, a bulk edit, sealing."""

    scope = OwnOrManaged(user="owner_id", place="owner__unit__place__path")
    inner = ("attempts", "cursor", "lease_owner", "lease_until", "run_at")
    STATES = [
        ("queued", _("排队中")),
        ("running", _("进行中")),
        ("done", _("已完成")),
        ("failed", _("失败")),
        ("cancelled", _("已取消")),
    ]
    OPEN = ("queued", "running")

    kind = models.CharField(_("类型"), max_length=60)
    title = models.CharField(_("名称"), max_length=120)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("发起人")
    )
    args = models.JSONField(_("参数"), default=dict, encoder=DjangoJSONEncoder)
    idempotency_key = models.CharField(max_length=160, null=True, unique=True, editable=False)
    schedule = models.ForeignKey("Schedule", models.SET_NULL, null=True, related_name="jobs", editable=False)

    state = models.CharField(_("状态"), max_length=10, choices=STATES, default="queued")
    cursor = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    done = models.PositiveBigIntegerField(_("已处理"), default=0)
    total = models.PositiveBigIntegerField(_("总数"), null=True)
    message = models.CharField(_("进展"), max_length=200, blank=True)
    url = models.CharField(_("结果"), max_length=200, blank=True)
    """Where the result is to be seen: the import session, the exported file."""
    failure = models.TextField(_("失败原因"), blank=True)
    cancel_asked = models.BooleanField(_("已要求取消"), default=False)

    run_at = models.DateTimeField()
    """Not before this moment: back-off after a failure; otherwise the turn of the job in the queue."""
    attempts = models.PositiveSmallIntegerField(default=0)
    """Failures in a row; a step that succeeds sets it back to 0."""
    lease_owner = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(_("开始时间"), null=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True)

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = _("后台任务")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "run_at"]), models.Index(fields=["owner", "-id"])]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def percent(self) -> int | None:
        """0-100, or None while the total is unknown."""
        if self.state == "done":
            return 100
        return min(99, self.done * 100 // self.total) if self.total else None

    def actor(self) -> Actor:
        """On whose behalf the steps act, with the rights that person has now; 系统 for scheduled work."""
        return actor_for(self.owner, request_id=f"job-{self.pk}") if self.owner_id else SYSTEM


class Schedule(Entity):
    """A job that comes again: every day at a time, or every N minutes (计划任务)."""

    scope = Scope(everyone=True)

    kind = models.CharField(_("类型"), max_length=60)
    title = models.CharField(_("名称"), max_length=120)
    args = models.JSONField(_("参数"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    daily_at = models.TimeField(_("每天几点"), null=True, blank=True)
    every_minutes = models.PositiveIntegerField(_("每隔几分钟"), null=True, blank=True)
    active = models.BooleanField(_("启用"), default=True)
    next_run_at = models.DateTimeField(_("下次运行"), editable=False)

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = _("计划任务")
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                name="schedule_has_one_rhythm",
                condition=models.Q(daily_at=None, every_minutes__isnull=False, every_minutes__gte=1)
                | models.Q(daily_at__isnull=False, every_minutes=None),
                violation_error_message=_("“每天几点”和“每隔几分钟”须填且只填一项，间隔至少 1 分钟"),
            ),
            OneLive("kind", "title", name="one_live_schedule"),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Raises :class:`ValidationError` for an unknown kind of job, or none or two rhythms."""
        try:
            kind_of(self.kind)
        except JobFailed as error:
            raise ValidationError({"kind": str(error)}) from error
        if bool(self.every_minutes) == (self.daily_at is not None):
            raise ValidationError(
                {"every_minutes": _("“每天几点”和“每隔几分钟”须填且只填一项，间隔至少 1 分钟")}
            )
