"""Every write of the plans domain."""

from .closing import close, close_tasks, remind, remind_tasks, reopen, send_back, send_back_tasks
from .decisions import decide, decide_target, decide_tasks
from .documents import DuplicateDocument, create_document, import_document, read_document
from .drafts import (
    accept_all,
    accept_draft,
    add_draft,
    add_unit,
    drop_draft,
    edit_draft,
    merge_drafts,
    reset_draft,
    resolve_party,
    split_draft,
)
from .progress import accept, accept_reports, receive, report, return_report
from .publishing import UnresolvedParties, publish
from .republishing import compare_documents
from .sets import refresh_sets
from .targets import add_milestone, finish_milestone, report_value
from .tasks import create_task

__all__ = [
    "DuplicateDocument",
    "UnresolvedParties",
    "accept",
    "accept_all",
    "accept_draft",
    "accept_reports",
    "add_draft",
    "add_milestone",
    "add_unit",
    "close",
    "close_tasks",
    "compare_documents",
    "create_document",
    "create_task",
    "decide",
    "decide_target",
    "decide_tasks",
    "drop_draft",
    "edit_draft",
    "finish_milestone",
    "import_document",
    "merge_drafts",
    "publish",
    "read_document",
    "receive",
    "refresh_sets",
    "remind",
    "remind_tasks",
    "reopen",
    "report",
    "report_value",
    "reset_draft",
    "resolve_party",
    "return_report",
    "send_back",
    "send_back_tasks",
    "split_draft",
]
