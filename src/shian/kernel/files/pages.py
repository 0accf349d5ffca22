"""The one way out for a file."""

from __future__ import annotations

from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .models import StoredFile
from .pictures import COPIES
from .queries import may_download
from .sniff import MEDIA_TYPES


@login_required
@require_safe
def copy(request, pk: int, copy: str):
    """The thumbnail of a picture, or its copy without time and place of the camera; shown inside pages."""
    file = get_object_or_404(StoredFile.unscoped, pk=pk)
    if copy not in COPIES or not may_download(request.actor, file):
        raise Http404
    try:
        source = file.open(copy)
    except FileNotFoundError:
        raise Http404(_("“%(name)s”没有这种图片") % {"name": file.name}) from None
    name = f"{Path(file.name).stem}.jpg"
    response = FileResponse(source, as_attachment=copy != "thumb", filename=name, content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response


@login_required
@require_safe
def download(request, pk: int, name: str = ""):
    """Always as a download, never shown inside a page of ours; ``name`` in the address is for people."""
    file = get_object_or_404(StoredFile.unscoped, pk=pk)
    if not may_download(request.actor, file):
        raise Http404
    try:
        source = file.open()
    except FileNotFoundError:
        raise Http404(_("文件“%(name)s”在存储中缺失，请联系系统管理员") % {"name": file.name}) from None
    kind = MEDIA_TYPES.get(file.kind, "application/octet-stream")
    response = FileResponse(source, as_attachment=True, filename=file.name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
