from shian.kernel.app import ShianApp


class NoticesConfig(ShianApp):
    name = "shian.kernel.notices"
    label = "notices"
    urls = "urls"

    def ready(self) -> None:
        from shian.kernel.jobs.kinds import on_end
        from shian.kernel.ui.context import provide

        from .shell import bell, tell_owner

        provide(bell)
        if tell_owner not in on_end:
            on_end.append(tell_owner)
