"""Every write of the plans domain."""

from .decisions import decide, decide_target
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
from .progress import accept, close, receive, reopen, report, return_report, send_back
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
    "add_draft",
    "add_milestone",
    "add_unit",
    "close",
    "compare_documents",
    "create_document",
    "create_task",
    "decide",
    "decide_target",
    "drop_draft",
    "edit_draft",
    "finish_milestone",
    "import_document",
    "merge_drafts",
    "publish",
    "read_document",
    "receive",
    "refresh_sets",
    "reopen",
    "report",
    "report_value",
    "reset_draft",
    "resolve_party",
    "return_report",
    "send_back",
    "split_draft",
]
