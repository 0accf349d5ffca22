from django.apps import apps
from django.utils.translation import gettext_lazy as _

from shian.kernel.app import Item, ShianApp, installed


class InboxConfig(ShianApp):
    name = "shian.kernel.inbox"
    label = "inbox"
    urls = "urls"
    nav = (Item("work", _("待办"), "inbox:inbox", "checklist", 10),)
    inbox = ("cases.of_cases",)
    manual = ("manual/inbox.md",)

    def ready(self) -> None:
        """Every app's contributions, in the order of the settings."""
        from .waiting import contribute

        for app in installed():
            sources = [app.part(name) for name in app.inbox]
            models = [apps.get_model(name) if "." in name else app.get_model(name) for name in app.inbox_covers]
            contribute(*sources, covers=models)
