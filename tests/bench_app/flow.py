"""The states of a case, with limits that the law sets (投诉样例)."""

from shian.core.flow import INTERNAL, Flow, State, Transition

RULES = "《市场监督管理投诉举报处理暂行办法》"


def row(verb, label, sources, target, article=INTERNAL, **more):
    return Transition(verb, label, tuple(sources.split()), target, ("agency",), article, **more)


FLOW = Flow(
    "案件样例",
    "filed",
    (
        State("filed", "待受理", tone="info", icon="inbox"),
        State("open", "办理中", tone="primary", icon="progress"),
        State("held", "已中止", paused=True, icon="clock-pause"),
        State("done", "已办结", final=True, tone="success", icon="circle-check"),
    ),
    (
        row("accept", "受理", "filed", "open", f"{RULES}第14条", starts=("complaint.mediate",), stops=("complaint.accept",)),
        row("hold", "中止", "open", "held", needs=("reason",)),
        row("resume", "恢复", "held", "open"),
        row("note", "批注", "filed open", None, needs=("result",)),
        row("close", "办结", "open", "done", f"{RULES}第21条", stops=("complaint.mediate",), needs=("result",)),
        row("withdraw", "撤回", "filed open held", "done"),
    ),
    {"agency": "市场监管部门", "reason": "理由", "result": "处理结果"},
)  # fmt: skip
