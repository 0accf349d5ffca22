"""Scenarios (情景): the assumptions under which a network is scored, apart from the network itself.

A scenario replaces every flag that a file may carry. Ids are checked against the network; a wrong one is
refused with its field, because a case that is silently left out would change every score.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from shian.core.errors import Told
from shian.core.words import say

from .dates import MODES
from .model import Network


class ScenarioError(Told, ValueError):
    """A field of the scenario is unknown, of the wrong type, or names something not in the network."""


Groups = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class WebScenario:
    """Yes-or-no flags: which stations and deliveries are cases, where contamination spreads or ends.

    ``mode`` says how dates limit cross-contamination (交叉污染): ``ignore``, ``explicit``, ``inferred``.
    ``groups`` (id → member stations) are looked at as one station each.
    """

    outbreak_stations: tuple[str, ...] = ()
    outbreak_deliveries: tuple[str, ...] = ()
    cross_contamination: tuple[str, ...] = ()
    kill_stations: tuple[str, ...] = ()
    kill_deliveries: tuple[str, ...] = ()
    observed_station: str | None = None
    mode: str = "ignore"
    invisible_stations: tuple[str, ...] = ()
    invisible_deliveries: tuple[str, ...] = ()
    groups: Groups = field(default_factory=dict)


@dataclass(frozen=True)
class LikelihoodScenario:
    """A web scenario with people who did not fall ill, and what is known of the market.

    ``market_shares`` maps a station or delivery id to the share (0..1) of consumption that comes through it.
    """

    cases: WebScenario
    control_stations: tuple[str, ...] = ()
    control_deliveries: tuple[str, ...] = ()
    market_shares: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class WeightedScenario:
    """Weights: positive for cases, negative for places that had the same supply and no cases."""

    station_weights: Mapping[str, float] = field(default_factory=dict)
    delivery_weights: Mapping[str, float] = field(default_factory=dict)
    cross_stations: tuple[str, ...] = ()
    cross_deliveries: tuple[str, ...] = ()
    kill_stations: tuple[str, ...] = ()
    kill_deliveries: tuple[str, ...] = ()
    enforce_temporal_order: bool = False
    observed_station: str | None = None
    groups: Groups = field(default_factory=dict)


class _Fields:
    """Takes fields out of a JSON object one by one, checking type and reference; what is left is refused."""

    def __init__(self, data: object, network: Network) -> None:
        if not isinstance(data, dict):
            raise ScenarioError("not_an_object", say("scenario: 应为一个 JSON 对象"))
        self._left: dict[str, Any] = dict(data)
        self._deliveries = network.delivery_index
        self._stations = network.station_index
        self.groups = self._groups()

    def _groups(self) -> dict[str, tuple[str, ...]]:
        groups: dict[str, tuple[str, ...]] = {}
        value = self._left.pop("groups", None) or {}
        if not isinstance(value, dict):
            raise ScenarioError("groups_form", say("groups: 应为 编号 → 成员列表"))
        for name, members in value.items():
            if name in self._stations:
                raise ScenarioError("group_is_station", say("groups %(name)r: 与主体编号重复", name=name))
            groups[name] = tuple(self._known(m, f"groups {name!r}", self._stations) for m in members)
        return groups

    def _known(self, value: object, name: str, known: Mapping[str, object]) -> str:
        text = str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
        if not isinstance(text, str) or text not in known:
            raise ScenarioError(
                "unknown_id", say("%(name)s=%(value)r: 网络中没有这个编号", name=name, value=value)
            )
        return text

    def _places(self) -> Mapping[str, object]:
        return {**self._stations, **self.groups}

    def ids(self, name: str, kind: str) -> tuple[str, ...]:
        """A list of ids, each once, in the order given; absent is empty."""
        value = self._left.pop(name, None)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise ScenarioError("not_a_list", say("%(name)s: 应为编号列表", name=name))
        known = self._places() if kind == "station" else self._deliveries
        return tuple(dict.fromkeys(self._known(v, name, known) for v in value))

    def numbers(self, name: str, kind: str) -> dict[str, float]:
        """Id → finite number."""
        value = self._left.pop(name, None) or {}
        if not isinstance(value, dict):
            raise ScenarioError("not_a_mapping", say("%(name)s: 应为 编号 → 数值", name=name))
        known = {
            "station": self._places(),
            "delivery": self._deliveries,
            "any": {**self._places(), **self._deliveries},
        }[kind]
        found: dict[str, float] = {}
        for key, number in value.items():
            if isinstance(number, bool) or not isinstance(number, int | float) or not isfinite(number):
                raise ScenarioError(
                    "number",
                    say("%(name)s %(key)r=%(number)r: 应为有限的数值", name=name, key=key, number=number),
                )
            found[self._known(key, name, known)] = float(number)
        return found

    def one(self, name: str) -> str | None:
        """One station id or nothing."""
        value = self._left.pop(name, None)
        return None if value is None else self._known(value, name, self._places())

    def choice(self, name: str, options: tuple[str, ...], default: str) -> str:
        """One of ``options``."""
        value = self._left.pop(name, None) or default
        if value not in options:
            raise ScenarioError(
                "choice",
                say(
                    "%(name)s=%(value)r: 应为 %(options)s 之一",
                    name=name,
                    value=value,
                    options=tuple(options),
                ),
            )
        return str(value)

    def flag(self, name: str) -> bool:
        """true or false; false when absent."""
        value = self._left.pop(name, None)
        if value not in (None, True, False):
            raise ScenarioError(
                "boolean", say("%(name)s=%(value)r: 应为 true 或 false", name=name, value=value)
            )
        return bool(value)

    def done(self) -> None:
        """Refuse fields that nobody asked for: usually a misspelt name."""
        if self._left:
            raise ScenarioError("unknown_field", say("%(name)s: 不认识的字段", name=next(iter(self._left))))


def read_web(data: object, network: Network) -> WebScenario:
    """The scenario of web mode from JSON. Raises :class:`ScenarioError`."""
    fields = _Fields(data, network)
    scenario = _web(fields)
    fields.done()
    return scenario


def _web(fields: _Fields) -> WebScenario:
    return WebScenario(
        outbreak_stations=fields.ids("outbreakStations", "station"),
        outbreak_deliveries=fields.ids("outbreakDeliveries", "delivery"),
        cross_contamination=fields.ids("crossContamination", "station"),
        kill_stations=fields.ids("killContaminationStations", "station"),
        kill_deliveries=fields.ids("killContaminationDeliveries", "delivery"),
        observed_station=fields.one("observedStation"),
        mode=fields.choice("mode", MODES, "inferred"),
        invisible_stations=fields.ids("invisibleStations", "station"),
        invisible_deliveries=fields.ids("invisibleDeliveries", "delivery"),
        groups=fields.groups,
    )


def read_likelihood(data: object, network: Network) -> LikelihoodScenario:
    """The scenario of likelihood mode: that of web mode with controls and market shares."""
    fields = _Fields(data, network)
    shares = fields.numbers("marketShares", "any")
    for key, share in shares.items():
        if not 0 <= share <= 1:
            raise ScenarioError(
                "share_range", say("marketShares %(key)r=%(share)s: 应在 0 与 1 之间", key=key, share=share)
            )
    scenario = LikelihoodScenario(
        cases=_web(fields),
        control_stations=fields.ids("controlStations", "station"),
        control_deliveries=fields.ids("controlDeliveries", "delivery"),
        market_shares=shares,
    )
    fields.done()
    return scenario


def read_weighted(data: object, network: Network) -> WeightedScenario:
    """The scenario of weighted mode from JSON. Raises :class:`ScenarioError`."""
    fields = _Fields(data, network)
    scenario = WeightedScenario(
        station_weights=fields.numbers("stationWeights", "station"),
        delivery_weights=fields.numbers("deliveryWeights", "delivery"),
        cross_stations=fields.ids("crossContaminationStations", "station"),
        cross_deliveries=fields.ids("crossContaminationDeliveries", "delivery"),
        kill_stations=fields.ids("killContaminationStations", "station"),
        kill_deliveries=fields.ids("killContaminationDeliveries", "delivery"),
        enforce_temporal_order=fields.flag("enforceTemporalOrder"),
        observed_station=fields.one("observedStation"),
        groups=fields.groups,
    )
    fields.done()
    return scenario
