"""The all-in-one workbook of FoodChain-Lab: sheets Stations, Deliveries, Deliveries2Deliveries.

Deliveries has two heading rows: the groups *Lot size*, *Delivery Date Departure*, *Delivery Date Arrival* and
*Unit weight* stand over sub-headings. Columns are found by their headings, so order and additions are free.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from shian.core.trace.outbreak.model import Delivery, Network, NetworkError, PartialDate, Station, make_date
from shian.core.words import say
from shian.engines.sheets import SheetError, open_table

STATIONS, DELIVERIES, RELATIONS = "Stations", "Deliveries", "Deliveries2Deliveries"
_HEADING_ROWS = 12
_MARK = "additional fields ->"
_FROM, _INTO = ("from deliveryid", "from"), ("into deliveryid", "into")


class _Sheet:
    """One sheet as rows of heading → cell; a sub-heading is written ``group/sub``."""

    def __init__(self, name: str, table: Any, *first: str) -> None:
        self.name = name
        try:
            self._rows = enumerate(table.rows(name), start=1)
        except SheetError as error:
            raise NetworkError("no_worksheet", say("工作簿缺少工作表 %(name)s", name=name)) from error
        self._columns = self._headings(first)

    def _headings(self, first: Sequence[str]) -> list[str]:
        for number, row in self._rows:
            labels = [_label(cell) for cell in row]
            if not set(first).isdisjoint(labels):
                return labels
            if number >= _HEADING_ROWS:
                break
        raise NetworkError(
            "no_heading",
            say(
                "%(name)s: 前 %(rows)s 行没有表头 %(heading)r",
                name=self.name,
                rows=_HEADING_ROWS,
                heading=first[0],
            ),
        )

    def _join(self, subs: Sequence[object]) -> None:
        """Take the second heading row: each sub-heading belongs to the last heading on its left."""
        group, joined = "", []
        for i in range(max(len(subs), len(self._columns))):
            top = self._columns[i] if i < len(self._columns) else ""
            sub = _label(subs[i]) if i < len(subs) else ""
            group = top or group
            joined.append(f"{group}/{sub}" if sub else top)
        self._columns = joined

    def rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Row number and filled cells; empty rows are skipped."""
        for number, row in self._rows:
            labels = {_label(cell) for cell in row}
            if {"day", "month", "year"} <= labels:
                self._join(row)
                continue
            cells = {
                h: c
                for h, c in zip(self._columns, row, strict=False)
                if h and c is not None and str(c).strip()
            }
            if cells:
                yield number, cells


def _label(cell: object) -> str:
    return " ".join(str(cell).split()).lower() if cell is not None else ""


def _text(cells: dict[str, Any], *names: str) -> str:
    """The first of the named cells as text; a sheet may write a whole number as 3.0."""
    for name in names:
        if name in cells:
            value = cells[name]
            if isinstance(value, date):
                return value.isoformat()[:10]
            text = str(value).strip()
            return text.removesuffix(".0") if text.replace(".", "", 1).isdecimal() else text
    return ""


def _need(cells: dict[str, Any], where: str, *names: str) -> str:
    value = _text(cells, *names)
    if not value:
        raise NetworkError("value_missing", say("%(where)s %(name)s: 缺少值", where=where, name=names[0]))
    return value


def _date(cells: dict[str, Any], group: str, where: str) -> PartialDate | None:
    parts: list[int | None] = []
    for sub in ("year", "month", "day"):
        text = _text(cells, f"delivery date {group}/{sub}", f"{group}/{sub}", f"{group} {sub}")
        if text and not text.isdecimal():
            raise NetworkError(
                "not_an_integer",
                say(
                    "%(where)s %(group)s/%(sub)s=%(text)r: 应为整数",
                    where=where,
                    group=group,
                    sub=sub,
                    text=text,
                ),
            )
        parts.append(int(text) if text else None)
    year, month, day = parts
    found = make_date(year, month, day if month else None)
    if year is not None and found is None:
        raise NetworkError(
            "no_such_day",
            say(
                "%(where)s %(group)s=%(year)s-%(month)s-%(day)s: 日历上没有这一天",
                where=where,
                group=group,
                year=year,
                month=month,
                day=day,
            ),
        )
    return found


def read_workbook(path: Path) -> Network:
    """Read the workbook. Raises :class:`NetworkError` naming sheet, row and column."""
    with open_table(path) as table:
        stations = tuple(_stations(_Sheet(STATIONS, table, "company_id")))
        deliveries = tuple(_deliveries(_Sheet(DELIVERIES, table, "deliveryid")))
        relations = tuple(_relations(_Sheet(RELATIONS, table, *_FROM)))
    return Network(stations, deliveries, relations)


def _stations(sheet: _Sheet) -> Iterator[Station]:
    for number, cells in sheet.rows():
        where = say("%(table)s 第 %(number)s 行", table=STATIONS, number=number)
        identity = _need(cells, where, "company_id")
        rest = {k: _text(cells, k) for k in cells if k not in ("company_id", "name", _MARK)}
        yield Station(identity, _text(cells, "name"), rest)


def _deliveries(sheet: _Sheet) -> Iterator[Delivery]:
    seen: dict[tuple[object, ...], int] = {}
    for number, cells in sheet.rows():
        where = say("%(table)s 第 %(number)s 行", table=DELIVERIES, number=number)
        unit = next((k for k in cells if k.startswith("unit weig")), "")
        amount = [_text(cells, f"lot size/{sub}") for sub in ("quantity", "type / unit")]
        delivery = Delivery(
            id=_need(cells, where, "deliveryid"),
            source=_need(cells, where, "sender/station", "station", "sender"),
            target=_need(cells, where, "recipient"),
            product=_text(cells, "product name"),
            lot=_text(cells, "lot number"),
            date_out=_date(cells, "departure", where),
            date_in=_date(cells, "arrival", where),
            amount=" ".join(a for a in amount if a),
            properties={"unit weight": _text(cells, unit)} if unit else {},
        )
        same = (
            delivery.source,
            delivery.target,
            delivery.product,
            delivery.lot,
            delivery.date_out,
            delivery.date_in,
        )
        content = (*same, _text(cells, unit) if unit else "")
        if content in seen:
            raise NetworkError(
                "repeated_row",
                say("%(where)s: 与第 %(first)s 行内容相同，疑为重复录入", where=where, first=seen[content]),
            )
        seen[content] = number
        yield delivery


def _relations(sheet: _Sheet) -> Iterator[tuple[str, str]]:
    for number, cells in sheet.rows():
        where = say("%(table)s 第 %(number)s 行", table=RELATIONS, number=number)
        yield _need(cells, where, *_FROM), _need(cells, where, *_INTO)
