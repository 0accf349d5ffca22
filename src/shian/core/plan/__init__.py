"""Reading work plans (工作要点, 重点工作安排, 任务分解表): text → task ledger.

>>> from shian.core.plan import read_text
>>> ledger = read_text("2024年某县食品安全工作要点\\n一、压实责任\\n1.开展检查。年底前检查率达到98%以上。（责任单位：县市场监管局）")
>>> [(u.name, u.role) for u in ledger.tasks[0].units]
[('县市场监管局', 'joint')]
"""

from .errors import PlanInputError
from .files import read_bytes
from .model import Deadline, Doc, Ledger, NotUnderstood, Section, Target, Task, Unit
from .pieces import parse_deadlines, parse_targets, parse_units
from .reader import read_text

__all__ = [
    "Deadline", "Doc", "Ledger", "NotUnderstood", "PlanInputError", "Section", "Target", "Task", "Unit",
    "parse_deadlines", "parse_targets", "parse_units", "read_bytes", "read_text",
]
