"""The state tables of a document (来源文件), a task (任务) and a progress report (进展报告).

How an office hands out, presses and closes work inside government is set by no law; each row says so
rather than borrow an article. Capacities: ``office`` steers the place (食安办), ``lead`` answers for
the whole task, ``party`` has a part in it, ``system`` is the installation itself.
"""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _  # a table is data: translated where it is shown

from shian.core.flow import INTERNAL, Facts, Flow, State, Transition

WORDS = {
    "office": _("食安办"),
    "lead": _("牵头（责任）单位"),
    "party": _("责任或配合单位"),
    "system": _("系统"),
    "reason": _("理由"),
    "number": _("依据文件（文号）"),
    "text": _("进展内容"),
    "parties": _("承办单位"),
    "due": _("新的完成时限"),
    "value": _("指标值"),
    "as_of": _("截至日期"),
}


def _all_reviewed(facts: Facts) -> str | None:
    left = facts.get("pending")
    if left:
        return gettext("还有%(left)s条未确认（接受或舍弃后才能发布）") % {"left": left}
    if not facts.get("accepted"):
        return gettext("没有可发布的任务：请至少接受一条")
    return None


def _not_a_series(facts: Facts) -> str | None:
    if facts.get("instances"):
        return gettext("这是周期性任务，请在各期任务上报送；各期全部办结后本任务自动办结")
    return None


def _later(facts: Facts) -> str | None:
    due, was = facts.get("due"), facts.get("old_due")
    if due is not None and was is not None and str(due) <= str(was):
        return gettext("延期后的时限（%(due)s）应晚于原时限（%(was)s）") % {"due": due, "was": was}
    return None


def _row(verb, label, sources, target, actors, **more) -> Transition:
    return Transition(verb, label, tuple(sources.split()), target, tuple(actors.split()), INTERNAL, **more)


DOCUMENT = Flow(
    _("来源文件"),
    "draft",
    (
        State("draft", _("待识别"), icon="pencil"),
        State("reviewing", _("核对中"), tone="warning", icon="eye"),
        State("published", _("已发布"), tone="success", icon="circle-check"),
        State("replaced", _("已被替代"), final=True, icon="versions"),
    ),
    (
        _row("read", _("识别"), "draft reviewing", "reviewing", "office", effect=_("写入待核对条目")),
        _row(
            "publish",
            _("发布"),
            "reviewing",
            "published",
            "office",
            guard=_all_reviewed,
            effect=_("生成任务"),
        ),
        _row("register", _("逐条下达"), "draft", "published", "office", effect=_("任务由人工逐条登记")),
        _row(
            "replace",
            _("被更正件替代"),
            "published",
            "replaced",
            "office system",
            effect=_("任务转到更正件名下"),
        ),
    ),
    WORDS,
)

OPEN = "open active returned review"
"""States in which the task is owed."""
WORKING = "open active returned"

TASK = Flow(
    _("任务"),
    "open",
    (
        State("open", _("待签收"), tone="info", icon="inbox"),
        State("active", _("进行中"), tone="primary", icon="progress"),
        State("review", _("待审核"), tone="warning", icon="eye"),
        State("returned", _("已退回"), tone="danger", icon="arrow-back-up"),
        State("suspended", _("已中止"), paused=True, icon="clock-pause"),
        State("closed", _("已办结"), final=True, tone="success", icon="circle-check"),
        State("dropped", _("已取消"), final=True, icon="ban"),
    ),
    (
        _row("receive", _("签收"), "open", "active", "lead party office"),
        _row("report", _("报送进展"), WORKING, "active", "lead party", needs=("text",), guard=_not_a_series),
        _row(
            "submit",
            _("提请办结"),
            WORKING,
            "review",
            "lead",
            needs=("text",),
            guard=_not_a_series,
            effect=_("进度记为100%"),
        ),
        _row("close", _("审核办结"), OPEN, "closed", "office", guard=_not_a_series, effect=_("进度记为100%")),
        _row("remind", _("催办"), WORKING, None, "office", effect=_("通知责任单位")),
        _row("send_back", _("退回"), "open active review", "returned", "office", needs=("reason",)),
        _row("complete", _("各期全部办结"), "open active", "closed", "system", effect=_("进度记为100%")),
        _row("reopen", _("重新办理"), "closed dropped", "active", "office", needs=("reason",)),
        _row("change", _("变更内容"), OPEN, None, "office", needs=("reason", "number")),
        _row("transfer", _("移交承办单位"), OPEN, "open", "office", needs=("reason", "number", "parties")),
        _row("extend", _("延期"), OPEN, None, "office", needs=("reason", "number", "due"), guard=_later),
        _row("suspend", _("中止"), OPEN, "suspended", "office", needs=("reason", "number")),
        _row("resume", _("恢复"), "suspended", "active", "office", needs=("reason", "number")),
        _row("drop", _("取消任务"), f"{OPEN} suspended", "dropped", "office", needs=("reason", "number")),
    ),
    WORDS,
)


DECISIONS = ("change", "transfer", "extend", "suspend", "resume", "drop")
"""Verbs that leave a :class:`Decision` row: a reason, a document, before and after."""

PROGRESS = Flow(
    _("进展报告"),
    "submitted",
    (
        State("submitted", _("待审核"), tone="warning", icon="eye"),
        State("returned", _("已退回"), final=True, tone="danger", icon="arrow-back-up"),
        State("accepted", _("已通过"), final=True, tone="success", icon="circle-check"),
    ),
    (
        _row("accept", _("通过"), "submitted", "accepted", "office"),
        _row("return", _("退回"), "submitted", "returned", "office", needs=("reason",)),
    ),
    WORDS,
)

TARGET = Flow(
    _("量化指标"),
    "active",
    (
        State("active", _("有效"), tone="primary", icon="progress"),
        State("suspended", _("已中止"), paused=True, icon="clock-pause"),
        State("dropped", _("已取消"), final=True, icon="ban"),
    ),
    (
        _row("report", _("填报指标"), "active", None, "party office", needs=("value", "as_of")),
        _row("change", _("指标变更"), "active", None, "office", needs=("reason", "number", "value")),
        _row("extend", _("指标延期"), "active", None, "office", needs=("reason", "number", "due"), guard=_later),
        _row("suspend", _("指标中止"), "active", "suspended", "office", needs=("reason", "number")),
        _row("resume", _("指标恢复"), "suspended", "active", "office", needs=("reason", "number")),
        _row("drop", _("指标取消"), "active suspended", "dropped", "office", needs=("reason", "number")),
    ),
    WORDS,
)

VERBS = {
    "task.accept": _("统筹任务"),
    "task.assign": _("下达任务"),
    "task.export": _("导出任务分解表"),
    "milestone.add": _("增加时间节点"),
    "milestone.finish": _("完成时间节点"),
    "document.create": _("登记来源文件"),
    "document.replace": _("更正替代"),
    "draft.edit": _("修改条目"),
    "draft.accept": _("接受条目"),
    "draft.drop": _("舍弃条目"),
    "draft.reset": _("恢复待确认"),
    "draft.add": _("新增条目"),
    "draft.merge": _("合并条目"),
    "draft.split": _("拆分条目"),
    "draft.resolve": _("对应单位"),
}
"""Verbs of the change log that are no rows of a table, in words."""
