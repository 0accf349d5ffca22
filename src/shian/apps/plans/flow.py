"""The state tables of a document (来源文件), a task (任务) and a progress report (进展报告).

How an office hands out, presses and closes work inside government is set by no law; each row says so
rather than borrow an article. Capacities: ``office`` steers the place (食安办), ``lead`` answers for
the whole task, ``party`` has a part in it, ``system`` is the installation itself.
"""

from __future__ import annotations

from shian.core.flow import INTERNAL, Facts, Flow, State, Transition

WORDS = {
    "office": "食安办",
    "lead": "牵头（责任）单位",
    "party": "责任或配合单位",
    "system": "系统",
    "reason": "理由",
    "number": "依据文件（文号）",
    "text": "进展内容",
    "parties": "承办单位",
    "due": "新的完成时限",
}


def _all_reviewed(facts: Facts) -> str | None:
    left = facts.get("pending")
    if left:
        return f"还有{left}条未确认（接受或舍弃后才能发布）"
    if not facts.get("accepted"):
        return "没有可发布的任务：请至少接受一条"
    return None


def _not_a_series(facts: Facts) -> str | None:
    if facts.get("instances"):
        return "这是周期性任务，请在各期任务上报送；各期全部办结后本任务自动办结"
    return None


def _later(facts: Facts) -> str | None:
    due, was = facts.get("due"), facts.get("old_due")
    if due is not None and was is not None and str(due) <= str(was):
        return f"延期后的时限（{due}）应晚于原时限（{was}）"
    return None


def _row(verb, label, sources, target, actors, **more) -> Transition:
    return Transition(verb, label, tuple(sources.split()), target, tuple(actors.split()), INTERNAL, **more)


DOCUMENT = Flow(
    "来源文件",
    "draft",
    (
        State("draft", "待识别"),
        State("reviewing", "核对中"),
        State("published", "已发布"),
        State("replaced", "已被替代", final=True),
    ),
    (
        _row("read", "识别", "draft reviewing", "reviewing", "office", effect="写入待核对条目"),
        _row("publish", "发布", "reviewing", "published", "office", guard=_all_reviewed, effect="生成任务"),
        _row("register", "逐条下达", "draft", "published", "office", effect="任务由人工逐条登记"),
        _row(
            "replace", "被更正件替代", "published", "replaced", "office system", effect="任务转到更正件名下"
        ),
    ),
    WORDS,
)

OPEN = "open active returned review"
"""States in which the task is owed."""
WORKING = "open active returned"

TASK = Flow(
    "任务",
    "open",
    (
        State("open", "待签收"),
        State("active", "进行中"),
        State("review", "待审核"),
        State("returned", "已退回"),
        State("suspended", "已中止", paused=True),
        State("closed", "已办结", final=True),
        State("dropped", "已取消", final=True),
    ),
    (
        _row("receive", "签收", "open", "active", "lead party office"),
        _row("report", "报送进展", WORKING, "active", "lead party", needs=("text",), guard=_not_a_series),
        _row(
            "submit",
            "提请办结",
            WORKING,
            "review",
            "lead",
            needs=("text",),
            guard=_not_a_series,
            effect="进度记为100%",
        ),
        _row("close", "审核办结", OPEN, "closed", "office", guard=_not_a_series, effect="进度记为100%"),
        _row("send_back", "退回", "open active review", "returned", "office", needs=("reason",)),
        _row("complete", "各期全部办结", "open active", "closed", "system", effect="进度记为100%"),
        _row("reopen", "重新办理", "closed dropped", "active", "office", needs=("reason",)),
        _row("change", "变更内容", OPEN, None, "office", needs=("reason", "number")),
        _row("transfer", "移交承办单位", OPEN, "open", "office", needs=("reason", "number", "parties")),
        _row("extend", "延期", OPEN, None, "office", needs=("reason", "number", "due"), guard=_later),
        _row("suspend", "中止", OPEN, "suspended", "office", needs=("reason", "number")),
        _row("resume", "恢复", "suspended", "active", "office", needs=("reason", "number")),
        _row("drop", "取消", f"{OPEN} suspended", "dropped", "office", needs=("reason", "number")),
    ),
    WORDS,
)

DECISIONS = ("change", "transfer", "extend", "suspend", "resume", "drop")
"""Verbs that leave a :class:`Decision` row: a reason, a document, before and after."""

PROGRESS = Flow(
    "进展报告",
    "submitted",
    (
        State("submitted", "待审核"),
        State("returned", "已退回", final=True),
        State("accepted", "已通过", final=True),
    ),
    (
        _row("accept", "通过", "submitted", "accepted", "office"),
        _row("return", "退回", "submitted", "returned", "office", needs=("reason",)),
    ),
    WORDS,
)

VERBS = {
    "task.assign": "下达任务",
    "task.submit": "提请办结",
    "task.export": "导出任务分解表",
    "target.report": "填报指标",
    "milestone.add": "增加时间节点",
    "milestone.finish": "完成时间节点",
    "document.create": "登记来源文件",
    "document.replace": "更正替代",
    "draft.edit": "修改条目",
    "draft.accept": "接受条目",
    "draft.drop": "舍弃条目",
    "draft.reset": "恢复待确认",
    "draft.add": "新增条目",
    "draft.merge": "合并条目",
    "draft.split": "拆分条目",
    "draft.resolve": "对应单位",
    **{f"target.{v}": f"指标{TASK.verb[v].label.removesuffix('内容')}" for v in DECISIONS},
}
"""Verbs of the change log that are no rows of a table, in words."""
