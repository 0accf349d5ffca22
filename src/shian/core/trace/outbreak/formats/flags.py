"""Flags that a file carries beside the tables, turned into the scenario of either mode."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import isfinite

from shian.core.words import say

from ..model import NetworkError
from ..scenario import WebScenario, WeightedScenario

DEFAULT_MODE = "inferred"


@dataclass(frozen=True)
class Flags:
    """Flags of one station, group or delivery."""

    id: str
    weight: float = 0.0
    cross: bool = False
    kill: bool = False
    observed: bool = False

    @classmethod
    def of(cls, row: Mapping[str, object], table: str) -> Flags:
        """Read a row of ``tracing``; a missing or null flag is off."""
        weight = row.get("weight")
        if weight is None:
            weight = 1.0 if row.get("outbreak") else 0.0
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not isfinite(weight):
            raise NetworkError(
                "weight",
                say(
                    "%(table)s ID=%(id)r weight=%(weight)r: 应为有限的数值",
                    table=table,
                    id=row.get("id"),
                    weight=weight,
                ),
            )
        return cls(
            id=str(row["id"]),
            weight=float(weight),
            cross=bool(row.get("crossContamination")),
            kill=bool(row.get("killContamination")),
            observed=row.get("observed") not in (None, False, "none", "NONE"),
        )


@dataclass(frozen=True)
class FileFlags:
    """All flags of a file; empty when it has none."""

    stations: tuple[Flags, ...] = ()
    deliveries: tuple[Flags, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    invisible_stations: tuple[str, ...] = ()
    invisible_deliveries: tuple[str, ...] = ()

    def _observed(self) -> str | None:
        return next((f.id for f in self.stations if f.observed), None)

    def web(self) -> WebScenario:
        """A weight above zero makes a case."""
        return WebScenario(
            outbreak_stations=_ids(f for f in self.stations if f.weight > 0),
            outbreak_deliveries=_ids(f for f in self.deliveries if f.weight > 0),
            cross_contamination=_ids(f for f in self.stations if f.cross),
            kill_stations=_ids(f for f in self.stations if f.kill),
            kill_deliveries=_ids(f for f in self.deliveries if f.kill),
            observed_station=self._observed(),
            mode=DEFAULT_MODE,
            invisible_stations=self.invisible_stations,
            invisible_deliveries=self.invisible_deliveries,
            groups=self.groups,
        )

    def weighted(self) -> WeightedScenario:
        """The same flags for weighted mode; dates are kept to."""
        return WeightedScenario(
            station_weights={f.id: f.weight for f in self.stations if f.weight},
            delivery_weights={f.id: f.weight for f in self.deliveries if f.weight},
            cross_stations=_ids(f for f in self.stations if f.cross),
            cross_deliveries=_ids(f for f in self.deliveries if f.cross),
            kill_stations=_ids(f for f in self.stations if f.kill),
            kill_deliveries=_ids(f for f in self.deliveries if f.kill),
            enforce_temporal_order=True,
            observed_station=self._observed(),
            groups=self.groups,
        )

    def check(self, stations: Mapping[str, int], deliveries: Mapping[str, int]) -> None:
        """Raise :class:`NetworkError` when a flag names something the tables do not have."""
        places = {**stations, **dict.fromkeys(self.groups, 0)}
        for name, members in self.groups.items():
            if name in stations:
                raise NetworkError(
                    "group_is_station", say("settings.metaNodes id=%(name)r: 与主体编号重复", name=name)
                )
            _known("settings.metaNodes members", members, stations)
        _known("tracing.nodes id", _ids(self.stations), places)
        _known("tracing.deliveries id", _ids(self.deliveries), deliveries)
        _known("settings.view.node.invisibleNodes", self.invisible_stations, places)
        _known("settings.view.edge.invisibleEdges", self.invisible_deliveries, deliveries)


def _ids(flags: Iterable[Flags]) -> tuple[str, ...]:
    return tuple(f.id for f in flags)


def _known(name: str, ids: Iterable[str], known: Mapping[str, int]) -> None:
    for value in ids:
        if value not in known:
            raise NetworkError(
                "unknown_id", say("%(name)s=%(value)r: 表中没有这个编号", name=name, value=value)
            )
