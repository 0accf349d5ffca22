"""An import session, its rows, and the column choices it remembers."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from shian.kernel.scopes.entity import Entity
from shian.kernel.scopes.scope import Scope


class Session(Entity):
    """An import: upload → columns mapped → preview → applied in chunks → can be undone (product rule 4)."""

    scope = Scope(user="owner_id")
    inner = ("batch", "counts", "headers", "job_id", "mapping", "mapping_hash", "message")
    STATES = [
        ("mapping", _("核对表头")),
        ("checking", _("检查中")),
        ("preview", _("待确认")),
        ("applying", _("写入中")),
        ("applied", _("已写入")),
        ("undoing", _("撤销中")),
        ("undone", _("已撤销")),
        ("cancelled", _("已取消")),
        ("failed", _("失败")),
    ]
    resource = models.CharField(_("对象"), max_length=40)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("导入人")
    )
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+", verbose_name=_("文件"))
    filename = models.CharField(_("文件名"), max_length=200)
    sheet = models.CharField(_("工作表"), max_length=100, blank=True)
    header_row = models.PositiveIntegerField(_("表头行"), default=0)
    headers = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    """{field name: column number}"""
    mapping_hash = models.CharField(max_length=64, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=STATES, default="mapping")
    counts = models.JSONField(default=dict)
    message = models.TextField(blank=True)
    batch = models.UUIDField(default=uuid.uuid4, unique=True)
    job_id = models.BigIntegerField(null=True)

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = _("导入")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.filename


class SessionRow(models.Model):
    """One row of the workbook: what it says, what it would do, what it did."""

    KINDS = [
        ("new", _("新增")),
        ("changed", _("修改")),
        ("same", _("无变化")),
        ("error", _("有误")),
        ("refused", _("未写入")),
    ]
    session = models.ForeignKey(Session, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=KINDS)
    key = models.CharField(max_length=64, blank=True)
    cells = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    values = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    diff = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    errors = models.JSONField(default=list)
    object_id = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(null=True)
    """Version of the object when checked; after applying, the version the import wrote."""
    head = models.PositiveIntegerField(null=True)
    """Of a further row of one parent with its lines: the number of the first, which stands for all."""
    lines = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    """What the group of rows would do to the lines of its parent; after applying, what it did."""
    done = models.BooleanField(default=False)
    outcome = models.CharField(max_length=10, blank=True)
    """After undo: restored, retired or left."""

    unscoped = models.Manager()

    class Meta:
        base_manager_name = default_manager_name = "unscoped"
        ordering = ["number"]
        indexes = [
            models.Index(fields=["session", "kind", "number"]),
            models.Index(fields=["session", "done"]),
            models.Index(fields=["session", "key"]),
        ]


class Mapping(models.Model):
    """Columns of a workbook's heading, remembered for the next file with the same headings."""

    resource = models.CharField(max_length=40)
    headers_hash = models.CharField(max_length=64)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    mapping = models.JSONField(default=dict)

    unscoped = models.Manager()

    class Meta:
        base_manager_name = default_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["resource", "headers_hash", "user"], name="one_mapping")
        ]
