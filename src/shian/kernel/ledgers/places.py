"""Places as resources."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..imports.importable import Importable
from ..listing.export import Exportable
from ..places.actions import restore_places, retire_places, save_lineages, save_places
from ..places.models import Lineage, Place, Population
from ..resources.declare import Actions, Column, Panel, Resource, Section, register


def lineage_panel(place: Place, actor) -> dict:
    """What the place was before and what became of it (区域沿革)."""
    rows = Lineage.objects.for_actor(actor).live().filter(Q(before=place) | Q(after=place)).order_by("on")
    items = [
        {"label": f"{row.on:%Y-%m-%d} {row.get_kind_display()}", "text": f"{row} {row.document}".strip()}
        for row in rows.select_related("before", "after")
    ]
    return {"count": len(items), "fields": [{"label": "", "fields": items}] if items else []}


register(
    Resource(
        name="places",
        model=Place,
        columns=(
            Column("name"),
            Column("kind"),
            Column("code"),
            Column("parent"),
            Column("short_name", shown=False),
            Column("valid_from", shown=False),
            Column("valid_to", shown=False),
        ),
        form=(
            Section(_("基本信息"), ("name", "short_name", "kind", "code", "parent")),
            Section(_("沿革"), ("valid_from", "valid_to")),
        ),
        filters=("kind", "parent"),
        search=("name", "short_name", "code"),
        ordering=("path",),
        features=(
            Importable(
                aliases={
                    "name": ("区域名称", "行政区名称"),
                    "parent": ("上级区域", "所属区域"),
                    "code": ("行政区划代码",),
                }
            ),
            Exportable(),
            Panel("lineage", _("区域沿革"), "", lineage_panel),
        ),
        actions=Actions(save=save_places, retire=retire_places, restore=restore_places),
    )
)

register(
    Resource(
        name="lineages",
        model=Lineage,
        columns=(Column("before"), Column("kind"), Column("after"), Column("on"), Column("document")),
        form=(Section(_("区域沿革"), ("before", "kind", "after", "on", "document")),),
        filters=("before", "after", "kind", "on"),
        search=("document",),
        features=(Exportable(),),
        actions=Actions(save=save_lineages),
    )
)

register(
    Resource(
        name="populations",
        model=Population,
        columns=(
            Column("place"),
            Column("year"),
            Column("persons"),
            Column("source"),
            Column("frozen_at", shown=False),
        ),
        form=(Section(_("人口数"), ("place", "year", "persons", "source")),),
        filters=("place", "year"),
        search=("source",),
        ordering=("-year", "place__path"),
        features=(
            Importable(aliases={"persons": ("常住人口", "人口"), "year": ("年份",), "place": ("地区",)}),
            Exportable(),
        ),
    )
)
