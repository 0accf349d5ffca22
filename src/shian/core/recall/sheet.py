"""The sortable sheet of a recall: one row per step that an affected lot took.

The columns join what FDA's FSMA 204 asks for in its *electronic sortable spreadsheet* (21 CFR 1.1455(c)(3)(ii): traceability
lot code, product, quantity and unit, previous source, subsequent recipient, dates, reference document) with what
Chinese law wants recorded of every purchase and sale (进货查验记录、批发销售记录, 食品安全法 §50, §51, §53: 名称、规格、数量、
生产批号、保质期、进货日期、供货者或购货者名称、地址、联系方式). What no record says stays blank.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache

from shian.core.trace import Kind, Mark, Trace

from .masterdata import Party

COLUMNS = (
    "追溯批次代码 (TLC)", "商品条码 (GTIN)", "食品名称", "规格", "生产批号", "保质期", "数量", "计量单位",
    "环节 (CTE)", "发出时间", "进货时间", "供货者编码", "供货者名称", "供货者地址", "供货者联系方式", "供货者许可证号",
    "购货者编码", "购货者名称", "购货者地址", "购货者联系方式", "购货者许可证号", "凭证号 (Reference Document)",
    "去向批次代码", "受影响起始时间", "记录缺口", "事件编号",
)  # fmt: skip

_CTE = {
    Kind.TRANSFORM: "加工 (transformation)",
    Kind.MOVE: "收货 (receiving)",
    Kind.DISPATCH: "发货，未见收货 (shipping)",
    Kind.RECEIPT: "收货，未见发货 (receiving)",
    Kind.PACK: "装载 (packing)",
    Kind.CONTENT: "卸载 (unpacking)",
    Kind.CARRY: "随载具移动 (receiving)",
    Kind.UNPACK: "卸载 (unpacking)",
    Kind.IMPLIED: "推定移动",
    Kind.ASSUMED: "地点不明，推定",
    Kind.ASSOC: "关联载具",
    Kind.CONTACT: "交叉接触",
}

_CTE_BY_NUMBER = tuple(_CTE.get(Kind(n), "") if n else "" for n in range(max(Kind) + 1))
"""The same by number: hashing an enum a million times takes longer than all the rest of a row."""

_GAPS = {
    Mark.SOURCE_UNKNOWN: "来源不明",
    Mark.NEVER_RECEIVED: "有发无收",
    Mark.DESTINATION_UNKNOWN: "去向不明",
    Mark.ELSEWHERE: "由其他平台记录",
    Mark.KILLED: "已杀灭处理",
    Mark.DEPTH: "查询深度所限",
}


@dataclass(frozen=True)
class MasterData:
    """Names behind ids. ``holders``: canonical id → business; ``products``: GTIN → (名称, 规格, 保质期);
    ``papers``: eventID → document number."""

    holders: Mapping[str, Party] = field(default_factory=dict)
    products: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    papers: Callable[[str], str] = lambda event_id: ""


def rows(trace: Trace, data: MasterData | None = None) -> Iterator[tuple[str, ...]]:
    """The rows of the sheet, one per edge of ``trace`` in order of time, values in the order of :data:`COLUMNS`."""
    data = data or MasterData()
    nodes = {n.number: n for n in trace.nodes}
    blank, nobody = ("", "", ""), ("", "", "", "")
    holders = {place: party[:4] for place, party in data.holders.items()}
    gaps = {n.number: "、".join(_GAPS[m] for m in n.marks if m in _GAPS) for n in trace.nodes if n.marks}
    for edge in trace.edges:
        src, dst = nodes[edge.src], nodes[edge.dst]
        gtin, batch = _lot(src.thing)
        product = data.products.get(gtin, blank)
        moved = src.place != dst.place
        amount, unit = (str(edge.quantity.value), edge.quantity.unit) if edge.quantity else ("", "")
        before, after = gaps.get(edge.src, ""), gaps.get(edge.dst, "")
        gap = f"{before}；{after}" if before and after else before or after
        yield (
            src.thing, gtin, product[0], product[1], batch, product[2], amount, unit,
            _CTE_BY_NUMBER[edge.kind], _time(edge.left), _time(edge.arrived) if edge.kind != Kind.DISPATCH else "",
            src.place, *holders.get(src.place, nobody),
            dst.place, *(holders.get(dst.place, nobody) if moved else nobody),
            data.papers(edge.event_id) if edge.event_id else "",
            dst.thing, _time(src.time) if src.time else "", gap, edge.event_id or "",
        )  # fmt: skip


@lru_cache(65536)
def _lot(thing: str) -> tuple[str, str]:
    """(GTIN, batch or serial) of a Digital Link; empty where the id is of another kind."""
    parts = thing.split("/")
    if "01" not in parts[3:-1]:
        return "", thing.rpartition("/")[2]
    at = parts.index("01", 3)
    return parts[at + 1], parts[at + 3] if len(parts) > at + 3 else ""


def _time(seconds: int) -> str:
    """China time. Formatting is slow, and a sheet of millions of steps has few days, a day 86,400 seconds."""
    day, second = divmod(seconds + 8 * 3600, 86400)
    return f"{_day(day)} {_clock()[second]}"


@lru_cache(4096)
def _day(number: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=number)).isoformat()


@cache
def _clock() -> list[str]:
    """Every second of a day as text."""
    return [f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(86400)]
