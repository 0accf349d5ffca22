"""The case list (病例名单) of an investigation: who ate which lot, where and when.

One row for each lot that somebody named. A person may have several rows, or several lots in one row; the lots of a
row are parted by ``；``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from shian.core.recall.masterdata import Refused, RowProblem, party_id
from shian.core.words import say

from ..facts import thing

SHOWN = {"person": "病例", "lot": "批次", "place": "主体", "time": "时间", "control": "对照"}
_YES, _NO = (
    frozenset({"是", "对照", "1", "true", "yes", "y"}),
    frozenset({"", "否", "病例", "0", "false", "no", "n"}),
)
_CHINA = timezone(timedelta(hours=8))


class Eaten(NamedTuple):
    """One lot that one person named. ``lot`` and ``place`` are canonical; ``time`` is in seconds since 1970."""

    row: int
    person: str
    control: bool
    lot: str
    place: str | None = None
    time: int | None = None


@dataclass(frozen=True)
class CaseList:
    """What was named, and the rows refused (row, column, value, rule)."""

    eaten: tuple[Eaten, ...]
    problems: tuple[RowProblem, ...] = ()


def check_rows(rows: Iterable[tuple[int, Mapping[str, str]]]) -> CaseList:
    """Rows of ``person``, ``lot``, ``place``, ``time``, ``control`` as text, checked one by one."""
    eaten: list[Eaten] = []
    problems: list[RowProblem] = []
    groups: dict[str, tuple[int, bool]] = {}
    for number, fields in rows:
        try:
            found = _row(number, fields)
            first, control = groups.setdefault(found[0].person, (number, found[0].control))
            if control != found[0].control:
                message = say(
                    "第 %(first)s 行把此人列为%(group)s，不能两者都是",
                    first=first,
                    group=say("对照") if control else say("病例"),
                )
                raise Refused("control", fields.get("control", ""), "cases.one_group", message)
            eaten += found
        except Refused as bad:
            problems.append(RowProblem(number, SHOWN[bad.column], bad.value, bad.rule, bad.words))
    return CaseList(tuple(eaten), tuple(problems))


def _row(number: int, fields: Mapping[str, str]) -> list[Eaten]:
    for key in ("person", "lot"):
        if not fields.get(key):
            raise Refused(key, "", "cases.required", say("必填"))
    mark = fields.get("control", "").lower()
    if mark not in _YES | _NO:
        raise Refused("control", fields["control"], "cases.control", say("应为“是”或“否”（空白为病例）"))
    place = fields.get("place", "")
    try:
        holder = party_id(place) if place else None
    except Refused as bad:
        raise Refused("place", place, bad.rule, bad.words) from None
    time = _time(fields.get("time", ""))
    return [Eaten(number, fields["person"], mark in _YES, lot, holder, time) for lot in _lots(fields["lot"])]


def _lots(text: str) -> list[str]:
    lots = []
    for part in filter(None, (p.strip() for p in re.split(r"[;；\n]", text))):
        try:
            lots.append(thing(part))
        except ValueError as error:
            raise Refused("lot", part, "gs1.identifier", say("%(error)s", error=error)) from None
    if not lots:
        raise Refused("lot", text, "cases.required", say("必填"))
    return lots


def _time(text: str) -> int | None:
    """Seconds since 1970; a day without a time counts to its end, one without a zone is China's."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("time", text, "cases.time", say("应为 ISO 8601 时间（例：2026-03-01T08:00）")) from None
    if len(text) == len("2026-03-01"):
        moment += timedelta(days=1, seconds=-1)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=_CHINA)).timestamp())
