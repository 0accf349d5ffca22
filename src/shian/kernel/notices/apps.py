from ..app import ShianApp


class NoticesConfig(ShianApp):
    name = "shian.kernel.notices"
    label = "notices"
    urls = "urls"

    def ready(self) -> None:
        from ..jobs.kinds import on_end
        from ..ui.context import provide
        from .shell import bell, tell_owner

        provide(bell)
        if tell_owner not in on_end:
            on_end.append(tell_owner)
