"""The document a task comes from, and its items while a person reviews them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from shian.kernel.flows.words import choices
from shian.kernel.scopes import Scope
from shian.kernel.scopes.entity import Entity

from .. import flow


class Document(Entity):
    """A plan, an upper document, an instruction, minutes or an inspection finding (来源文件).

    ``text`` is the normalised source: every span of a draft, a task or a target points into it.
    """

    scope = Scope(place="place__path", participation="pk")
    tracked = ("state",)

    KINDS = [
        ("plan", _("年度工作计划")),
        ("upper", _("上级文件")),
        ("instruction", _("领导批示")),
        ("meeting", _("会议纪要")),
        ("finding", _("督查检查发现问题")),
        ("other", _("其他")),
    ]
    kind = models.CharField(_("类型"), max_length=12, choices=KINDS, default="plan")
    title = models.CharField(_("标题"), max_length=200)
    number = models.CharField(_("文号"), max_length=80, blank=True)
    issuer = models.CharField(_("发文机关"), max_length=120, blank=True)
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+", verbose_name=_("所属区域"))
    year = models.PositiveSmallIntegerField(_("年度"), db_index=True)
    date = models.DateField(_("成文日期"), null=True, blank=True)
    filename = models.CharField(_("文件名"), max_length=200, blank=True)
    text = models.TextField(_("正文"), blank=True)
    text_hash = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    deadlines = models.JSONField(_("全文时限"), default=list, blank=True, editable=False)
    """[{quote, date, what, start, end}]: dates of a closing paragraph, which bind every task."""
    unread = models.JSONField(_("未识别内容"), default=list, blank=True, editable=False)
    """[{quote, reason, start, end}]: what the reader could not place."""
    state = models.CharField(
        _("状态"), max_length=12, choices=choices(flow.DOCUMENT), default="draft", editable=False
    )
    supersedes = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("更正"),
        editable=False,
    )

    notes: tuple[str, ...] = ()
    """What the reader said of the file it has just read (changes, signatures): for whoever sent it, not stored."""

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = _("来源文件")
        ordering = ["-year", "-pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/documents/{self.pk}/"


class Draft(Entity):
    """One item of a document under review (待核对条目).

    ``parties``: [{name, role, start, end, unit_id, set, part}], ``targets``: [{subject, op, value,
    value_max, unit, deadline, quote, start, end}], ``deadlines``: [{quote, date, what, start, end}].
    """

    scope = Scope(place="document__place__path")
    inner = ("sort", "start", "end")

    STATES = [("pending", _("待确认")), ("accepted", _("已接受")), ("dropped", _("已舍弃"))]

    document = models.ForeignKey(Document, models.CASCADE, related_name="drafts", verbose_name=_("来源文件"))
    sort = models.PositiveIntegerField(default=0)
    section_no = models.CharField(_("章节号"), max_length=20, blank=True)
    section_title = models.CharField(_("章节"), max_length=200, blank=True)
    no = models.CharField(_("序号"), max_length=20, blank=True)
    title = models.CharField(_("标题"), max_length=300)
    text = models.TextField(_("内容"), blank=True)
    start = models.PositiveIntegerField(default=0)
    end = models.PositiveIntegerField(default=0)
    parties = models.JSONField(_("承办单位"), default=list, blank=True)
    targets = models.JSONField(_("量化指标"), default=list, blank=True)
    deadlines = models.JSONField(_("时限"), default=list, blank=True)
    due = models.DateField(_("完成时限"), null=True, blank=True)
    """Null: the latest printed deadline, else that of the document, else the end of the year."""
    recurrence = models.CharField(_("周期"), max_length=20, blank=True)
    soft = models.BooleanField(_("倡导性"), default=False)
    confidence = models.FloatField(_("把握"), default=1.0)
    state = models.CharField(_("状态"), max_length=10, choices=STATES, default="pending")

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = _("待核对条目")
        ordering = ["sort", "pk"]

    def __str__(self) -> str:
        return f"{self.no}{self.title}"[:80]
