"""The screens of an import session."""

from __future__ import annotations

import io
import tempfile
import uuid

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shian.engines.sheets import Column as SheetColumn
from shian.engines.sheets import SheetError, open_table, write_table
from shian.kernel.changes.queries import history
from shian.kernel.changes.writer import StaleObject, change
from shian.kernel.files.actions import store_upload
from shian.kernel.files.sniff import TABLES
from shian.kernel.listing.export import XLSX
from shian.kernel.resources.resource import Resource
from shian.kernel.scopes.numbers import whole
from shian.kernel.ui.words import told

from . import check
from .fields import children, offered
from .importable import Importable
from .models import Session, SessionRow
from .preview import preview_context, tiles
from .session import address, map_columns, set_state, start


def _allowed(request: HttpRequest, resource: Resource) -> None:
    if resource.feature(Importable) is None:
        raise Http404
    if not resource.may(request.actor, "import"):
        raise PermissionDenied(_("您没有导入权限"))


def _session(request: HttpRequest, resource: Resource, pk: int) -> Session:
    _allowed(request, resource)
    row = Session.objects.for_actor(request.actor).filter(pk=pk, resource=resource.name).first()
    if row is None:
        raise Http404(_("没有这次导入，或它属于他人"))
    return row


def upload(request: HttpRequest, resource: Resource) -> HttpResponse:
    """Step 1: a file; the heading is found, a file imported before is pointed out."""
    _allowed(request, resource)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(address(_begin(request, resource, form.cleaned_data)))
        except SheetError as error:
            form.add_error("file", told(error))
        except ValidationError as error:
            form.add_error(None, error)
            form.ask_again()
    earlier = Session.objects.for_actor(request.actor).filter(resource=resource.name)[:10]
    context = {
        "resource": resource,
        "title": _("导入%(label)s") % {"label": resource.label},
        "step": "upload",
        "form": form,
        "accept": ",".join(f".{kind}" for kind in sorted(TABLES)),
        "template_url": f"/{resource.name}/import/template.xlsx",
        "more_templates": [
            {
                "url": f"/{resource.name}/import/template.xlsx?lines={d.name}",
                "label": _("空白模板：含%(label)s，每条一行")
                % {"label": d.child(resource)._meta.verbose_name_plural},
            }
            for d in children(resource)
        ],
        "previous": [
            {
                "label": s.filename,
                "url": address(s),
                "at": s.created_at,
                "state": {"label": s.get_state_display()},
            }
            for s in earlier
        ],
    }
    return render(request, "ui/session_import.html", context, status=422 if form.errors else 200)


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("文件"),
        error_messages={
            "required": gettext_lazy("请选择要导入的文件"),
            "empty": gettext_lazy("文件是空的，没有任何内容"),
        },
    )
    again = forms.BooleanField(
        label=gettext_lazy("这个文件导入过，仍要再导入一次"), required=False, widget=forms.HiddenInput
    )

    def ask_again(self) -> None:
        self.fields["again"].widget = forms.CheckboxInput()


def _begin(request: HttpRequest, resource: Resource, given: dict) -> Session:
    actor, upload = request.actor, given["file"]
    stored = store_upload(actor, upload, allowed=TABLES)
    twin = (
        Session.objects.for_actor(actor).filter(resource=resource.name, file=stored, state="applied").first()
    )
    if twin and not given["again"]:
        day = timezone.localtime(twin.created_at)
        raise ValidationError(
            _("同样的文件已于 %(at)s 导入过。如确要再导入一次，请勾选下面的选项后重新上传。")
            % {"at": f"{day:%Y-%m-%d %H:%M}"}
        )
    with stored.open() as handle:
        sheet, match, looked = check.look_at(handle, upload.name, resource)
    if not looked:
        raise ValidationError(_("文件里没有任何数据"))
    session = Session(
        resource=resource.name,
        owner_id=actor.user_id,
        file=stored,
        filename=upload.name[:200],
        sheet=sheet,
        header_row=match.last,
        headers=list(match.headings),
        mapping=dict(match.columns) | check.remembered(resource, match.headings, actor.user_id),
    )
    with change(actor, "session.upload") as w:
        w.save(session)
    return session


def template(request: HttpRequest, resource: Resource) -> HttpResponse:
    """An empty workbook with the headings the import knows."""
    _allowed(request, resource)
    target = io.BytesIO()
    heads = [resource.field_label(n) for n in resource.form_fields]
    for declared in children(resource):
        if declared.name == request.GET.get("lines"):
            heads += [declared.heading(resource, n) for n in declared.fields]
    write_table(target, [SheetColumn(head, 18) for head in heads], [])
    target.seek(0)
    return FileResponse(
        target,
        as_attachment=True,
        filename=_("%(label)s导入模板") % {"label": resource.label} + ".xlsx",
        content_type=XLSX,
    )


STEPS = {
    "mapping": "mapping",
    "preview": "preview",
    "checking": "apply",
    "applying": "apply",
    "undoing": "apply",
}


def session_page(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """The present step of a session; a POST takes it to the next."""
    session = _session(request, resource, pk)
    if request.method == "POST":
        if session.state == "mapping":
            return _map(request, session, resource)
        return _advance(request, session, "preview", "applying", "imports.apply")
    step = STEPS.get(session.state, "result")
    if step == "apply" and session.job_id:
        return redirect(f"/jobs/{session.job_id}/")
    context = {
        "resource": resource,
        "session": {"file_name": session.filename, "back_url": f"{address(session)}back/"},
        "title": _("导入%(label)s") % {"label": resource.label},
        "step": step,
        "once_key": uuid.uuid4().hex,
        "errors_url": f"{address(session)}errors.xlsx" if _bad(session) else "",
    }
    parts = {"mapping": _mapping_context, "preview": preview_context, "result": _result_context}
    if step in parts:
        context |= parts[step](request, session, resource)
    return render(request, "ui/session_import.html", context)


def _mapping_context(request: HttpRequest, session: Session, resource: Resource) -> dict:
    with session.file.open() as handle, open_table(handle, session.filename) as table:
        sheets = table.sheets
        rows = table.rows(session.sheet or None)
        head = [row for _n, row in zip(range(session.header_row + 3), rows, strict=False)]
    sample = head[session.header_row :]
    width = max((len(r) for r in head), default=0)
    by_column = {int(col): name for name, col in session.mapping.items()}
    fields = [("", _("（不导入）"))] + [
        (n, label + (" *" if n in resource.model.natural_key else ""))
        for n, label in offered(resource).items()
    ]
    names = session.headers + [""] * width
    form = forms.Form(initial={f"column_{n}": by_column.get(n, "") for n in range(width)})
    for n in range(width):
        form.fields[f"column_{n}"] = forms.ChoiceField(choices=fields, required=False, label=names[n])
    return {
        "columns": [
            {
                "name": names[n] or _("第 %(n)s 列") % {"n": n + 1},
                "samples": [text for r in sample if (text := check.text(r[n]) if n < len(r) else "")],
                "field": form[f"column_{n}"],
                "guessed": n in by_column,
            }
            for n in range(width)
        ],
        "header_row": session.header_row,
        "sheet": session.sheet if len(sheets) > 1 else "",
        "encoding": "XLSX" if session.filename.lower().endswith(".xlsx") else _("已自动识别"),
        "missing": [resource.field_label(n) for n in resource.model.natural_key if n not in session.mapping],
        "remembered": bool(check.remembered(resource, session.headers, request.actor.user_id)),
    }


def _result_context(request: HttpRequest, session: Session, resource: Resource) -> dict:
    undone = None
    if session.state == "undone":
        left = SessionRow.unscoped.filter(session=session, outcome="left").order_by("number")[:200]
        why = {row.object_id: "；".join(error[-1] for error in row.errors) for row in left}
        rows = resource.model.objects.for_actor(request.actor).filter(pk__in=list(why))
        undone = {
            "restored": session.counts.get("restored", 0),
            "retired": session.counts.get("retired", 0),
            "kept": [
                {
                    "label": str(o),
                    "url": resource.url(o),
                    "by": last[0].actor_name if (last := history(o, 1)) else "",
                    "at": o.updated_at,
                    "why": why[o.pk],
                }
                for o in rows
            ],
        }
    return {
        "counts": session.counts,
        "tiles": tiles(session),
        "undone": undone,
        "undo": {"url": f"{address(session)}undo/", "allowed": session.state == "applied"},
        "next_url": f"/{resource.name}/",
    }


def _bad(session: Session) -> int:
    return session.counts.get("error", 0) + session.counts.get("refused", 0)


def _map(request: HttpRequest, session: Session, resource: Resource) -> HttpResponse:
    mapping: dict[str, int] = {}
    known = offered(resource)
    for key, name in request.POST.items():
        column = whole(key.removeprefix("column_"), 16_384) if key.startswith("column_") else None
        if column is not None and name in known:
            mapping.setdefault(name, column)
    try:
        map_columns(request.actor, session, mapping, _size(session))
    except (ValidationError, SheetError) as error:
        for text in error.messages if isinstance(error, ValidationError) else [told(error)]:
            messages.error(request, text)
    return redirect(address(session))


@require_POST
def back_to_mapping(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    session = _session(request, resource, pk)
    if session.state == "preview":
        set_state(request.actor, session, "mapping")
    return redirect(address(session))


def _size(session: Session) -> int:
    """Rows below the heading, counted as far as it matters."""
    count = 0
    for _row in check.source_rows(session):
        count += 1
        if count > 1000:
            break
    return count


@require_POST
def undo_session(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    return _advance(request, _session(request, resource, pk), "applied", "undoing", "imports.undo")


def _advance(request: HttpRequest, session: Session, before: str, after: str, kind: str) -> HttpResponse:
    # Two clicks, or two windows: only the one that finds the former state and version goes on.
    try:
        if session.state != before:
            raise StaleObject(session, session)
        set_state(request.actor, session, after)
    except StaleObject:
        messages.error(request, _("这次导入的状态已变化，请看当前状态"))
        return redirect(address(session))
    size = SessionRow.unscoped.filter(session=session, kind__in=["new", "changed"]).count()
    start(request.actor, session, kind, size)
    return redirect(address(session))


@require_POST
def cancel_session(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    session = _session(request, resource, pk)
    if session.state in {"mapping", "checking", "preview"}:
        set_state(request.actor, session, "cancelled")
    return redirect(f"/{resource.name}/")


def error_file(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """The rows not taken, as they came, with a column saying why: correct and import it again."""
    session = _session(request, resource, pk)
    rows = SessionRow.unscoped.filter(session=session, kind__in=["error", "refused"])
    width = max(len(session.headers), 1)

    def lines():
        for row in rows.iterator(chunk_size=2000):
            why = "；".join(" ".join(part for part in error if part) for error in row.errors)
            yield [*(row.cells + [""] * width)[:width], row.number, why]

    target = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    heads = [*(SheetColumn(h or _("第 %(n)s 列") % {"n": n + 1}, 16) for n, h in enumerate(session.headers)),
             SheetColumn(_("原行号"), 8), SheetColumn(_("未导入原因"), 50)]  # fmt: skip
    write_table(target, heads, lines())
    target.seek(0)
    return FileResponse(
        target,
        as_attachment=True,
        filename=_("未导入-%(name)s") % {"name": session.filename} + ".xlsx",
        content_type=XLSX,
    )
