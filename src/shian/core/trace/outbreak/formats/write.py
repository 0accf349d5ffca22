"""Write a network as FoodChain-Lab JSON v1 or as its all-in-one workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..model import Network, PartialDate
from .flags import FileFlags, Flags

VERSION = "1.2.0"
_MARK = "Additional Fields ->"
_ADDRESS = (
    "Street",
    "Street Number",
    "Postal Code",
    "City",
    "District",
    "State",
    "Country",
    "Type of business",
)


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


def write_workbook(network: Network, path: Path) -> None:
    """Write the three sheets with the headings that FoodChain-Lab asks for."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        _write_rows(
            book.add_worksheet("Stations"), ["Company_ID", "Name", *_ADDRESS, _MARK], _station_rows(network)
        )
        sheet = book.add_worksheet("Deliveries")
        sheet.write_row(0, 0, _TOP)
        sheet.write_row(1, 0, _SUB)
        for number, row in enumerate(_delivery_rows(network), start=2):
            sheet.write_row(number, 0, row)
        _write_rows(
            book.add_worksheet("Deliveries2Deliveries"),
            ["From DeliveryID", "Into DeliveryID"],
            [list(pair) for pair in network.relations],
        )


_DATE = ["Day", "Month", "Year"]
_TOP = [
    *("DeliveryID", "Sender", "Product Name", "Lot Number", "Lot size", ""),
    *("Delivery Date Departure", "", "", "Delivery Date Arrival", "", ""),
    *("Unit weigt/vol./pck.", "", "Recipient", _MARK),  # spelt as the template spells it
]
_SUB = ["", "Station", "", "", "Quantity", "Type / Unit", *_DATE, *_DATE, "Quantity", "Type / Unit", "", ""]


def _station_rows(network: Network) -> list[list[str]]:
    rows = []
    for s in network.stations:
        lower = {k.lower(): v for k, v in s.properties.items()}
        rows.append([s.id, s.name, *(lower.get(c.lower(), "") for c in _ADDRESS)])
    return rows


def _delivery_rows(network: Network) -> list[list[str | int]]:
    rows: list[list[str | int]] = []
    for d in network.deliveries:
        quantity, _, unit = d.amount.partition(" ")
        dates: list[str | int] = []
        for value in (d.date_out, d.date_in):
            parts = (value.day, value.month, value.year) if value else (None, None, None)
            dates += ["" if p is None else p for p in parts]
        rows.append([d.id, d.source, d.product, d.lot, quantity, unit, *dates, "", "", d.target])
    return rows


def _write_rows(sheet: Any, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    sheet.write_row(0, 0, headings)
    for number, row in enumerate(rows, start=1):
        sheet.write_row(number, 0, row)
