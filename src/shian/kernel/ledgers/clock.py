"""The calendar as a resource: the holidays of a coming year are imported from a sheet or entered by hand."""

from django.utils.translation import gettext_lazy as _

from ..clock.actions import save_days
from ..clock.models import CalendarDay
from ..imports.importable import Importable
from ..listing.export import Exportable
from ..resources.declare import Actions, Column, Resource, Section, register

register(
    Resource(
        name="calendar-days",
        model=CalendarDay,
        columns=(
            Column("date"),
            Column("kind"),
            Column("place"),
            Column("note"),
            Column("source"),
            Column("year", shown=False),
        ),
        form=(
            Section(_("日期"), ("date", "kind", "place")),
            Section(_("依据"), ("note", "source")),
        ),
        filters=("year", "kind", "place"),
        ordering=("-date", "pk"),
        features=(
            Importable(
                aliases={"kind": ("类别", "放假或上班"), "source": ("文件", "文号"), "note": ("节日", "备注")}
            ),
            Exportable(),
        ),
        actions=Actions(save=save_days),
    )
)
