from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "shian.site"
    label = "site"

    def ready(self) -> None:
        from shian.site import shell

        shell.wire()
