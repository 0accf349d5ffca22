from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InboxConfig(AppConfig):
    name = "shian.kernel.inbox"
    label = "inbox"

    def ready(self) -> None:
        from ..ui import nav
        from .cases import of_cases
        from .waiting import contribute

        contribute(of_cases)
        nav.add(nav.Item("work", _("待办"), "inbox:inbox", "checklist", 10))
