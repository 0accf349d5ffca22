"""A grant that lets its holder grant, reset passwords or change the installation is confirmed by a second person (复核)."""

from shian.core.flow import INTERNAL, Flow, State, Transition

FLOW = Flow(
    "授权",
    "asked",
    (
        State("asked", "待复核", tone="warning", icon="users"),
        State("given", "有效", final=True, tone="success", icon="circle-check"),
        State("declined", "未通过", final=True, icon="ban"),
    ),
    (
        Transition("confirm", "复核通过", ("asked",), "given", ("second",), INTERNAL),
        Transition("decline", "不予通过", ("asked",), "declined", ("second",), INTERNAL, needs=("reason",)),
    ),
    {"second": "另一名管理员", "reason": "理由"},
)
