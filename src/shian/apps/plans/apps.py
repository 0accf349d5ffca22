from django.utils.translation import gettext_lazy as _

from shian.kernel.app import Item, Part, ShianApp

LIST = "listing:list"


class PlansConfig(ShianApp):
    name = "shian.apps.plans"
    label = "plans"
    urls = "urls"
    demo = "demo.load"
    inbox = ("pages.landing.waiting", "pages.landing.below")
    manual = ("manual/intake.md", "manual/progress.md")
    inbox_covers = ("Document", "Progress", "Target", "Task")
    nav = (
        Item("work", _("任务"), LIST, "list-check", 20, args=("tasks",)),
        Item("work", _("量化指标"), LIST, "target", 30, args=("targets",)),
        Item("work", _("来源文件"), LIST, "file-text", 40, args=("documents",)),
        Item("work", _("进展报告"), LIST, "message-report", 50, args=("progress",)),
        Item("work", _("调整决定"), LIST, "gavel", 60, args=("decisions",)),
    )
    roles = (
        Part(
            "office",
            ("document.*", "draft.*", "task.*", "milestone.*", "progress.*", "decision.*", "target.*"),
        ),
        Part(
            "member",
            (
                "task.attach",
                "task.export",
                "task.receive",
                "task.report",
                "task.submit",
                "target.report",
                "milestone.add",
                "milestone.finish",
            ),
        ),
    )

    def ready(self) -> None:
        from shian.kernel.changes.writer import after_write

        from .actions.sets import follow_units

        after_write.append(follow_units)
