"""The ledgers of the plans app as resources: one filter definition for list, export, API and indicators.

Flow-driven entities get no generic edit: their changes are the verbs of ``flow.py``.
"""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shian.kernel.attachments.feature import Attachments
from shian.kernel.listing.export import Exportable
from shian.kernel.resources.declare import Column, Condition, Resource, Section, register
from shian.kernel.scopes import verbs

from . import flow, queries
from .actions.guards import stances
from .models import Decision, Document, Progress, Target, Task
from .pages import verbs as screens

verbs.declare(flow.VERBS)

TASKS = register(
    Resource(
        name="tasks",
        model=Task,
        columns=(
            Column("no"),
            Column("title"),
            Column("period"),
            Column("owners", label=_("责任单位")),
            Column("due", kind="due"),
            Column("status", kind="state"),
            Column("percent", kind="progress"),
            Column("place", shown=False),
            Column("lead", shown=False),
            Column("year", shown=False),
            Column("document", shown=False),
            Column("section_title", shown=False),
            Column("original_due", shown=False),
            Column("text", kind="long", shown=False),
        ),
        overview=(
            Section(_("任务"), ("no", "title", "text", "document", "section_title")),
            Section(_("办理"), ("lead", "due", "original_due", "status", "percent")),
        ),
        filters=("place", "year", "status", "lead", "parties__unit", "due", "document", "recurrence", "soft"),
        conditions=(
            Condition(
                "mine",
                _("本单位参与"),
                lambda actor, today: Q(pk__in=queries.taking_part(actor).values("pk")),
            ),
            Condition("overdue", _("已逾期"), lambda actor, today: queries.late(today)),
            Condition("ontime", _("未逾期"), lambda actor, today: queries.on_time(today)),
            Condition("owed", _("未办结"), lambda actor, today: Q(status__in=queries.OWED)),
            Condition("unowned", _("没有牵头单位"), lambda actor, today: Q(lead=None)),
        ),
        search=("no", "title", "text", "section_title"),
        ordering=("-year", "document", "sort", "pk"),
        flow=flow.TASK,
        verbs=screens.TASK,
        capacities=stances,
        url_of=Task.get_absolute_url,
        create_at="/tasks/new/",
        with_related=("parties__unit",),
        features=(Exportable(), Attachments(photos=True)),
    )
)

TARGETS = register(
    Resource(
        name="targets",
        model=Target,
        columns=(
            Column("subject"),
            Column("demand", label=_("目标")),
            Column("due"),
            Column("owner"),
            Column("task"),
            Column("state", kind="state"),
            Column("place", shown=False),
            Column("quote", kind="long", shown=False),
        ),
        overview=(
            Section(
                _("指标"),
                ("subject", "op", "value", "value_max", "unit_text", "due", "owner", "quote", "task"),
            ),
        ),
        filters=("place", "owner", "due", "state", "task__year", "task__document", "soft"),
        conditions=(
            Condition(
                "silent", _("尚未填报"), lambda actor, today: Q(state="active") & ~queries.has_values()
            ),
            Condition("passed", _("时限已过"), lambda actor, today: Q(state="active", due__lt=today)),
        ),
        search=("subject", "quote"),
        ordering=("due", "pk"),
        flow=flow.TARGET,
        verbs=screens.TARGET,
        capacities=screens.of_rows,
        with_related=("owner", "task", "place"),
        features=(Exportable(),),
    )
)

DOCUMENTS = register(
    Resource(
        name="documents",
        model=Document,
        columns=(
            Column("title"),
            Column("kind"),
            Column("number"),
            Column("year"),
            Column("place"),
            Column("date"),
            Column("state", kind="state"),
            Column("issuer", shown=False),
        ),
        overview=(
            Section(_("来源文件"), ("title", "kind", "number", "issuer", "place", "year", "date", "state")),
        ),
        filters=("place", "kind", "year", "state", "date"),
        search=("title", "number", "issuer"),
        ordering=("-year", "-pk"),
        flow=flow.DOCUMENT,
        verbs=screens.DOCUMENT,
        url_of=Document.get_absolute_url,
        create_at="/documents/import/",
        features=(Exportable(),),
    )
)

REPORTS = register(
    Resource(
        name="progress",
        model=Progress,
        columns=(
            Column("task"),
            Column("unit"),
            Column("reported_on"),
            Column("percent", kind="number"),
            Column("final"),
            Column("state", kind="state"),
            Column("text", kind="long"),
            Column("author", shown=False),
        ),
        overview=(
            Section(
                _("进展报告"), ("task", "unit", "author", "reported_on", "period", "percent", "text", "state")
            ),
        ),
        filters=("unit", "state", "final", "reported_on", "task__year", "task__document"),
        search=("text",),
        ordering=("-reported_on", "-pk"),
        flow=flow.PROGRESS,
        verbs=screens.PROGRESS,
        capacities=screens.of_rows,
        with_related=("task", "unit", "author"),
        features=(Exportable(),),
    )
)

DECISIONS = register(
    Resource(
        name="decisions",
        model=Decision,
        columns=(
            Column("task"),
            Column("kind"),
            Column("decided_on"),
            Column("number"),
            Column("reason", kind="long"),
        ),
        overview=(Section(_("调整决定"), ("task", "target", "kind", "decided_on", "number", "reason")),),
        filters=("kind", "decided_on", "task__year"),
        search=("number", "reason"),
        ordering=("-decided_on", "-pk"),
        with_related=("task",),
        features=(Exportable(),),
    )
)
