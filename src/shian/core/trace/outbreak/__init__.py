"""Outbreak source scoring (疫情溯源评分): which supplier, delivery or lot explains the cases?

* :mod:`.web` – share of cases whose trace reaches a source · :mod:`.weighted` – weights, negative evidence, lots
* :mod:`.likelihood` – against controls and market share · :mod:`.explain` – fewest sources for all cases
* :mod:`.live` – the same counting over the trace index of millions of lots
* :mod:`.model`, :mod:`.scenario` – the network and the assumptions · :mod:`.dates`, :mod:`.places`, :mod:`.reach`
* :mod:`.formats` – the usual stations/deliveries/relations JSON and workbook
"""

from .explain import candidates, explaining_sets
from .likelihood import score_likelihood
from .live import score_lots
from .model import Delivery, Network, NetworkError, PartialDate, Station
from .scenario import (
    LikelihoodScenario,
    ScenarioError,
    WebScenario,
    WeightedScenario,
    read_likelihood,
    read_web,
    read_weighted,
)
from .web import score_web
from .weighted import score_weighted

__all__ = [
    "Delivery",
    "LikelihoodScenario",
    "Network",
    "NetworkError",
    "PartialDate",
    "ScenarioError",
    "Station",
    "WebScenario",
    "WeightedScenario",
    "candidates",
    "explaining_sets",
    "read_likelihood",
    "read_web",
    "read_weighted",
    "score_likelihood",
    "score_lots",
    "score_web",
    "score_weighted",
]
