from shian.kernel.app import ShianApp


class PublicConfig(ShianApp):
    name = "shian.kernel.public"
    label = "public"
    urls = "urls"

    def ready(self) -> None:
        from shian.kernel.changes.writer import after_write

        from .actions import follow

        if follow not in after_write:
            after_write.append(follow)
