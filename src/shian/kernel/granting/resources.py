"""Grants as a resource."""

from django.utils.translation import gettext_lazy as _

from shian.kernel.listing.export import Exportable
from shian.kernel.resources.declare import Actions, Column, Resource, Section, Verb, register
from shian.kernel.scopes.models import Grant

from .actions import confirm, decline, restore_grants, retire_grants, save_grants
from .flow import FLOW

register(
    Resource(
        name="grants",
        model=Grant,
        columns=(
            Column("user"),
            Column("role"),
            Column("places"),
            Column("detail"),
            Column("state", kind="state"),
            Column("valid_from"),
            Column("valid_to"),
        ),
        overview=(
            Section(_("授权"), ("user", "role", "places", "detail", "asked_by")),
            Section(_("期限"), ("valid_from", "valid_to")),
        ),
        form=(
            Section(_("授权"), ("user", "role", "places", "detail")),
            Section(_("期限"), ("valid_from", "valid_to")),
        ),
        filters=("user", "role", "detail", "state"),
        ordering=("user", "pk"),
        with_related=("places",),
        flow=FLOW,
        verbs={
            "confirm": Verb(action=confirm, icon="check", tone="primary"),
            "decline": Verb(action=decline, icon="ban"),
        },
        features=(Exportable(),),
        actions=Actions(save=save_grants, retire=retire_grants, restore=restore_grants),
    )
)
