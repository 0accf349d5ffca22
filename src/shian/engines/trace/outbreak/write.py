"""Write a network as the all-in-one workbook of FoodChain-Lab."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shian.core.trace.outbreak.model import Network

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
