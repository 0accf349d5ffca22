from ..app import Part, ShianApp


class FlowsConfig(ShianApp):
    name = "shian.kernel.flows"
    label = "flows"
    urls = "urls"
    roles = (Part("admin", ("clock.recompute",)),)

    def ready(self) -> None:
        from ..changes.writer import after_write
        from .steps import follow_calendar

        if follow_calendar not in after_write:
            after_write.append(follow_calendar)
