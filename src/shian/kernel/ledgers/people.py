"""Units and users as resources."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shian.kernel.imports.importable import Importable
from shian.kernel.listing.export import Exportable
from shian.kernel.people.actions import (
    restore_units,
    restore_users,
    retire_units,
    retire_users,
    save_successions,
    save_users,
)
from shian.kernel.people.models import Succession, Unit, UnitAlias, User
from shian.kernel.resources.declare import Actions, Column, Panel, Resource, Section, register
from shian.kernel.scopes.models import Grant
from shian.kernel.scopes.rights import can


def succession_panel(unit: Unit, actor) -> dict:
    """Which bodies this one followed, and which follow it (机构沿革)."""
    rows = Succession.objects.for_actor(actor).live().filter(Q(before=unit) | Q(after=unit)).order_by("on")
    items = [
        {"label": f"{row.on:%Y-%m-%d}", "text": f"{row} {row.document}".strip()}
        for row in rows.select_related("before", "after")
    ]
    return {"count": len(items), "fields": [{"label": "", "fields": items}] if items else []}


register(
    Resource(
        name="units",
        model=Unit,
        columns=(
            Column("name"),
            Column("short_name"),
            Column("kind"),
            Column("place"),
            Column("member"),
            Column("parent", shown=False),
            Column("credit_code", shown=False),
            Column("sort", shown=False),
        ),
        form=(
            Section(_("基本信息"), ("name", "short_name", "kind", "place", "parent", "credit_code")),
            Section(_("职责与排序"), ("member", "sort")),
            Section(_("沿革"), ("valid_from", "valid_to")),
        ),
        filters=("place", "kind", "member", "parent"),
        search=("name", "short_name", "credit_code"),
        ordering=("place__path", "sort", "pk"),
        features=(
            Importable(
                aliases={
                    "name": ("单位名称", "单位全称", "机构名称"),
                    "short_name": ("单位简称",),
                    "kind": ("单位类型",),
                    "place": ("区域", "所在区域", "所属地区"),
                    "credit_code": ("信用代码", "社会信用代码"),
                    "member": ("成员单位", "是否成员单位"),
                }
            ),
            Exportable(),
            Panel("succession", _("机构沿革"), "", succession_panel),
        ),
        actions=Actions(retire=retire_units, restore=restore_units),
    )
)

register(
    Resource(
        name="reforms",
        model=Succession,
        columns=(Column("before"), Column("after"), Column("on"), Column("document")),
        form=(Section(_("机构沿革"), ("before", "after", "on", "document")),),
        filters=("before", "after", "on"),
        search=("document",),
        features=(Exportable(),),
        actions=Actions(save=save_successions),
    )
)

register(
    Resource(
        name="unit-aliases",
        model=UnitAlias,
        columns=(Column("name"), Column("unit"), Column("place")),
        form=(Section(_("别称"), ("name", "unit", "place")),),
        filters=("place", "unit"),
        search=("name",),
        features=(
            Importable(),
            Exportable(),
        ),
    )
)

def grants_panel(user: User, actor) -> dict:
    """Grants of a person, and what an administrator may do about the account."""
    rows = (
        Grant.objects.for_actor(actor)
        .live()
        .filter(user=user)
        .select_related("role")
        .prefetch_related("places")
    )
    manages = can(actor, "user.password", user)
    return {"grants": rows, "count": len(rows), "person": user, "manages": manages}


register(
    Resource(
        name="users",
        model=User,
        columns=(
            Column("name"),
            Column("username"),
            Column("unit"),
            Column("title"),
            Column("phone"),
            Column("is_active"),
            Column("email", shown=False),
            Column("last_login", label=_("最近登录"), shown=False),
        ),
        form=(
            Section(_("账号"), ("username", "name", "unit", "title", "is_active")),
            Section(_("联系方式"), ("phone", "email")),
        ),
        filters=("unit", "is_active"),
        search=("name", "username"),
        ordering=("unit__sort", "pk"),
        features=(
            Importable(
                aliases={
                    "name": ("用户姓名",),
                    "username": ("账号", "用户名"),
                    "phone": ("手机号", "联系电话"),
                }
            ),
            Exportable(),
            Panel("grants", _("角色与授权"), "people/_grants.html", grants_panel),
        ),
        actions=Actions(save=save_users, retire=retire_users, restore=restore_users),
    )
)
