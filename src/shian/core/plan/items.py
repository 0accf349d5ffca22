"""An outline item read as a task: title, text, note, closing paragraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .notes import Note
from .outline import Item
from .running import find_notes
from .text import Text

_CLOSING = re.compile(
    r"(?:各[^，。；：]{1,40}?(?:要|请|应|于|须|需|务必)|以上|上述|请(?:各|于|按|认真|结合)|本(?:方案|计划|要点|安排|通知|清单|分工)|特此|附[：:]|联系(?:人|电话)|此前|自本)"
)
_STOP = "。！？"


@dataclass(frozen=True, slots=True)
class Layout:
    """How lines are broken: ``wrapped`` text is cut at about ``width`` characters, whatever the sense."""

    wrapped: bool
    width: int


def layout_of(text: Text, start: int, end: int) -> Layout:
    """Wrapped lines end anywhere and are about equally long."""
    widths = sorted(line.width for line in text.lines if start <= line.start < end and line.width >= 12)
    if len(widths) < 8:
        return Layout(False, widths[-1] if widths else 0)
    width = widths[int(len(widths) * 0.9)]
    long_lines = [line for line in text.lines if start <= line.start < end and line.width >= 0.8 * width]
    open_ended = sum(text.norm[line.end - 1] not in "。；：！？）”" for line in long_lines)
    wrapped = width <= 80 and len(long_lines) >= 6 and open_ended >= 0.5 * len(long_lines)
    return Layout(wrapped, width)


@dataclass(frozen=True, slots=True)
class Read:
    """An item as read. ``text_end`` is where its own words end (closing paragraphs come after)."""

    title: tuple[int, int]
    text_start: int
    text_end: int
    notes: tuple[Note, ...]


def read_item(text: Text, item: Item, layout: Layout, last: bool) -> Read:
    """Title up to the first 。 or the end of a heading line; notes; where the item's words end."""
    start, end = item.mark.body, item.own_end
    notes = list(find_notes(text, start, end))
    if last and (item.depth or notes):
        end = _without_closing(text, item, notes, end)
        notes = [n for n in notes if n.end <= end] or find_notes(text, start, end)
    if notes and notes[0].start == start and notes[0].shape == "bracket" and notes[0].end < end:
        start = notes[0].end  # （县教育局）5月底前完成…
    title_end, text_start = _title_end(text, item, layout, [n for n in notes if n.start >= start], end, start)
    return Read((start, title_end), text_start, end, tuple(notes))


_PAST = re.compile(
    r"(?:(?:19|20)\d\d年|上半年|上年度?|去年|前[一二三]季度|今年以来)?(?:度|的)?(?:主要|重点|食品安全)*(?:工作|任务)?(?:(?:主要)?(?:完成|开展|进展|推进|落实|回顾|基本)?(?:情况|成效|成绩|做法)|回顾|总结|回望)(?:与成效|和成效|及成效)?"
    r"|(?:当前)?(?:主要)?(?:存在|面临)(?:的)?(?:主要)?(?:问题|困难|不足)(?:和不足|与不足|及原因|和困难)?|(?:风险|形势)(?:研判|分析)|(?:主要)?(?:存在)?问题(?:和|与)(?:不足|短板|困难)"
)


def tells_of_the_past(text: Text, item: Item, layout: Layout) -> bool:
    """A section that reports (工作完成情况, 存在问题, 风险研判) asks nothing of anybody."""
    start, end = read_item(text, item, layout, last=False).title
    return end - start <= 24 and _PAST.fullmatch(text.norm, start, end) is not None


def _title_end(text: Text, item: Item, layout: Layout, notes: list[Note], end: int, start: int) -> tuple[int, int]:
    stop = end
    for mark in _STOP:
        hit = text.norm.find(mark, start, stop)
        while hit >= 0 and text.named[hit]:
            hit = text.norm.find(mark, hit + 1, stop)
        stop = hit if hit >= 0 else stop
    first_note = next((n.start for n in notes if n.start < stop and n.shape != "running"), None)
    line_end = _heading_end(text, start, stop, layout)
    cut = min(x for x in (stop, first_note, line_end) if x is not None)
    gap = _gap(text, item, start, cut)
    if gap is not None:
        return gap, gap
    title_end = cut
    while title_end > start and text.norm[title_end - 1] in "：，；、":
        title_end -= 1
    return title_end, cut + 1 if cut == stop and cut < end else cut


def _heading_end(text: Text, start: int, stop: int, layout: Layout) -> int | None:
    """End of the heading's line where the line break is meant, not forced by the page."""
    k = text.line_at(start)
    while k < len(text.lines) and text.lines[k].end < stop:
        line = text.lines[k]
        following = text.lines[k + 1] if k + 1 < len(text.lines) else None
        full = line.width + line.indent >= layout.width - 2
        if not layout.wrapped or not full or following is None or following.indent > line.indent + 1:
            return line.end if line.width <= 120 and text.norm[line.end - 1] not in "，、" else None
        k += 1
    return None


def _gap(text: Text, item: Item, start: int, cut: int) -> int | None:
    """In a document that lost its line breaks a space ends the heading."""
    if text.starts_line(item.mark.start) or item.mark.kind not in ("han", "chapter", "part"):
        return None
    for i in range(start + 4, min(cut, start + 45)):
        if text.at[i] != text.at[i - 1] + 1:
            return i
    return None


def _without_closing(text: Text, item: Item, notes: list[Note], end: int) -> int:
    """The last item ends with its note's paragraph; without a note, before a closing formula."""
    real = [n for n in notes if n.shape != "running"]
    floor = real[-1].end if real else None
    first = text.line_at(item.mark.start)
    bare_heading = text.norm.find("。", item.mark.body, text.line_end(item.mark.body)) < 0
    for line in text.lines[first + 1 + (bare_heading and floor is None) :]:
        if line.start >= end:
            break
        if floor is not None and line.start >= floor:
            return line.start
        if floor is None and _CLOSING.match(text.norm, line.start, line.end):
            return line.start
    if floor is not None and floor < end and text.norm[floor : floor + 1] not in ("。", ""):
        rest = _CLOSING.match(text.norm, floor, end)
        return floor if rest is not None else end
    return end


def words_of(text: Text, start: int, end: int, notes: tuple[Note, ...]) -> str:
    """The item's text with line breaks and notes taken out."""
    pieces, pos = [], start
    for n in notes:
        if n.shape == "running" or n.start < pos:
            continue
        pieces.append(text.raw[pos : n.start])
        pos = n.end
    pieces.append(text.raw[pos:end])
    return "".join(pieces).lstrip("。；，、：").replace("。。", "。") if len(pieces) > 1 else pieces[0]
