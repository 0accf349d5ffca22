"""Schedules as a resource: an administrator changes the rhythm or stops one."""

from django.utils.translation import gettext_lazy as _

from shian.kernel.jobs.actions import retire_schedules, save_schedules
from shian.kernel.jobs.models import Schedule
from shian.kernel.listing.export import Exportable
from shian.kernel.resources.declare import Actions, Column, Resource, Section, register

register(
    Resource(
        name="schedules",
        model=Schedule,
        columns=(
            Column("title"),
            Column("daily_at"),
            Column("every_minutes"),
            Column("active"),
            Column("next_run_at"),
            Column("kind", shown=False),
        ),
        form=(
            Section(_("任务"), ("title", "kind", "active")),
            Section(_("节奏"), ("daily_at", "every_minutes")),
        ),
        filters=("active",),
        ordering=("title",),
        features=(Exportable(),),
        actions=Actions(save=save_schedules, retire=retire_schedules),
    )
)
