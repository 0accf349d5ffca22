from django.apps import AppConfig


class FlowsConfig(AppConfig):
    name = "shian.kernel.flows"
    label = "flows"

    def ready(self) -> None:
        from ..changes.writer import after_write
        from .steps import follow_calendar

        if follow_calendar not in after_write:
            after_write.append(follow_calendar)
