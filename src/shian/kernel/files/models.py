"""A stored file and what it is attached to."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shian.kernel.scopes.entity import Entity
from shian.kernel.scopes.scope import Scope
from shian.kernel.scopes.unique import OneLive

from .pictures import copy_of


class StoredFile(Entity):
    """One upload (文件). The bytes are stored once per content, however often they are uploaded;
    each uploader has a row of their own, so that nobody learns another's file name."""

    scope = Scope(user="uploaded_by_id")
    personal = ("taken_at", "lat", "lon")
    inner = ("sha256",)

    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField(_("大小"))
    name = models.CharField(_("文件名"), max_length=200)
    kind = models.CharField(_("格式"), max_length=10)
    """What the bytes are (``shian.kernel.files.sniff``), not what the name claims."""
    width = models.PositiveIntegerField(_("宽（像素）"), null=True, blank=True)
    height = models.PositiveIntegerField(_("高（像素）"), null=True, blank=True)
    taken_at = models.DateTimeField(_("拍摄时间"), null=True, blank=True)
    lat = models.FloatField(_("纬度"), null=True, blank=True)
    lon = models.FloatField(_("经度"), null=True, blank=True)
    """Of a picture, as its camera wrote them (EXIF, WGS 84): for those who see the object, never the public."""
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("上传人")
    )

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = _("文件")
        constraints = [OneLive("sha256", "uploaded_by", "name", name="one_live_upload")]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        return Path(settings.MEDIA_ROOT) / self.sha256[:2] / self.sha256[2:4] / self.sha256

    def open(self, copy: str = ""):
        """The bytes, or those of the copy ``thumb`` or ``public`` of a picture, for reading.

        Raises :class:`FileNotFoundError` when the store has lost them, or there is no such copy.
        """
        return (copy_of(self.path, copy) if copy else self.path).open("rb")

    @property
    def is_picture(self) -> bool:
        return self.width is not None

    def get_absolute_url(self) -> str:
        return reverse("file", args=[self.pk, self.name])


class Attachment(Entity):
    """A file belongs to an object: evidence, a source document, a result (附件).

    Seen by whoever sees the object; there is no other road to it.
    """

    scope = Scope(of_object=True)
    inner = ("object_type", "object_id")

    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="attachments", verbose_name=_("文件"))
    kind = models.CharField(_("用途"), max_length=20, blank=True)
    caption = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = _("附件")
        ordering = ["pk"]
        indexes = [models.Index(fields=["object_type", "object_id"])]
        constraints = [OneLive("object_type", "object_id", "file", "kind", name="one_live_attachment")]

    def __str__(self) -> str:
        return self.caption or self.file.name
