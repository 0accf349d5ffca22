"""Time-valid edges between lot states: the columns from which every index is built.

A node is a *lot state*: one lot, serial or logistic unit **at one holder** (某批次在某主体). An edge says that
what was in its source went into its target: it left the source at ``t_out`` and counted for the target from
``t_in`` on. A lot split by quantity keeps its id, so only states keep apart who got which part.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from shian.core.errors import Invalid, Told
from shian.core.words import say

Int32 = npt.NDArray[np.int32]
UInt32 = npt.NDArray[np.uint32]
UInt8 = npt.NDArray[np.uint8]
UInt16 = npt.NDArray[np.uint16]
Int64 = npt.NDArray[np.int64]

FOREVER = 2**32 - 1
"""The open end of an interval; real times are seconds since 1970 below it (good until 2106)."""


class Kind(IntEnum):
    """Why an edge exists."""

    TRANSFORM = 1  # input lot -> output lot (加工)
    MOVE = 2  # dispatched and received (发货并收货)
    DISPATCH = 3  # dispatched, no receipt on record (有发无收)
    RECEIPT = 4  # received from a named source, no dispatch on record (有收无发)
    PACK = 5  # content -> carrier, valid from packing until unpacking (装载)
    CONTENT = 6  # carrier -> content, where the carrier arrived or was unpacked
    CARRY = 7  # content moved with its carrier (随载具移动)
    UNPACK = 8  # content unpacked where the carrier was never seen to arrive
    IMPLIED = 9  # a serial seen elsewhere: it must have moved
    ASSUMED = 10  # an event without a place: any state of the lot may be meant
    ASSOC = 11  # thing -> reusable asset, crate or tanker, for an interval (关联)
    CONTACT = 12  # same place or carrier at the same time; only in answers that ask for it (交叉接触)


class NodeFlag:
    """Bits of a node's ``flags``."""

    ORIGIN = 1  # came into being here (种植、养殖、捕捞、进口 …), so no source is missing
    LOST = 2  # dispatched from here to no stated destination, never seen again
    CARRIER = 4  # the load or the discharge side of a carrier


class QuantityTooLong(Told, OverflowError):
    """More digits than a column of the table holds."""


class Quantity(NamedTuple):
    """An exact amount; ``unit`` is a UN/ECE Rec 20 code, empty for pieces."""

    value: Decimal
    unit: str


class Edge(NamedTuple):
    """One edge: node numbers, times in seconds since 1970, ``event`` the journal's sequence number.

    ``until`` ends the interval of a PACK or ASSOC edge (:data:`FOREVER` while it is open).
    """

    src: int
    dst: int
    kind: int
    t_out: int
    t_in: int
    event: int
    until: int = FOREVER
    quantity: Quantity | None = None


NO_QUANTITY = 255
"""Scale of an unknown quantity."""


@dataclass(frozen=True)
class EdgeTable:
    """``E`` edges as columns of equal length.

    ``mantissa`` x 10^-``scale`` is the exact quantity in ``units[unit]``; ``scale`` is :data:`NO_QUANTITY`
    where it is unknown.
    """

    src: Int32
    dst: Int32
    kind: UInt8
    t_out: UInt32
    t_in: UInt32
    event: Int32
    until: UInt32
    mantissa: Int64
    scale: UInt8
    unit: UInt16
    units: tuple[str, ...] = ("",)

    def __len__(self) -> int:
        return len(self.src)

    @classmethod
    def of(cls, edges: Iterable[Edge]) -> EdgeTable:
        """Columns of ``edges``. Raises ``OverflowError`` for a quantity of more than 18 digits."""
        rows = list(edges)
        units: dict[str, int] = {"": 0}
        amounts = [_scaled(e.quantity, units) for e in rows]
        if len(units) > 65535:
            raise Invalid("too_many_units", say("计量单位超过 65535 种：%(count)s", count=len(units)))

        return cls(
            np.array([e.src for e in rows], np.int32),
            np.array([e.dst for e in rows], np.int32),
            np.array([e.kind for e in rows], np.uint8),
            np.array([e.t_out for e in rows], np.uint32),
            np.array([e.t_in for e in rows], np.uint32),
            np.array([e.event for e in rows], np.int32),
            np.array([e.until for e in rows], np.uint32),
            np.array([a[0] for a in amounts], np.int64),
            np.array([a[1] for a in amounts], np.uint8),
            np.array([a[2] for a in amounts], np.uint16),
            tuple(units),
        )

    def quantity(self, row: int) -> Quantity | None:
        """The exact quantity of one row."""
        return unscaled(int(self.mantissa[row]), int(self.scale[row]), self.units[int(self.unit[row])])

    def take(self, order: npt.NDArray[np.intp]) -> EdgeTable:
        """The rows in ``order``."""
        return EdgeTable(
            self.src[order], self.dst[order], self.kind[order], self.t_out[order], self.t_in[order],
            self.event[order], self.until[order], self.mantissa[order], self.scale[order], self.unit[order],
            self.units,
        )  # fmt: skip


def _scaled(quantity: Quantity | None, units: dict[str, int]) -> tuple[int, int, int]:
    if quantity is None:
        return 0, NO_QUANTITY, 0
    return *scaled(quantity.value), units.setdefault(quantity.unit, len(units))


def scaled(value: Decimal) -> tuple[int, int]:
    """(mantissa, scale) with ``value == mantissa * 10**-scale``. Raises ``OverflowError`` beyond 18 digits."""
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int) or len(digits) + max(exponent, 0) > 18 or exponent < -250:
        raise QuantityTooLong("quantity_digits", say("数量超出 18 位：%(value)s", value=value))
    mantissa = int("".join(map(str, digits))) * 10 ** max(exponent, 0)
    return -mantissa if sign else mantissa, max(-exponent, 0)


@lru_cache(65536)
def unscaled(mantissa: int, scale: int, unit: str) -> Quantity | None:
    """The inverse of the exact scaling used in :class:`EdgeTable`. Goods move in boxes: few quantities, many times."""
    return None if scale == NO_QUANTITY else Quantity(Decimal(f"{mantissa}E-{scale}"), unit)


class Amount(NamedTuple):
    """An exact quantity as the store keeps it: ``mantissa * 10**-scale``, and the number of its unit."""

    mantissa: int
    scale: int
    unit: int

    def __add__(self, other: Amount) -> Amount | None:  # type: ignore[override]
        """The sum; None of different units."""
        if self.unit != other.unit:
            return None
        scale = max(self.scale, other.scale)
        mantissa = self.mantissa * 10 ** (scale - self.scale) + other.mantissa * 10 ** (scale - other.scale)
        return Amount(mantissa, scale, self.unit) if abs(mantissa) < 10**18 else None

    def same(self, other: Amount | None) -> bool:
        """Equal in value: 12.5 kg is 12.50 kg."""
        if other is None or self.unit != other.unit:
            return False
        return bool(self.mantissa * 10**other.scale == other.mantissa * 10**self.scale)
