"""Import of a document: a file or pasted text, read at once; what cannot be read is said in words."""

from __future__ import annotations

import datetime as dt
import uuid

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from shian.core.plan.model import Ledger
from shian.engines.sheets import SheetError, open_table
from shian.kernel.changes import onetime
from shian.kernel.files.actions import store_upload
from shian.kernel.files.models import StoredFile
from shian.kernel.flows.submit import once, put_errors
from shian.kernel.places.models import Place
from shian.kernel.scopes import Actor
from shian.kernel.scopes.rights import can, can_at
from shian.kernel.ui.words import told

from .. import actions
from ..actions import DuplicateDocument
from ..actions.documents import parse
from ..models import Document

ACCEPT = ("txt", "docx", "docm", "dotx", "doc", "wps", "rtf", "odt", "ofd", "pdf", "xlsx", "csv")
OLD = ("xls", "et")
"""Taken by the file store, told by the reader how to save them anew."""
MOST_CHARACTERS = 8_000_000
MOST_ROWS = 20_000


class IntakeForm(forms.Form):
    """Where the text comes from and what it is. Rules are in the actions."""

    kind = forms.ChoiceField(label=gettext_lazy("类型"), choices=Document.KINDS, initial="plan")
    place = forms.ModelChoiceField(label=gettext_lazy("所属区域"), queryset=None, empty_label=None)
    supersedes = forms.ModelChoiceField(
        label=gettext_lazy("这是对已发布文件的更正"), queryset=None, required=False, empty_label=gettext_lazy("（不是，是新文件）"),
        help_text=gettext_lazy("选定后，未变的任务保留进展，改动的任务更新，删去的任务取消"),
    )  # fmt: skip
    year = forms.IntegerField(
        label=gettext_lazy("年度"), required=False, min_value=2000, max_value=2100, help_text=gettext_lazy("文中写明年度的，以文中为准"),
        widget=forms.NumberInput(attrs={"placeholder": gettext_lazy("文中没有写明时填写")}),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("粘贴正文"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 12})
    )
    file = forms.FileField(label=gettext_lazy("文件"), required=False, allow_empty_file=True)
    stored = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, actor: Actor, **more):
        super().__init__(*args, **more)
        self.actor = actor
        mine = Place.objects.for_actor(actor).live()
        allowed = [p.pk for p in mine if can_at(actor, "document.create", p.path)]
        self.fields["place"].queryset = mine.filter(pk__in=allowed)
        self.fields["supersedes"].queryset = (
            Document.objects.for_actor(actor, "document.publish").live().filter(state="published")
        )

    def clean_stored(self) -> StoredFile | None:
        """A file sent with an earlier, refused form: only one's own."""
        pk = self.cleaned_data.get("stored")
        return StoredFile.objects.for_actor(self.actor).live().filter(pk=pk).first() if pk else None

    def clean(self) -> dict:
        said = super().clean()
        if not said.get("file") and not said.get("stored") and not (said.get("text") or "").strip():
            raise ValidationError(_("请选择文件，或把正文粘贴到文本框中"))
        old, place = said.get("supersedes"), said.get("place")
        if old and place and old.place_id != place.pk:
            self.add_error(
                "supersedes",
                _("《%(old)s》属于“%(place)s”，不能由“%(here)s”的文件更正")
                % {"old": old, "place": old.place, "here": place},
            )
        return said


@csrf_exempt  # checked by the inner view: a text beyond the limit fails before its token can be read
def intake(request: HttpRequest) -> HttpResponse:
    try:
        request.POST.get("csrfmiddlewaretoken")
    except RequestDataTooBig:
        return _too_long(request)
    return _intake(request)


@csrf_protect
@require_http_methods(["GET", "POST"])
def _intake(request: HttpRequest) -> HttpResponse:
    actor = request.actor
    if not can(actor, "document.create"):
        raise PermissionDenied(_("您没有导入文件的权限"))
    known = _known(request)
    form = IntakeForm(
        request.POST or None, request.FILES or None, actor=actor, initial=_initial(request, known)
    )
    context: dict = {}
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(f"/documents/{_import(request, form, known).pk}/review/")
        except onetime.AlreadyDone as before:
            return redirect(before.answer or "/documents/")
        except DuplicateDocument as same:
            form.add_error(None, same.messages[0])
            context["duplicate"] = (
                Document.objects.for_actor(actor).live().filter(pk=same.document.pk).first()
            )
        except ValidationError as refused:
            context["no_task"] = _code(refused) == "no_task"
            _put(form, refused)
    return _page(request, form, known, **context)


def _import(request: HttpRequest, form: IntakeForm, known: Document | None) -> Document:
    """The document under review, from what the form says. The form keeps an uploaded file across refusals."""
    said = form.cleaned_data
    file = said["stored"]
    if said["file"]:
        file = store_upload(request.actor, said["file"], allowed=ACCEPT + OLD)
        form.kept = file
    elif file:
        form.kept = file
    if answer := onetime.answered(request.POST.get("once_key", ""), request.actor.user_id):
        raise onetime.AlreadyDone(answer)
    source = {"ledger": _ledger(request, file, said, known), "filename": file.name if file else "", "file": file}
    made: list[Document] = []

    def run() -> None:
        if known is not None:
            made.append(actions.read_document(actor=request.actor, document=known, **source))
            return
        made.append(
            actions.import_document(
                actor=request.actor, place=said["place"], kind=said["kind"], supersedes=said["supersedes"],
                year=said["year"], **source,
            )
        )  # fmt: skip

    once(request, run, "/documents/")
    document = made[0]
    for note in document.notes:
        messages.warning(request, told(note))
    found = document.drafts.filter(retired_at=None).count()
    messages.success(
        request,
        _("识别出%(n)s个条目，请逐条核对") % {"n": found} if found else _("请在原文中选定文字，逐条添加任务"),
    )
    return document


def _ledger(request: HttpRequest, file: StoredFile | None, said: dict, known: Document | None) -> Ledger:
    """Read before a transaction opens: LibreOffice may take long, and a transaction that writes holds others up."""
    source = {"data": None, "text": said["text"]} | (read_source(file) if file else {})
    name, empty = file.name if file else "", known is None and "anyway" in request.POST
    return parse(source["data"], source["text"], name, allow_empty=empty, year=known.year if known else said["year"])


def read_source(file: StoredFile) -> dict:
    """``data`` of a text document; ``text`` of a table, its cells parted by tabs."""
    if file.kind not in ("xlsx", "csv"):
        return {"data": file.path.read_bytes()}
    try:
        with open_table(file.path, file.name) as table:
            return {"text": "\n".join(_lines(table, table.sheets[0]))}
    except SheetError as error:
        raise ValidationError({"file": told(error)}) from error


def _lines(table, sheet: str):
    for n, row in enumerate(table.rows(sheet)):
        if n >= MOST_ROWS:
            raise ValidationError(
                {"file": _("表格超过%(n)s行，不像一份工作计划，请检查是否选错了文件") % {"n": MOST_ROWS}}
            )
        cells = [_cell(c) for c in row]
        if any(cells):
            filled = [c for c in cells if c]
            yield filled[0] if len(filled) == 1 else "\t".join(cells)


def _cell(value) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, float) and value == int(value):
        value = int(value)
    return " ".join(str(value).split())


# -- inside ---------------------------------------------------------------------------------------
def _known(request: HttpRequest) -> Document | None:
    """``?document=``: a document entered without text, which now gets one."""
    pk = request.GET.get("document", "")
    if not pk.isdigit():
        return None
    rows = Document.objects.for_actor(request.actor, "document.read").live()
    return rows.filter(pk=pk, state__in=("draft",)).select_related("place").first()


def _initial(request: HttpRequest, known: Document | None) -> dict:
    place = known.place_id if known else request.actor.place_id
    old = request.GET.get("supersedes", "")
    first = {
        "place": place,
        "kind": known.kind if known else "plan",
        "supersedes": old if old.isdigit() else None,
    }
    if first["supersedes"]:
        row = Document.objects.for_actor(request.actor).live().filter(pk=old).first()
        first |= {"place": row.place_id, "kind": row.kind} if row else {}
    return first


def _code(refused: ValidationError) -> str:
    named = refused.error_dict.values() if hasattr(refused, "error_dict") else [refused.error_list]
    return next((e.code for errors in named for e in errors if e.code), "")


def _put(form: IntakeForm, refused: ValidationError) -> None:
    """A refusal at the file where a file was sent, else at the text."""
    field = "file" if getattr(form, "kept", None) or form.files else "text"
    if hasattr(refused, "error_dict"):
        swapped = {field if k in ("file", "text") else k: v for k, v in refused.error_dict.items()}
        put_errors(form, ValidationError(swapped))
    else:
        form.add_error(field, refused.messages)


def _too_long(request: HttpRequest) -> HttpResponse:
    """The text was never read; the page that sent it still holds it (the script keeps it from being sent at all)."""
    form = IntakeForm(None, actor=request.actor, initial=_initial(request, None))
    words = _(
        "粘贴的文字太长，超过%(n)s万字的上限，没有导入。工作计划不会这样长，请检查粘贴的内容；返回上一页可取回文字。"
    ) % {"n": MOST_CHARACTERS // 10000}
    return _page(request, form, None, refused=words)


def _page(request: HttpRequest, form: IntakeForm, known: Document | None, **context) -> HttpResponse:
    wrong = bool(form.errors) or "refused" in context
    context |= {
        "form": form, "known": known, "title": _("导入文件"), "most": MOST_CHARACTERS, "stored_file": getattr(form, "kept", None),
        "accept": ",".join(f".{s}" for s in ACCEPT), "once_key": uuid.uuid4().hex,
        "breadcrumbs": [(_("待办"), "/"), (_("来源文件"), "/documents/"), (_("导入"), None)],
    }  # fmt: skip
    status = 413 if "refused" in context else 422 if wrong else 200
    return render(request, "plans/intake.html", context, status=status)
