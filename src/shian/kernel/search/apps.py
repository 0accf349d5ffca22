from ..app import ShianApp


class SearchConfig(ShianApp):
    name = "shian.kernel.search"
    label = "search"
    urls = "urls"

    def ready(self) -> None:
        from ..changes.writer import after_write
        from .actions import index_written

        if index_written not in after_write:
            after_write.append(index_written)
