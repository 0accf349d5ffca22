"""Write a network as FoodChain-Lab JSON v1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..model import Network, PartialDate
from .flags import FileFlags, Flags

VERSION = "1.2.0"


def _table(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    extra = list(dict.fromkeys(c for row in rows for c in row if c not in columns))
    return {
        "columnProperties": [{"id": c, "type": "string"} for c in (*columns, *extra)],
        "data": [[{"id": c, "value": v} for c, v in row.items() if v] for row in rows],
    }


def _day(value: PartialDate | None) -> str:
    return value.text() if value else ""


def to_json_v1(network: Network, flags: FileFlags | None = None) -> dict[str, Any]:
    """The document as a dict, ready for ``json.dumps``; reading it again gives an equal network."""
    held = flags or FileFlags()
    stations = [{"ID": s.id, "Name": s.name, **s.properties} for s in network.stations]
    deliveries = [
        {
            "ID": d.id,
            "from": d.source,
            "to": d.target,
            "Name": d.product,
            "Lot Number": d.lot,
            "Product_k": d.lot_key,
            "Date Delivery": _day(d.date_out),
            "Date Delivery Arrival": _day(d.date_in),
            "Amount": d.amount,
            **d.properties,
        }
        for d in network.deliveries
    ]
    return {
        "version": VERSION,
        "data": {
            "version": VERSION,
            "stations": _table(["ID", "Name"], stations),
            "deliveries": _table(list(deliveries[0])[:9] if deliveries else ["ID", "from", "to"], deliveries),
            "deliveryRelations": _table(["from", "to"], [{"from": a, "to": b} for a, b in network.relations]),
        },
        "tracing": {
            "version": VERSION,
            "nodes": [_flag_row(f) for f in held.stations],
            "deliveries": [_flag_row(f) for f in held.deliveries],
        },
        "settings": {
            "metaNodes": [
                {"id": name, "name": name, "type": None, "members": list(members)}
                for name, members in held.groups.items()
            ]
        },
    }


def _flag_row(flags: Flags) -> dict[str, Any]:
    return {
        "id": flags.id,
        "weight": flags.weight,
        "crossContamination": flags.cross,
        "killContamination": flags.kill,
        "observed": flags.observed,
    }
