"""Primary keys and the qualifiers that may follow them, in their one order (GS1 Digital Link §4.9)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

QUALIFIERS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "00": ((),),
    "01": (("22", "10", "21"), ("235",)),
    "253": ((),),
    "255": ((),),
    "401": ((),),
    "402": ((),),
    "414": (("254",), ("7040",)),
    "415": (("8020",),),
    "417": (("7040",),),
    "8003": ((),),
    "8004": (("7040",),),
    "8006": (("22", "10", "21"),),
    "8010": (("8011",),),
    "8013": ((),),
    "8017": (("8019",),),
    "8018": (("8019",),),
}
"""Primary key AI → alternatives, each an ordered tuple of qualifier AIs that may follow."""

FINEST: Mapping[str, tuple[str, ...]] = {
    "01": ("21", "10", "235"),
    "8006": ("21", "10"),
    "8010": ("8011",),
    "414": ("254",),
}
"""The qualifiers that identify, finest first: a serial number makes the lot superfluous (CBV 2.0 §8, rule 18
of the event hash)."""

ALIASES: Mapping[str, str] = {
    "gtin": "01", "sscc": "00", "gdti": "253", "gcn": "255", "ginc": "401", "gsin": "402", "gln": "414",
    "payTo": "415", "party": "417", "grai": "8003", "giai": "8004", "itip": "8006", "cpid": "8010", "gmn": "8013",
    "gsrnp": "8017", "gsrn": "8018", "cpv": "22", "lot": "10", "ser": "21", "glnx": "254", "cpsn": "8011",
    "srin": "8019", "refno": "8020", "tpx": "235",
}  # fmt: skip
"""Convenience names of Digital Link 1.0 and 1.1; withdrawn in 1.2, still printed on packages."""


@lru_cache(maxsize=1024)
def in_order(key: str, qualifiers: tuple[str, ...]) -> bool:
    """Whether ``qualifiers`` may follow ``key`` in just this order."""
    for allowed in QUALIFIERS[key]:
        rest = iter(allowed)
        if all(code in rest for code in qualifiers):  # each found after the one before it
            return True
    return False
