"""What each member of the tests' cast may see and do, worked out in plain Python from a list written by hand.

Nothing here asks the code under test: places are compared by walking from child to parent, rights by looking
into :data:`MEMBERS`. ``Roads`` is what a suite says of its entity, a second statement beside the model's ``Scope``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

VERBS = ("view", "create", "edit", "retire", "restore", "import", "undo", "export")
"""Of a plain resource."""
MOVES = "moves"
"""Every verb of the entity's flow."""
FIRST = "first"
"""Only the first verb of its flow."""
ALL = (*VERBS, MOVES)
COUNTY, TOWN, OWN_TOWN, OTHER, CITY = "演示县", "东河镇", "西岭镇", "邻演示县", "演示市"


@dataclass(frozen=True)
class Held:
    """One grant as the cast is given it."""

    place: str
    """The name of a place, meant with everything below it."""
    verbs: tuple[str, ...] = ALL
    domains: tuple[str, ...] = ()
    """None: all."""
    detail: str = "full"
    """``masked``: without personal values; ``counts``: no rows at all."""


@dataclass(frozen=True)
class Member:
    name: str
    unit: str
    """Key of the unit in the cast."""
    held: tuple[Held, ...] = ()


MEMBERS = {
    m.name: m
    for m in (
        Member("editor_a", "城市管理局", (Held(COUNTY),)),
        Member("editor_b", "neighbour", (Held(OTHER),)),
        # Takes in workbooks and cannot take them back.
        Member("editor_food", "城市管理局", (Held(COUNTY, tuple(v for v in ALL if v != "undo"), ("food",)),)),
        # Sees both counties and every domain, writes in one county and one domain only.
        Member("inspector", "城市管理局", (Held(CITY, ("view",)), Held(COUNTY, domains=("food",)))),
        # Personal values are hidden from him in the county, but for one township.
        Member("veiled", "城市管理局", (Held(COUNTY, detail="masked"), Held(TOWN))),
        Member("counts", "城市管理局", (Held(COUNTY, detail="counts"),)),
        # His verbs hold in his own township; elsewhere only what his unit takes part in.
        Member("participant", "西岭镇", (Held(OWN_TOWN),)),
        # Holds fewer verbs, and those where no row of the suites lies: only his unit's own rows are open.
        Member("owner", "林业局", (Held("南湾乡", ("view", "create", "edit")),)),
        Member("clerk", "城市管理局", (Held(COUNTY, ("view", FIRST)),)),
        Member("viewer", "城市管理局", (Held(COUNTY, ("view",)),)),
        # May export and may not view: lists and exports are empty for him.
        Member("exporter", "城市管理局", (Held(COUNTY, ("export",)),)),
        Member("stranger", "粮食和物资储备中心"),
        Member("reader", "city", (Held(CITY, ("view", "export")),)),
        Member("installer", "province", (Held("演示省", (*ALL, "installation.change")),)),
    )
}


@dataclass(frozen=True)
class Roads:
    """How rows of an entity are reached, as its suite states it; dotted paths of attributes."""

    place: str = "place"
    """The place that governs the row; empty where none does."""
    domain: str = ""
    units: tuple[str, ...] = ()
    """Units whose own row it is."""
    user: str = ""
    """The person whose own row it is; ``self`` for the row itself."""
    shared: str = ""
    """The object whose participants take part; ``self`` for the row itself."""
    everyone: bool = False
    """Read by every signed-in person."""


@dataclass
class Oracle:
    """Judges rows of one entity. ``parents``: place → its parent; ``users``, ``units``: keys of the members'."""

    roads: Roads
    parents: dict[int, int | None]
    names: dict[str, int]
    """Name of a place → its key."""
    users: dict[str, int]
    units: dict[str, int]
    access: Collection[tuple[str, int, int]] = field(default_factory=set)
    """(model label, object, unit) of every live participation."""
    first: str = ""
    """The first verb of the entity's flow."""

    def sees(self, member: str, row: Any) -> bool:
        """Whether the member finds the row in lists, pages, exports, choices and searches."""
        return (
            self.roads.everyone
            or any(self._covers(h, row) for h in self._counting(member, "view"))
            or self._own(member, row)
            or self._of_installation(member, row)
        )

    def may(self, member: str, verb: str, row: Any | None = None) -> bool:
        """Whether the member may do ``verb``: at all (no row), or to this row as it stands in memory."""
        held = self._counting(member, verb)
        if not held or row is None:
            return bool(held)
        if any(self._covers(h, row) for h in held) or self._own(member, row):
            return True
        return self._place(row) is None and bool(self._counting(member, "installation.change"))

    def opens(self, member: str, row: Any) -> bool:
        """Whether the row's personal values are shown to the member, who sees the row.

        To who may edit rows of the kind at full detail: every row, or, if another grant of his hides them, those
        that he may edit by grants of full detail.
        """
        held = [h for h in self._counting(member, "edit") if h.detail == "full"]
        if not held or all(h.detail != "masked" for h in MEMBERS[member].held):
            return bool(held)
        return any(self._covers(h, row) for h in held) or self._own(member, row)

    def there(self, member: str, verb: str, row: Any) -> bool:
        """Whether a grant of the member holds ``verb`` where the row lies, whosever it is."""
        return any(self._covers(h, row) for h in self._counting(member, verb))

    def line(self, place: int | None) -> list[int]:
        """The place and everything above it."""
        out = []
        while place is not None:
            out.append(place)
            place = self.parents[place]
        return out

    # -- inside -----------------------------------------------------------------------------------
    def _counting(self, member: str, verb: str) -> list[Held]:
        return [h for h in MEMBERS[member].held if self._holds(h, verb) and h.detail != "counts"]

    def _holds(self, held: Held, verb: str) -> bool:
        if verb in VERBS or "." in verb:
            return verb in held.verbs
        return MOVES in held.verbs or (FIRST in held.verbs and verb == self.first)

    def _covers(self, held: Held, row: Any) -> bool:
        if self.roads.domain and held.domains and at(row, self.roads.domain) not in held.domains:
            return False
        return self.names[held.place] in self.line(self._place(row))

    def _of_installation(self, member: str, row: Any) -> bool:
        """Rows without a place are read by who looks after the whole installation."""
        if not self.roads.place or self._place(row) is not None:
            return False
        return bool(self._counting(member, "view") and self._counting(member, "installation.change"))

    def _own(self, member: str, row: Any) -> bool:
        unit, user = self.units[member], self.users[member]
        return (
            any(key(at(row, path)) == unit for path in self.roads.units)
            or bool(self.roads.user and key(at(row, self.roads.user)) == user)
            or bool(self.roads.shared and self._takes_part(unit, at(row, self.roads.shared)))
        )

    def _takes_part(self, unit: int, obj: Any) -> bool:
        return obj is not None and (obj._meta.label_lower, obj.pk, unit) in self.access

    def _place(self, row: Any) -> int | None:
        return key(at(row, self.roads.place)) if self.roads.place else None


def at(row: Any, path: str) -> Any:
    """The value at a dotted path of attributes; None where a link is missing."""
    for part in path.split(".") if path != "self" else ():
        row = getattr(row, part, None)
    return row


def key(value: Any) -> Any:
    return getattr(value, "pk", value)
