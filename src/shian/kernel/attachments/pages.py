"""Upload and removal. What is refused is said file by file; what was typed stays."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from shian.core.errors import Told
from shian.kernel.changes.writer import change
from shian.kernel.files.actions import detach
from shian.kernel.files.queries import files_of
from shian.kernel.files.sniff import DOCUMENTS
from shian.kernel.resources import api
from shian.kernel.resources.resource import Resource
from shian.kernel.ui.words import told

from .api import FilesEndpoint
from .feature import Attachments
from .rows import CAPTION, add_files, row_of, said_by


def declared(resource: Resource) -> Attachments:
    feature = resource.feature(Attachments)
    if feature is None:
        raise Http404
    return feature


@login_not_required  # DRF asks for the sign-in itself
def endpoint(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    return FilesEndpoint.as_view(resource=resource, feature=declared(resource))(request, pk=pk)


def files(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """The panel as a page of its own; a POST adds the files sent."""
    feature = declared(resource)
    obj = row_of(request, resource, pk, write=request.method == "POST")
    refused, caption = [], ""
    if request.method == "POST":
        caption = request.POST.get("caption", "").replace("\x00", "").strip()
        uploads = request.FILES.getlist("files")
        if len(caption) > CAPTION:
            refused = [
                _("说明“%(text)s…”超过 %(n)s 字，文件尚未保存，请重新选择")
                % {"text": caption[:20], "n": CAPTION}
            ]
        elif not uploads:
            refused = [_("请先选择文件")]
        else:
            how = {"verb": resource.permission("attach"), "allowed": feature.kinds, "limit": feature.limit}
            added, refused = add_files(request.actor, obj, uploads, caption, **how)
            if added:
                messages.success(request, _("已添加 %(n)s 个附件") % {"n": len(added)})
            if not refused:
                return redirect(f"{resource.url(obj)}#files")
    panel = feature.context(resource, obj, request.actor, files_of(obj))
    context = {"resource": resource, "object": obj, "title": f"{obj} · {_('附件')}", "panel": panel,
               "refused": refused, "caption": caption, "back": f"{resource.url(obj)}#files"}  # fmt: skip
    return render(request, "attachments/page.html", context, status=422 if refused else 200)


@require_safe
def text(request: HttpRequest, resource: Resource, pk: int, row: int) -> HttpResponse:
    """What a document says, without the program it was written in; what cannot be read is said in words."""
    declared(resource)
    obj = row_of(request, resource, pk, write=False)
    attachment = next((a for a in files_of(obj) if a.pk == row and a.file.kind in DOCUMENTS), None)
    if attachment is None or not attachment.file.path.exists():
        raise Http404(_("没有这个附件，或已被移除"))
    context = {"title": str(attachment), "resource": resource, "object": obj, "original": attachment.file.get_absolute_url(), "back": f"{resource.url(obj)}#files"}
    try:
        context |= said_by(attachment.file)
    except Told as error:
        context["refused"] = told(error)
    return render(request, "attachments/text.html", context)


@require_POST
def remove(request: HttpRequest, resource: Resource, pk: int, row: int) -> HttpResponse:
    """Takes one file off the row; the bytes stay for the history."""
    declared(resource)
    obj = row_of(request, resource, pk, write=True)
    attachment = next((a for a in files_of(obj) if a.pk == row), None)
    if attachment is None:
        raise Http404(_("没有这个附件，或已被移除"))
    reason = request.POST.get("reason", "").replace("\x00", "").strip()
    if reason:
        with change(request.actor, resource.permission("attach"), reason=reason) as w:
            detach(w, attachment)
        messages.success(request, _("已移除“%(name)s”") % {"name": attachment})
    else:
        messages.error(request, _("没有移除“%(name)s”：请填写移除的理由") % {"name": attachment})
    return redirect(f"{resource.url(obj)}#files")


def documented(resource: Resource) -> list:
    """The address of the API, for its OpenAPI document."""
    feature = resource.feature(Attachments)
    view = FilesEndpoint.as_view(resource=resource, feature=feature)
    return [path(f"api/v1/{resource.name}/<int:pk>/files/", view)] if feature else []


api.also(documented)
