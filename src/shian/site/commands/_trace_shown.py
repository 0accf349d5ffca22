"""Answers for people: what matters first, then a table that fits the screen."""

from __future__ import annotations

import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import click
from rich.cells import cell_len, set_cell_size

from ._epcis_store import clock_time

if TYPE_CHECKING:
    from shian.core.recall import Balance, Party, PartyTotal
    from shian.core.trace import Quantity, Trace, TraceNode

MARKS = {
    "origin": "源头", "source-unknown": "来源不明", "never-received": "有发无收", "destination-unknown": "去向不明",
    "another-platform": "其他平台", "kill-step": "已杀灭", "depth-limit": "到达步数上限",
}  # fmt: skip
_GAPS = {
    "source-unknown": "来源不明 {} 处（没有记录说从谁那里来）",
    "never-received": "有发无收 {} 处（发货方有记录，收货方没有）",
    "destination-unknown": "去向不明 {} 处（发出而未写明给谁）",
    "another-platform": "其他平台 {} 处（须到该平台续查）",
    "depth-limit": "到达步数上限 {} 处（去掉 --depth 可续查）",
}
_WAYS = {"forward": "顺向追踪", "backward": "逆向溯源", "both": "双向追溯"}
SCREEN_ROWS = 20


def short(identifier: str) -> str:
    """A lot as scanners show it, ``(01)…(10)…``, a holder by its GLN: both can be typed back."""
    parts = identifier.removeprefix("https://id.gs1.org/").split("/")
    if len(parts) == len(identifier.split("/")) or len(parts) % 2:
        return identifier
    if parts[0] == "414":
        return parts[1]
    return "".join(f"({parts[i]}){parts[i + 1]}" for i in range(0, len(parts), 2))


def plain(value: Decimal) -> str:
    """Without exponent and needless zeros."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amounts(values: Mapping[str, Decimal]) -> str:
    """Sums by unit; pieces where the unit is empty."""
    return "、".join(f"{plain(v)} {unit or '件'}" for unit, v in sorted(values.items())) or "未记录"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], most: int | None, more: str) -> None:
    """Aligned columns, full-width characters counted as two; the last column takes what the screen leaves."""
    every = list(rows)
    screen = sys.stdout.isatty()
    limit = (SCREEN_ROWS if screen else 0) if most is None else most
    shown = every[:limit] if limit else every
    widths = [max(cell_len(row[i]) for row in (headings, *shown)) for i in range(len(headings))]
    room = shutil.get_terminal_size().columns if screen else sys.maxsize
    for row in (headings, *shown):
        cells = [
            *(set_cell_size(cell, width) for cell, width in zip(row[:-1], widths, strict=False)),
            row[-1],
        ]
        line = "  ".join(cells).rstrip()
        click.echo(set_cell_size(line, room).rstrip() if cell_len(line) > room else line)
    if len(every) > len(shown):
        click.echo(f"……另有 {len(every) - len(shown):,} 行：{more}")


def summary(trace: Trace, totals: Sequence[PartyTotal], parties: Mapping[str, Party]) -> None:
    """Where did it go, how much of it, what is not known."""
    nodes = [n for n in trace.nodes if not n.place.startswith("#")]
    places = {n.place for n in nodes if n.place}
    lots = {n.thing for n in nodes}
    first = [n for n in nodes if n.number in set(trace.starts)]
    asked = list(dict.fromkeys(short(n.thing) for n in first))
    click.echo(
        f"{_WAYS[trace.direction.value]}：{asked[0] if asked else ''}{f' 等 {len(asked)} 个批次' if len(asked) > 1 else ''}"
    )
    deepest = max((n.depth for n in nodes), default=0)
    click.echo(
        f"  涉及  {len(places):,} 家主体、{len(lots):,} 个批次（{len(trace.nodes):,} 个批次状态，{len(trace.edges):,} 条边），最远 {deepest} 步"
    )
    click.echo(f"  主体  {_kinds(totals, parties)}")
    received: dict[str, Decimal] = defaultdict(Decimal)
    for q in (q for total in totals for q in total.received):
        received[q.unit] += q.value
    unsaid = sum(t.unquantified for t in totals)
    click.echo(
        f"  数量  各环节收货合计 {amounts(received)}{f'；另有 {unsaid:,} 次移动未记数量' if unsaid else ''}"
    )
    times = [t for e in trace.edges for t in (e.left, e.arrived) if 0 < t < 2**32 - 2]
    if times:
        click.echo(f"  时间  {clock_time(min(times))[:16]} 至 {clock_time(max(times))[:16]}")
    count = Counter(m.value for n in trace.nodes for m in n.marks)
    gaps = [text.format(f"{count[key]:,}") for key, text in _GAPS.items() if count[key]]
    click.echo(f"  缺口  {'；'.join(gaps) if gaps else '记录完整，没有缺口'}")


def _kinds(totals: Sequence[PartyTotal], parties: Mapping[str, Party]) -> str:
    """Businesses by kind: as the table of businesses says, else by what they did with the goods."""
    did: dict[str, set[str]] = defaultdict(set)
    for t in totals:
        if t.place:
            did[t.place] |= {w for w, q in (("加工", t.used), ("转出", t.shipped), ("收货", t.received)) if q}
    kinds: Counter[str] = Counter()
    for place, deeds in did.items():
        known = parties.get(place)
        kinds[(known.kind if known else "") or _deed(deeds)] += 1
    return "、".join(f"{kind} {n:,} 家" for kind, n in kinds.most_common(8)) or "无"


def _deed(deeds: set[str]) -> str:
    if "加工" in deeds:
        return "加工使用"
    if "转出" in deeds:
        return "转销" if "收货" in deeds else "起始供应"
    return "末端（收货后无转出记录）" if "收货" in deeds else "数量未记录"


def states(trace: Trace, parties: Mapping[str, Party], most: int | None) -> None:
    """One line per lot at a holder, nearest first."""
    rows = (
        (str(n.depth), clock_time(n.time)[:16], short(n.thing), name(n.place, parties), _marks(n))
        for n in trace.nodes
        if not n.place.startswith("#")
    )
    click.echo("")
    table(
        ("步", "时间", "批次", "主体", "标注"),
        rows,
        most,
        "--rows 0 列出全部，shian trace recall … --sheet 表.xlsx 导出",
    )


def name(place: str, parties: Mapping[str, Party]) -> str:
    """A holder by name where it is known."""
    if place in parties:
        return f"{parties[place].name}（{short(place)}）"
    return short(place) or "地点未记录"


def _marks(node: TraceNode) -> str:
    return "、".join(
        MARKS[m.value] + (f"：{node.platform}" if m.value == "another-platform" else "") for m in node.marks
    )


def affected(
    totals: Sequence[PartyTotal], trace: Trace, parties: Mapping[str, Party], most: int | None
) -> None:
    """One line per business, those that got most first: whom to call."""
    marks: dict[str, list[str]] = defaultdict(list)
    for node in trace.nodes:
        marks[node.place] += [MARKS[m.value] for m in node.marks if m.value in _GAPS]
    by_place: dict[str, list[PartyTotal]] = defaultdict(list)
    for total in totals:
        by_place[total.place].append(total)
    rows = []
    for place, mine in by_place.items():
        sums = [_sums(q for t in mine for q in getattr(t, side)) for side in ("received", "shipped", "used")]
        unsaid = any(t.unquantified for t in mine)
        rows.append((
            -sum(sums[0].values()), place, name(place, parties), f"{len(mine):,}",
            *(amounts(s) if s else ("未记录" if unsaid else "—") for s in sums), "、".join(dict.fromkeys(marks[place])),
        ))  # fmt: skip
    click.echo("")
    head = ("主体", "批次", "收", "发", "用", "缺口")
    table(head, (row[2:] for row in sorted(rows)), most, "--rows 0 列出全部，--sheet 表.xlsx 导出每一步")


def _sums(quantities: Iterable[Quantity]) -> dict[str, Decimal]:
    out: dict[str, Decimal] = defaultdict(Decimal)
    for q in quantities:
        out[q.unit] += q.value
    return out


def balance(found: Iterable[Balance], most: int | None, whole: bool) -> None:
    """How much is still out there; the lots themselves only if the ``whole`` table is wanted."""
    rows = list(found)
    still: dict[str, Decimal] = defaultdict(Decimal)
    for b in rows:
        if b.out_there:
            still[b.unit] += b.out_there
    unsure = sum(b.unexplained is None for b in rows)
    off = sum(b.unexplained is not None and b.unexplained != 0 for b in rows)
    sure = len(rows) - unsure
    click.echo(
        f"  在外  记录可见的结存与在途 {amounts(still)}；{sure:,} 个批次可算清，其中 {off:,} 个账实不符；{unsure:,} 个数量不全"
    )
    if whole:
        click.echo("")
        cells = (
            (short(b.thing), *map(_figure, (b.entered, b.used, b.on_hand, b.in_transit, b.unexplained)), "、".join(u or "件" for u in b.units))
            for b in sorted(rows, key=lambda b: (-(b.out_there or 0), b.thing))
        )  # fmt: skip
        table(("批次", "进", "用", "结存", "在途", "差额", "单位"), cells, most, "--rows 0 列出全部")


def _figure(value: Decimal | None) -> str:
    return "未知" if value is None else plain(value)
