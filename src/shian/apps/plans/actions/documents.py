"""A document is created, read, and its items laid out for review."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from shian.core.plan.errors import PlanInputError
from shian.core.plan.model import Ledger
from shian.engines import office
from shian.engines import reading as reader
from shian.kernel.changes.writer import Writer, change
from shian.kernel.files.actions import attach
from shian.kernel.files.models import StoredFile
from shian.kernel.places.models import Place
from shian.kernel.scopes import Actor, system
from shian.kernel.scopes.rights import require, require_at
from shian.kernel.ui.words import told

from .. import flow, queries
from ..models import Document, Draft
from ..rules import reading
from .guards import step


class DuplicateDocument(ValidationError):
    """The same text has been imported for the place before; ``document`` is that one."""

    def __init__(self, document: Document):
        super().__init__(
            _("这份文件已于%(created_at)s导入：《%(document)s》（%(state)s）")
            % {
                "created_at": f"{document.created_at:%Y-%m-%d}",
                "document": document,
                "state": document.get_state_display(),
            }
        )
        self.document = document


def create_document(
    *,
    actor: Actor,
    place: Place,
    title: str,
    year: int,
    kind: str = "plan",
    supersedes: Document | None = None,
    file: StoredFile | None = None,
    **said,
) -> Document:
    """A source of tasks: a plan, an upper document, an instruction, minutes, a finding.

    ``said``: number, issuer, date, text, filename.
    """
    if not title.strip():
        raise ValidationError({"title": _("请填写文件标题")})
    document = Document(
        place=place, title=title.strip()[:200], year=year, kind=kind, supersedes=supersedes, **said
    )
    with change(actor, "document.create") as w:
        w.save(document)
        _keep(w, document, file)
    return document


def import_document(
    *,
    actor: Actor,
    place: Place,
    data: bytes | None = None,
    text: str | None = None,
    filename: str = "",
    year: int | None = None,
    today: dt.date | None = None,
    kind: str = "plan",
    supersedes: Document | None = None,
    file: StoredFile | None = None,
    allow_empty: bool = False,
    ledger: Ledger | None = None,
) -> Document:
    """A file or pasted text becomes a document under review, titled and dated by what it says.

    ``year`` holds where the text states none; without it the year is asked for (ValidationError on ``year``)
    and never guessed, unless a program gives ``today``. ``ledger``: what :func:`parse` made of it before a transaction
    was opened. ``allow_empty``: no task was recognised and the
    items will be added by hand. Raises ValidationError on input that cannot be read (in words for the
    sender), code ``no_task`` where only the tasks are missing, and :class:`DuplicateDocument`; then
    nothing is stored.
    """
    require_at(actor, "document.create", place.path)
    year = year or (today.year if today else None)
    ledger = ledger or parse(data, text, filename, allow_empty=allow_empty, year=year)
    if not ledger.doc.year:
        words = _("文中没有写明年度，请填写这份文件是哪一年的，时限要按它换算")
        raise ValidationError({"year": ValidationError(words, code="no_year")})
    _refuse_duplicate(place, ledger, supersedes)
    said = reading.document_fields(ledger)
    document = Document(
        place=place,
        kind=kind,
        filename=filename[:200],
        supersedes=supersedes,
        **{"title": filename or "未命名文件", **said},
    )
    return _lay_out(actor, document, ledger, file)


def read_document(
    *,
    actor: Actor,
    document: Document,
    data: bytes | None = None,
    text: str | None = None,
    filename: str = "",
    file: StoredFile | None = None,
    ledger: Ledger | None = None,
) -> Document:
    """Reads a file or text into a document that exists; items laid out before are dropped."""
    require(actor, "document.read", document)
    ledger = ledger or parse(data, text, filename, year=document.year)
    for name, value in reading.document_fields(ledger).items():
        if not getattr(document, name):
            setattr(document, name, value)
    document.filename = filename[:200] or document.filename
    return _lay_out(actor, document, ledger, file)


def parse(
    data: bytes | None, text: str | None, filename: str, *, allow_empty: bool = False, year: int | None = None
) -> Ledger:
    """Bytes or text to a ledger, ``year`` where it states none; what cannot be read is a ValidationError on ``file`` or ``text``."""
    from shian.core.plan import read_text

    field = "file" if data is not None else "text"
    try:
        if data is not None:
            found = reader.read_file(data, filename, office.converter())
            ledger = replace(read_text(found.text, hint_year=year), notes=found.notes)
        else:
            ledger = read_text(text or "", hint_year=year)
    except PlanInputError as error:
        raise ValidationError({field: ValidationError(told(error), code=error.code)}) from error
    if not ledger.tasks and not allow_empty:
        words = _("没有识别出任务：请确认这是带编号条目的工作计划，或逐条手工添加")
        raise ValidationError({field: ValidationError(words, code="no_task")})
    return ledger


def text_hash(text: str) -> str:
    """Hash of the text without white space: the same plan as DOCX and as pasted text is one plan."""
    return hashlib.sha256("".join(text.split()).encode()).hexdigest()


def _refuse_duplicate(place: Place, ledger: Ledger, supersedes: Document | None) -> None:
    with system("a duplicate is one whoever imported it"):
        same = (
            Document.objects.live()
            .filter(place=place, text_hash=text_hash(ledger.source))
            .exclude(state="replaced")
            .first()
        )
    if same:
        raise DuplicateDocument(same)


def _lay_out(actor: Actor, document: Document, ledger: Ledger, file: StoredFile | None) -> Document:
    document.state = step(flow.DOCUMENT, document.state, "read", {"office"}, {})
    document.notes = ledger.notes
    document.text, document.text_hash = ledger.source, text_hash(ledger.source)
    document.deadlines, document.unread = reading.whole_deadlines(ledger), reading.unread(ledger)
    rows = reading.draft_rows(ledger, queries.names_of(document.place, ledger.doc.region or ""))
    with change(actor, "document.read", batch=uuid.uuid4()) as w:
        w.save(document)
        for old in document.drafts.filter(retired_at=None):
            w.retire(old)
        w.save_all([Draft(document=document, **row) for row in rows])
        _keep(w, document, file)
    return document


def _keep(w: Writer, document: Document, file: StoredFile | None) -> None:
    """The original stays with the document (原件)."""
    if file is not None:
        attach(w, document, file, kind="source", caption="原件")
