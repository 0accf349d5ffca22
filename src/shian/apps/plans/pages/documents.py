"""A document: its tasks, its text with every task in place, and what a correction changes."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from shian.kernel.changes.onetime import AlreadyDone
from shian.kernel.changes.presentation import described
from shian.kernel.changes.queries import history
from shian.kernel.day import today
from shian.kernel.files.queries import files_of
from shian.kernel.flows.presentation import badge
from shian.kernel.flows.submit import once, put_errors, stored
from shian.kernel.places.models import Place
from shian.kernel.scopes.rights import can_at

from .. import actions, queries
from ..models import Document, Task
from ..resources import DOCUMENTS
from ..rules.compare import Pair, text_diff
from ..rules.excerpt import Mark, pieces
from . import forms
from .common import find_document, task_badge

_BLANK_LINES = re.compile(r"\n\s*\n")
LABELS = {
    "no": gettext_lazy("序号"), "title": gettext_lazy("标题"), "text": gettext_lazy("内容"), "parties": gettext_lazy("承办单位"), "targets": gettext_lazy("量化指标"), "deadlines": gettext_lazy("时限"),
}  # fmt: skip
KINDS = {
    "changed": (gettext_lazy("有改动"), "warning"),
    "new": (gettext_lazy("新增"), "success"),
    "gone": (gettext_lazy("删除"), "danger"),
    "same": (gettext_lazy("未变"), "neutral"),
}


@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Registers a source without reading it; its tasks are entered one by one."""
    actor = request.actor
    place = Place.objects.for_actor(actor).filter(pk=actor.place_id).first()
    if place is None or not can_at(actor, "document.create", place.path):
        raise PermissionDenied(_("您没有登记来源文件的权限"))
    form = forms.DocumentForm(request.POST or None, request.FILES or None, initial={"date": today()})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            kept = stored(request, request.FILES.getlist("files"))
            made: list[Document] = []
            fields = {n: said[n] for n in ("kind", "title", "number", "issuer", "date")}
            once(
                request,
                lambda: made.append(
                    actions.create_document(
                        actor=actor,
                        place=place,
                        year=said["date"].year,
                        file=kept[0] if kept else None,
                        **fields,
                    )
                ),
                "/documents/",
            )
            return redirect(f"/tasks/new/?document={made[0].pk}&place={place.pk}")
        except AlreadyDone as before:
            return redirect(before.answer)
        except ValidationError as refused:
            put_errors(form, refused)
    context = {
        "form": form, "title": _("登记来源文件"), "submit_label": _("登记，然后下达任务"), "cancel_url": "/documents/",
        "once_key": uuid.uuid4().hex,
    }  # fmt: skip
    return render(request, "ui/form.html", context, status=422 if request.method == "POST" else 200)


@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    document = find_document(request, pk)
    actor = request.actor
    steers = can_at(actor, "document.publish", document.place.path)
    tasks = queries.ledger(actor, document=document)
    changes = history(document)
    panels = [
        {"name": "tasks", "label": _("任务"), "count": len(tasks), "template": "plans/_document_tasks.html"},
        {"name": "text", "label": _("正文"), "template": "plans/_document_text.html"},
        {"name": "facts", "label": _("文件信息"), "fields": _facts(document)},
    ]
    context = {}
    if document.supersedes_id and document.state == "reviewing" and steers:
        context = compare_context(actions.compare_documents(actor=actor, document=document))
        panels.insert(
            0, {"name": "compare", "label": _("与原件对照"), "template": "plans/_document_compare.html"}
        )
    files = [
        {"name": a.file.name, "url": a.file.get_absolute_url(), "size": a.file.size, "at": a.created_at}
        for a in files_of(document)
    ]
    panels += [
        {"name": "files", "label": _("附件"), "count": len(files), "files": files, "empty": _("没有附件")},
        {"name": "changes", "label": _("变更记录"), "count": len(changes), "changes": described(changes)},
    ]
    base = f"/documents/{document.pk}/"
    context |= {
        "document": document, "title": document.title, "subtitle": document.number, "today": today(),
        "state": badge(DOCUMENTS.case, document),
        "breadcrumbs": [(_("待办"), "/"), (_("来源文件"), "/documents/"), (document.number or document.title[:20], None)],
        "review_url": f"{base}review/" if steers and document.state in ("draft", "reviewing") else "",
        "exports": [
            {"label": _("Word 文档（DOCX）"), "url": f"{base}tasks.docx", "icon": "file-type-docx"},
            {"label": _("Excel 表格（XLSX）"), "url": f"{base}tasks.xlsx", "icon": "file-spreadsheet"},
        ] if tasks else [],
        "menu": _menu(document, steers), "panels": panels, "version": document.version, "once_key": uuid.uuid4().hex,
        "task_rows": [{"task": t, "state": task_badge(t), "owners": _owners(t)} for t in tasks],
        "no_tasks": _("核对并发布后，任务出现在这里。") if document.state != "published" else "",
        "text_pieces": _pieces(document, tasks), "notices": _notices(document),
    }  # fmt: skip
    return render(request, "plans/document.html", context)


def compare_context(pairs: list[Pair]) -> dict:
    """Rows of the compare view, what differs first; also for the review screen."""
    order = list(KINDS)
    rows = [
        {
            "kind": p.kind, "label": KINDS[p.kind][0], "tone": KINDS[p.kind][1], "title": _title(p),
            "fields": [
                {"label": LABELS.get(name, name), "runs": text_diff(_words(a), _words(b))}
                for name, (a, b) in p.fields.items()
            ],
        }
        for p in sorted(pairs, key=lambda p: order.index(p.kind))
    ]  # fmt: skip
    counts = [(k, label, tone, sum(p.kind == k for p in pairs)) for k, (label, tone) in KINDS.items()]
    return {"compare_rows": [r for r in rows if r["kind"] != "same"], "compare_counts": counts}


def _title(pair: Pair) -> str:
    item = pair.new or pair.old
    return f"{item.no}{item.title}"


def _words(value) -> str:
    """A compared value as one line of text."""
    if isinstance(value, (list, tuple)):
        return "、".join("".join(map(str, v)) if isinstance(v, (list, tuple)) else str(v) for v in value)
    return str(value or "")


def _facts(document: Document) -> list[dict]:
    return [
        {
            "label": "",
            "items": [
                {"label": _("类型"), "text": document.get_kind_display()},
                {"label": _("文号"), "text": document.number},
                {"label": _("发文机关"), "text": document.issuer},
                {"label": _("所属区域"), "text": str(document.place)},
                {"label": _("年度"), "text": str(document.year)},
                {"label": _("成文日期"), "text": document.date.isoformat() if document.date else ""},
                {"label": _("文件名"), "text": document.filename},
                {
                    "label": _("更正"),
                    "text": document.supersedes.title if document.supersedes else "",
                    "url": document.supersedes.get_absolute_url() if document.supersedes else "",
                },
                {
                    "label": _("全文时限"),
                    "text": "；".join(f"{d['date']} {d['what']}" for d in document.deadlines),
                    "wide": True,
                },
            ],
        }
    ]


def _notices(document: Document) -> list[dict]:
    newer = document.corrections.filter(retired_at=None).order_by("-pk").first()
    if document.state == "replaced" and newer:
        return [
            {
                "tone": "warning",
                "text": _("本文件已被《%(title)s》更正替代，任务在更正件名下。") % {"title": newer.title},
            }
        ]
    return []


def _menu(document: Document, steers: bool) -> list[dict]:
    if not steers or document.state != "published":
        return []
    return [
        {
            "label": _("导入更正件"),
            "url": f"/documents/import/?supersedes={document.pk}",
            "icon": "file-diff",
        },
        {
            "label": _("增加任务"),
            "url": f"/tasks/new/?document={document.pk}&place={document.place_id}",
            "icon": "plus",
        },
    ]


def _owners(task: Task) -> str:
    """Short names of those who answer, for a narrow column."""
    parties = list(task.parties.all())
    leads = [p for p in parties if p.role == "lead"] or [p for p in parties if p.role == "joint"] or parties
    shown = "、".join(p.label for p in leads[:3])
    return shown + (_(" 等%(n)s个") % {"n": len(leads)} if len(leads) > 3 else "")


def _pieces(document: Document, tasks: list[Task]) -> list:
    marks = [Mark(t.start, t.end, "task", str(t.pk)) for t in tasks if t.end > t.start]
    cut = pieces(document.text, 0, len(document.text), marks) if document.text else []
    return [replace(p, text=_BLANK_LINES.sub("\n", p.text)) for p in cut]
