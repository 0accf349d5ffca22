from django.utils.translation import gettext_lazy as _

from shian.kernel.app import Item, Part, ShianApp

LIST = "listing:list"
SETTINGS = "settings"


class LedgersConfig(ShianApp):
    """The kernel's own ledgers, and the starter roles that other apps add to."""

    name = "shian.kernel.ledgers"
    label = "ledgers"
    nav = (
        Item(SETTINGS, _("单位"), LIST, "building", 10, args=("units",)),
        Item(SETTINGS, _("单位别称"), LIST, "tags", 20, "unitalias.edit", ("unit-aliases",)),
        Item(SETTINGS, _("机构沿革"), LIST, "git-branch", 25, "succession.edit", ("reforms",)),
        Item(SETTINGS, _("用户"), LIST, "users", 30, "user.edit", ("users",)),
        Item(SETTINGS, _("授权"), LIST, "lock", 35, "grant.edit", ("grants",)),
        Item(SETTINGS, _("区域"), LIST, "map", 40, args=("places",)),
        Item(SETTINGS, _("区域沿革"), LIST, "git-branch", 45, "lineage.edit", ("lineages",)),
        Item(SETTINGS, _("人口数"), LIST, "chart-bar", 50, args=("populations",)),
        Item(SETTINGS, _("工作日历"), LIST, "calendar", 60, "calendarday.edit", ("calendar-days",)),
        Item(SETTINGS, _("计划任务"), LIST, "clock", 70, "schedule.edit", ("schedules",)),
    )
    roles = (
        Part("office", ("*.view", "*.export", "unit.*", "unitalias.*", "population.*"), "食安办工作人员"),
        Part("member", ("place.view", "unit.view"), "成员单位工作人员"),
        Part("reader", ("*.view", "*.export"), "上级机关（只读）"),
        Part(
            "admin",
            (
                "user.*",
                "grant.*",
                "unit.*",
                "unitalias.*",
                "place.*",
                "population.*",
                "lineage.*",
                "succession.*",
                "calendarday.*",
            ),
            "系统管理员",
        ),
        Part("platform", ("calendarday.*", "schedule.*", "role.*", "installation.change"), "平台管理员"),
    )
