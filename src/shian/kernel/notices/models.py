"""A notice to one person."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shian.kernel.scopes.managers import ScopedManager, UnscopedManager
from shian.kernel.scopes.scope import Scope


class Notice(models.Model):
    """One line in a person's bell (通知). It repeats what the change log holds and is therefore not logged."""

    scope = Scope(user="user_id")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    title = models.CharField(_("标题"), max_length=120)
    body = models.TextField(_("内容"), blank=True)
    url = models.CharField(_("链接"), max_length=300, blank=True)
    kind = models.CharField(_("类型"), max_length=40, blank=True)
    key = models.CharField(max_length=120, null=True)
    """The same key reaches the same person once, however often the sender is run."""
    created_at = models.DateTimeField(_("时间"), auto_now_add=True)
    read_at = models.DateTimeField(_("已读时间"), null=True)
    emailed_at = models.DateTimeField(_("邮件时间"), null=True)
    email_failure = models.CharField(_("邮件失败原因"), max_length=200, blank=True)

    objects = ScopedManager()
    unscoped = UnscopedManager()

    class Meta:
        base_manager_name = default_manager_name = "unscoped"
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = _("通知")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_notice_a_key")]
        indexes = [
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="notice_unread"),
            models.Index(fields=["id"], condition=models.Q(emailed_at=None), name="notice_unsent"),
        ]

    def __str__(self) -> str:
        return self.title
