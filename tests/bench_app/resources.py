"""The bench entities as resources."""

from django.db.models import Q

from shian.kernel.attachments.feature import Attachments
from shian.kernel.imports.importable import Importable
from shian.kernel.lines.feature import Children
from shian.kernel.listing.export import Exportable
from shian.kernel.public.feature import Public
from shian.kernel.resources.declare import Column, Resource, Section, Verb, register

from .flow import FLOW
from .models import Case, Finding, Plain, Remark, Visit

CASES = register(
    Resource(
        name="bench-cases",
        model=Case,
        columns=(
            Column("title"),
            Column("kind"),
            Column("amount"),
            Column("happened_on"),
            Column("owner"),
            Column("place"),
            Column("urgent", shown=False),
            Column("state", kind="state"),
            Column("phone", shown=False),
        ),
        overview=(
            Section("案件", ("title", "place", "domain", "kind", "owner")),
            Section("情况", ("amount", "happened_on", "urgent", "phone", "result")),
        ),
        form=(
            Section("案件", ("title", "place", "domain", "kind", "owner")),
            Section("情况", ("amount", "happened_on", "urgent", "phone")),
        ),
        filters=(
            "place",
            "kind",
            "urgent",
            "happened_on",
            "amount",
            "title",
            "owner",
            "findings__text",
            "findings__count",
            "findings__remarks__text",
        ),
        search=("title",),
        flow=FLOW,
        verbs={"accept": Verb(icon="check", tone="primary")},
        with_related=("place",),
        features=(
            Exportable(),
            Children("findings", fields=("text", "count")),
            Attachments(photos=True),
            Public(fields=("title", "kind", "happened_on", "amount", "place"), when=~Q(kind="report")),
        ),
    )
)

register(
    Resource(
        name="bench-findings",
        model=Finding,
        columns=(Column("text"), Column("count"), Column("case")),
        form=(Section("问题", ("case", "text", "count")),),
        filters=("case", "count", "case__place", "case__kind"),
        search=("text",),
        features=(Exportable(),),
    )
)

register(
    Resource(
        name="bench-remarks",
        model=Remark,
        columns=(Column("text"), Column("finding")),
        form=(Section("批注", ("finding", "text")),),
        filters=("finding", "finding__case__place"),
        search=("text",),
        features=(Exportable(),),
    )
)

register(
    Resource(
        name="bench-plain",
        model=Plain,
        columns=(
            Column("title"),
            Column("code"),
            Column("number"),
            Column("day"),
            Column("kind"),
            Column("unit"),
            Column("place"),
            Column("urgent", shown=False),
            Column("domain", shown=False),
            Column("note", shown=False),
        ),
        form=(
            Section("登记", ("title", "code", "place", "domain", "unit")),
            Section("情况", ("number", "day", "kind", "urgent", "case", "note")),
        ),
        filters=("place", "domain", "kind", "urgent", "day", "number", "title", "unit", "case"),
        search=("title", "code"),
        features=(Importable(), Exportable(), Public(fields=("code", "day", "unit", "urgent"))),
    )
)

LINES = Children("findings", fields=("text", "count", "unit", "person"), sort="sort", most=20)
VISITS = register(
    Resource(
        name="visits",
        model=Visit,
        columns=(Column("title"), Column("place"), Column("unit"), Column("state")),
        form=(Section("检查", ("title", "place", "unit", "state")),),
        filters=("place", "state", "unit"),
        ordering=("title",),
        features=(Importable(), Exportable(), LINES, Attachments(photos=True)),
    )
)
