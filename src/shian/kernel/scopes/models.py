"""Roles, grants and participation."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .entity import Entity
from .scope import Scope


class Role(Entity):
    """A named set of permissions (角色); the starter set comes from the apps' declarations."""

    scope = Scope(everyone=True)

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    permissions = models.JSONField(_("权限"), default=list)

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = _("角色")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Grant(Entity):
    """role × territory × business domains × level of detail × dates, held by a user (授权)."""

    scope = Scope(user="user_id", place="user__unit__place__path")
    tracked = ("role", "state", "valid_to")
    STATES = [("asked", _("待复核")), ("given", _("有效")), ("declined", _("未通过"))]
    DETAILS = [("full", _("全部")), ("masked", _("隐去个人信息")), ("counts", _("仅数字"))]

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="grants", verbose_name=_("用户")
    )
    role = models.ForeignKey(Role, models.PROTECT, verbose_name=_("角色"))
    places = models.ManyToManyField("places.Place", blank=True, related_name="+", verbose_name=_("范围"))
    domains = models.JSONField(_("业务领域"), default=list, blank=True)
    detail = models.CharField(_("详细程度"), max_length=10, choices=DETAILS, default="full")
    valid_from = models.DateField(_("生效日期"), null=True, blank=True)
    valid_to = models.DateField(_("失效日期"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=STATES, default="given", editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("提出人")
    )
    """Who gave it and waits for a second person; empty where none is needed."""

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = _("授权")

    def __str__(self) -> str:
        return f"{self.user} · {self.role}"


class Access(models.Model):
    """A unit takes part in one object: the second road to a row. Written by actions only."""

    KINDS = [
        ("lead", _("牵头")),
        ("joint", _("共同负责")),
        ("support", _("配合")),
        ("assigned", _("交办")),
        ("shared", _("共享")),
        ("transferred", _("移交")),
    ]
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    unit = models.ForeignKey("people.Unit", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=KINDS)
    ended_at = models.DateTimeField(null=True, blank=True)

    unscoped = models.Manager()

    class Meta:
        base_manager_name = default_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["object_type", "object_id", "unit"],
                condition=models.Q(ended_at=None),
                name="one_live_access",
            )
        ]
        indexes = [models.Index(fields=["unit", "object_type", "object_id"])]
