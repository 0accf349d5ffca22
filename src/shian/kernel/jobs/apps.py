from django.utils.translation import gettext_lazy as _

from ..app import Item, Part, ShianApp


class JobsConfig(ShianApp):
    name = "shian.kernel.jobs"
    label = "jobs"
    urls = "urls"
    nav = (Item("settings", _("后台任务"), "jobs", "loader-2", 80),)
    roles = (Part("admin", ("job.manage", "job.cancel", "job.retry")),)
