"""Every write of files and attachments."""

from __future__ import annotations

import hashlib
import os
import tempfile
import unicodedata
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shian.kernel.changes.taken import Taken
from shian.kernel.changes.writer import Writer, change
from shian.kernel.scopes import verbs
from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.entity import Entity

from .models import Attachment, StoredFile
from .pictures import look, make_copies
from .queries import may_download, sees
from .sniff import ANYTHING, sniff

verbs.declare({"file.upload": gettext_lazy("上传文件")}, own=True)


def store_upload(
    actor: Actor, upload, *, allowed: Collection[str] = ANYTHING, limit: int | None = None
) -> StoredFile:
    """Checks, hashes and keeps an uploaded file (any object with ``name`` and ``chunks()``).

    ``allowed``: kinds the place of upload takes, e.g. ``TABLES``; ``limit``: bytes it takes at most (never
    more than the installation does). The same bytes under the same name by the same person give the same
    row. Raises :class:`ValidationError` with a text for the user; then nothing is kept.
    """
    name = clean_name(upload.name)
    folder = Path(settings.MEDIA_ROOT) / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(handle, "wb") as target:
            sha256, size = _copy(
                upload, target, name, min(limit or settings.MAX_UPLOAD_BYTES, settings.MAX_UPLOAD_BYTES)
            )
        kind = sniff(Path(temporary), name)
        if kind not in allowed:
            kinds = "、".join(f".{k}" for k in sorted(allowed))
            raise ValidationError(
                _("“%(name)s”：这里只接受 %(kinds)s 文件") % {"name": name, "kinds": kinds}, code="type"
            )
        seen = look(Path(temporary), name, kind)
        row = StoredFile(
            sha256=sha256,
            size=size,
            name=name,
            kind=kind,
            uploaded_by_id=actor.user_id,
            **(asdict(seen) if seen else {}),
        )
        fresh = not row.path.exists()
        _place(Path(temporary), row.path)
        _copies(row, fresh)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return _record(actor, row)


def clean_name(name: str | None) -> str:
    """The last part of a path, without control characters, at most 200 characters with its ending."""
    base = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    base = "".join(c for c in unicodedata.normalize("NFC", base) if unicodedata.category(c)[0] != "C").strip()
    stem, suffix = os.path.splitext(base)
    if not stem.strip("."):
        raise ValidationError(_("文件没有名称"), code="name")
    return stem[: 200 - len(suffix)] + suffix


def _copy(upload, target, name: str, most: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for chunk in upload.chunks():
        size += len(chunk)
        if size > most:
            raise ValidationError(
                _("“%(name)s”：超过 %(limit)s MB 的上限") % {"name": name, "limit": most // (1 << 20)},
                code="too_large",
            )
        digest.update(chunk)
        target.write(chunk)
    if not size:
        raise ValidationError(_("“%(name)s”：文件是空的（0 字节）") % {"name": name}, code="empty")
    target.flush()
    os.fsync(target.fileno())
    return digest.hexdigest(), size


def _place(temporary: Path, path: Path) -> None:
    """Into the store by one rename: a reader sees the whole file or none. Bytes already there stay."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary.chmod(0o640)
    os.replace(temporary, path)


def _copies(row: StoredFile, fresh: bool) -> None:
    """Thumbnail and public copy; a picture that cannot be decoded is not kept."""
    try:
        make_copies(row.path, row.name, row.kind)
    except ValidationError:
        if fresh:
            row.path.unlink(missing_ok=True)
        raise


def _record(actor: Actor, row: StoredFile) -> StoredFile:
    same = StoredFile.unscoped.live().filter(
        sha256=row.sha256, name=row.name, uploaded_by_id=row.uploaded_by_id
    )
    if found := same.first():
        return found
    try:
        with transaction.atomic(), change(actor, "file.upload") as w:
            w.save(row)
    except Taken:  # the same upload arrived twice at once
        return same.get()
    return row


def attach(w: Writer, obj: Entity, file: StoredFile, *, kind: str = "", caption: str = "") -> Attachment:
    """Makes ``file`` part of ``obj`` under the verb of the change ``w``, which is asked for ``obj``.

    Refused when the actor could not open the file or see the object: an id from elsewhere is no key.
    """
    actor = w.actor
    if not may_download(actor, file) or not sees(actor, obj._meta.label_lower, [obj.pk]):
        raise PermissionDenied(_("您不能使用这个文件或查看这条记录"))
    same = {"object_type": obj._meta.label_lower, "object_id": obj.pk, "file": file, "kind": kind}
    row = Attachment.unscoped.live().filter(**same).first() or Attachment(**same)
    row.caption = caption or row.caption
    if w.save(row):
        w.note(obj, {"attachment": [None, file.name]}, verb="file.attach")
    return row


def detach(w: Writer, row: Attachment) -> Attachment:
    """Takes the file off the object, under the verb of ``w``; the row and the bytes stay for the history."""
    if not sees(w.actor, row.object_type, [row.object_id]):
        raise PermissionDenied(_("您不能查看这条记录"))
    w.retire(row)
    if obj := apps.get_model(row.object_type)._base_manager.filter(pk=row.object_id).first():
        w.note(obj, {"attachment": [row.file.name, None]}, verb="file.detach")
    return row
