"""The review screen: ledger items beside the source they were read from."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from shian.kernel.scopes import Actor
from shian.kernel.scopes.rights import can_at

from ..models import Document, Draft
from .common import find_document
from .review_items import SURE, head_context, item_context, live_drafts, names_in
from .review_names import choices


def words() -> dict[str, str]:
    """Sentences the page's scripts show."""
    return {
        "saved": _("已全部保存"), "saving": _("正在保存…"), "typing": _("输入中，离开输入框即保存"),
        "lost": _("连接中断：{n}处未保存，已存在本机，正在重试"),
        "signed-out": _("登录已过期：{n}处未保存，请在新窗口登录，本页会自动重试"),
        "end": _("这是最后一条；按 p 去发布"), "split": _("←→ 移动拆分位置（Ctrl 跳到标点），Enter 拆分，Esc 取消"),
        "caret": _("方向键移动，Shift+方向键选定，再按 e g t d n s；Esc 退出"),
        "fresh": _("用 Shift+方向键或鼠标选定文字，再按 n 新增一条"), "known": _("单位名称已全部对应"),
        "readable": _("没有未识别片段"), "wait": _("还有内容没有保存，保存后即去发布"),
        "elsewhere": _("文件已由他人发布或重新识别，请刷新页面"), "others": _("其他核对人更新了{n}条"),
        "empty": _("没有识别出条目：在右侧原文中选定文字，按 n 新增"), "create": _("新建单位“{name}”"),
        "more": _("还有更多，请再输入几个字"),
    }  # fmt: skip


@never_cache
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The two panes. A document that is not under review is sent where its next step is."""
    document = find_document(request, pk)
    if not can_at(request.actor, "draft.edit", document.place.path):
        raise PermissionDenied(_("您没有在“%(place)s”核对文件的权限") % {"place": document.place})
    if document.state == "draft":
        return redirect(f"/documents/import/?document={document.pk}")
    if document.state != "reviewing":
        messages.info(
            request, _("文件状态为“%(state)s”，不能再核对") % {"state": document.get_state_display()}
        )
        return redirect(document.get_absolute_url())
    drafts = live_drafts(request.actor, document)
    names = names_in(drafts)
    context = {
        "title": document.title, "document": document, "items": [item_context(d, names) for d in drafts],
        "head": head_context(document, drafts), "source": document.text, "sure": SURE,
        "choices": choices(document), "words": words(), "base": f"/documents/{document.pk}/review/",
        "breadcrumbs": [
            (_("待办"), "/"), (_("来源文件"), "/documents/"), (document.title[:24], document.get_absolute_url()), (_("核对"), None),
        ],
    }  # fmt: skip
    return render(request, "plans/review.html", context)


@never_cache
@require_GET
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """What another reviewer did meanwhile: items whose version is not the one the page holds (``?v=id.version,…``)."""
    document = find_document(request, pk)
    held = dict(pair.split(".", 1) for pair in request.GET.get("v", "").split(",") if "." in pair)
    drafts = live_drafts(request.actor, document)
    newer = [d for d in drafts if held.get(str(d.pk)) != str(d.version)]
    gone = [int(k) for k in held if k.isdigit() and int(k) not in {d.pk for d in drafts}]
    return JsonResponse(
        {**reply(request, document, newer, drafts=drafts, gone=gone), "state": document.state}
    )


def find_draft(actor: Actor, document: Document, pk: int) -> Draft:
    draft = Draft.objects.for_actor(actor).live().filter(document=document, pk=pk).first()
    if draft is None:
        raise Http404(_("没有这个条目：可能已被合并或文件已重新识别，请刷新页面"))
    draft.document = document
    return draft


def reply(
    request: HttpRequest,
    document: Document,
    changed: list[Draft],
    *,
    drafts: list[Draft] | None = None,
    gone: list[int] | None = None,
    focus: int | None = None,
    message: str = "",
) -> dict:
    """What the page swaps in: the items that changed, in which order all of them stand, and the head."""
    drafts = live_drafts(request.actor, document) if drafts is None else drafts
    wanted = {d.pk for d in changed}
    names = names_in([d for d in drafts if d.pk in wanted])
    return {
        "items": [
            {"id": d.pk, "html": render_item(request, item_context(d, names))}
            for d in drafts
            if d.pk in wanted
        ],
        "gone": gone or [],
        "order": [d.pk for d in drafts],
        "head": render_to_string(
            "plans/_review_head.html", {"head": head_context(document, drafts)}, request
        ),
        "focus": focus,
        "message": message,
    }


def render_item(request: HttpRequest, context: dict) -> str:
    return render_to_string("plans/_review_item.html", {"row": context}, request)
