"""How the rows of one model are scoped, and the compilation to a WHERE clause."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.apps import apps
from django.db.models import Model, Q

from .actor import Actor
from .verbs import INSTALLATION


def span(root: str) -> tuple[str, str]:
    """First path of the subtree ``root``, and the first beyond it."""
    return root, str(int(root) + 1).zfill(len(root))


def subtree(lookup: str, root: str) -> Q:
    """Rows whose ``lookup`` path lies in the subtree ``root``.

    Paths are runs of digits, six a level, so a prefix is a range that any index and collation serves.
    """
    low, high = span(root)
    return Q(**{f"{lookup}__gte": low, f"{lookup}__lt": high})


@dataclass(frozen=True)
class Scope:
    """Roads to a row of one model; each is optional, a row is visible if any leads to it."""

    place: str = ""
    """Lookup of the place path, e.g. ``place__path``: territory."""
    domain: str = ""
    """Lookup of the business domain: narrows territory."""
    units: tuple[str, ...] = ()
    """Lookups of unit ids that own the row: one's own unit's rows."""
    user: str = ""
    """Lookup of the user id that owns the row (own notices, own filters)."""
    participation: str = ""
    """Lookup of the id that ``Access`` rows name; with ``shared_as``, that object's type."""
    shared_as: str = ""
    home: str = ""
    """Lookup of the place path that governs writes, where reading is open to more."""
    everyone: bool = False
    """Reference data: visible to every signed-in user."""
    of_object: bool = False
    """Rows that hang on another by ``object_type`` and ``object_id``: as open as that one, listed only with it."""

    def visible(self, model: type[Model], actor: Actor, permission: str) -> Q:
        """The WHERE clause of what ``actor`` may see of ``model``; matches nothing when no road is open."""
        if actor.is_system or (self.everyone and actor.user_id is not None):
            return Q()
        where = Q(pk__in=[])
        if self.place:
            for grant in actor.grants:
                if grant.detail == "counts" or not grant.allows(permission):
                    continue
                land = Q(pk__in=[])
                for root in grant.roots:
                    land |= subtree(self.place, root)
                where |= (
                    land & Q(**{f"{self.domain}__in": grant.domains})
                    if self.domain and grant.domains
                    else land
                )
            where |= self._without_place(model, actor, permission)
        if actor.unit_id is not None:
            for lookup in self.units:
                where |= Q(**{lookup: actor.unit_id})
            if self.participation:
                where |= Q(**{f"{self.participation}__in": _shared_ids(model, self.shared_as, actor)})
        if self.user and actor.user_id is not None:
            where |= Q(**{self.user: actor.user_id})
        return where

    def _without_place(self, model: type[Model], actor: Actor, permission: str) -> Q:
        """Rows that no place governs belong to the installation: whoever may change them must see them."""
        road = self.place.rsplit("__", 1)[0]
        counting = [g for g in actor.grants if g.detail != "counts"]
        if not (_may_be_empty(model, road) and any(g.allows(permission) for g in counting)):
            return Q(pk__in=[])
        return Q(**{f"{road}__isnull": True}) if any(g.allows(INSTALLATION) for g in counting) else Q(pk__in=[])


@lru_cache(maxsize=512)
def _may_be_empty(model: type[Model], road: str) -> bool:
    """Whether some hop of the relation path ``road`` may be null."""
    for part in road.split("__"):
        field = model._meta.get_field(part)
        if field.null:
            return True
        model = field.related_model or model
    return False


def _shared_ids(model: type[Model], shared_as: str, actor: Actor):
    label = shared_as or model._meta.label_lower
    access = apps.get_model("scopes", "Access")
    return access.unscoped.filter(object_type=label, unit_id=actor.unit_id, ended_at=None).values("object_id")
