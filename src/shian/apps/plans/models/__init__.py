"""State of the plans domain: documents and their drafts, tasks and their parties, progress, targets."""

from .documents import Document, Draft
from .progress import Decision, Progress
from .targets import Target, TargetValue
from .tasks import Milestone, Task, TaskParty

__all__ = [
    "Decision",
    "Document",
    "Draft",
    "Milestone",
    "Progress",
    "Target",
    "TargetValue",
    "Task",
    "TaskParty",
]
