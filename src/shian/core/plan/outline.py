"""The outline of a plan: numbering marks → a forest of numbered items.

Chinese official documents number 一、 （一） 1. （1） ① (GB/T 9704-2012), but plans skip levels, run one
series through all chapters ((一)…(二十九)), use 第N章 and 第N条, or lose their line breaks.  So the depth
of a mark is not fixed: a mark is a sibling of the last open item of its own kind, otherwise a child.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .numerals import HAN, ordinal
from .text import Text

RANK = {"part": 0, "chapter": 1, "joint": 2, "article": 3, "named": 4, "han": 5, "han_bracket": 6,
        "decimal2": 7, "arabic": 8, "decimal3": 9, "arabic_bracket": 10, "circled": 11, "letter": 12, "heading": -1}

CAPITALS = "壹贰叁肆伍陆柒捌玖拾"
_N = rf"(?:[{HAN}]{{1,5}}|\d{{1,3}})"
_DATE_FOLLOWS = r"(?:19|20)\d\d(?:年|[./-]\d|[01]\d[0-3]\d(?!\d))|\d{1,2}(?:月|[./]\d{1,2}(?:日|[前止]|[之以]前))"
"""A date right behind the number of its item: 1.2026年…, 3.9.30前."""
_MARKS = [
    ("part", rf"第(?P<part>{_N})(?:部分|篇|编)[、：.]?"),
    ("chapter", rf"第(?P<chapter>{_N})章[、：.]?"),
    ("joint", rf"第(?P<joint>{_N})节[、：.]?"),
    ("article", rf"第(?P<article>{_N})(?:条(?![第款项]|规定)|项(?=[、：.\u4e00-\u9fff]))[、：.]?"),
    ("named", rf"(?:重点|主要|专项|具体)?(?:任务|行动|工程|举措|措施|事项|项目)(?P<named>{_N})[、：.]"),
    ("han", rf"(?P<han>[一二三四五六七八九十百〇零]{{1,5}}|[{CAPITALS}]{{1,3}})(?:[、.]|，(?![一二三四五六七八九十]))"),
    ("han_bracket", rf"（(?P<han_bracket>[一二三四五六七八九十百〇零]{{1,5}}|[{CAPITALS}]{{1,3}})）[、.]?"),
    ("decimal3", r"(?P<decimal3>\d{1,2}\.\d{1,2}\.\d{1,2})(?:[、.]|(?![.\d前止日之以]))"),
    ("decimal2", r"(?P<decimal2>\d{1,2}\.\d{1,2})(?:[、.](?!\d{1,2}(?:日|[前止]|[之以]前))|(?![.\d%‰万亿百千个家项名所次场件元亩吨人米月日年小倍前止]|[之以]前))"),
    ("arabic", rf"(?P<arabic>\d{{1,3}})(?:、|\.(?!\d)|\.(?={_DATE_FOLLOWS})|，(?!\d)|：)"),
    ("arabic_bracket", r"(?:（(?P<arabic_bracket>\d{1,3})）|(?P<arabic_half>\d{1,3})）)[、.]?"),
    ("circled", r"(?P<circled>[①-⑳㉑-㉟])[、.]?"),
    ("letter", r"(?P<letter>[A-Ha-h])[、.）](?![A-Za-z\d])"),
]
_MARK = re.compile("|".join(f"(?:{p})" for _, p in _MARKS))
_LIST_WORDS = re.compile(rf"[{HAN}\d]{{1,3}}[、，和]|\d{{1,3}}(?:月|日|家|个|项|季度|号|%|批|次)|季度")
_DATED = re.compile(r"\d{4}年|(?<=\.)\d{1,2}月(?:[底末初上中下]|\d{1,2}日)|\d{1,2}月(?:[底末]|\d{1,2}日)(?:之前|以前|前)")
_LOOSE = re.compile(rf"(?P<arabic>\d{{1,3}})(?=[\u4e00-\u9fff“《])|(?P<han>[{HAN}]{{1,3}})(?=[\u4e00-\u9fff“《])")
_CONTENTS_LINE = re.compile(r"(?:\.{3,}|…{2,}|·{3,}|-{4,})-?\d{1,3}-?$")
LABEL_WORD = re.compile(r"[\u4e00-\u9fff]{2,8}：")


@dataclass(frozen=True, slots=True)
class Mark:
    """A numbering mark at ``start``; the item's own words begin at ``body``."""

    kind: str
    value: int
    no: str
    start: int
    body: int


@dataclass(slots=True)
class Item:
    """A numbered item with its sub-items. ``end`` is exclusive and covers the children."""

    mark: Mark
    end: int
    depth: int
    children: list[Item] = field(default_factory=list)

    def leaves(self) -> Iterator[Item]:
        """Lowest-level items, in order, by an explicit stack (no recursion limit)."""
        stack = [self]
        while stack:
            item = stack.pop()
            if item.children:
                stack.extend(reversed(item.children))
            else:
                yield item

    @property
    def own_end(self) -> int:
        """Where the item's own words end: at its first child, or its end."""
        return self.children[0].mark.start if self.children else self.end


def read_mark(text: Text, pos: int) -> Mark | None:
    """The numbering mark that begins at ``pos``, if one does."""
    m = _MARK.match(text.norm, pos)
    if m is None:
        return None
    kind = m.lastgroup or ""
    number = m.group(kind)
    kind = "arabic_bracket" if kind == "arabic_half" else kind
    value = ordinal(number.rpartition(".")[2])
    if value is None or (value == 0 and kind != "arabic"):
        return None
    if pos and text.norm[pos].isdecimal() and text.norm[pos - 1 : pos].isalnum() and text.norm[pos - 1].isascii():
        return None  # a number cut in two by the end of its line
    if kind == "arabic_bracket" and any(text.pairs.get(i, -1) in range(pos, m.end()) for i in _openings(text, pos)):
        return None
    rest = text.norm[m.end() : m.end() + 6]
    if kind in ("han", "arabic") and _LIST_WORDS.match(rest) and not _DATED.match(text.norm, m.end()):
        return None
    printed = text.raw[pos : m.end()].rstrip("、．.：:，, 　")
    return Mark(kind, value, printed, pos, m.end())


def _openings(text: Text, pos: int) -> list[int]:
    """Opening brackets in the sixty characters before ``pos``."""
    return [i for i in range(max(0, pos - 60), pos) if text.norm[i] == "（"]


def _loose_mark(text: Text, pos: int) -> Mark | None:
    """``1 加强…``: a number set off by white space only. Believed only as part of a series."""
    m = _LOOSE.match(text.norm, pos)
    if m is None:
        return None
    end = m.end()
    if end >= len(text.at) or text.at[end] == text.at[end - 1] + 1:
        return None
    kind = m.lastgroup or ""
    value = ordinal(m.group())
    return Mark("loose_" + kind, value, text.raw[pos:end], pos, end) if value else None


def find_marks(text: Text, start: int, end: int) -> list[Mark]:
    """Marks between two offsets: those that begin a line, and those that lost their line break."""
    at_lines: list[Mark] = []
    loose: list[Mark] = []
    for k in range(text.line_at(start), len(text.lines)):
        line = text.lines[k]
        if line.start >= end:
            break
        if line.start < start or _CONTENTS_LINE.search(text.norm, max(line.start, line.end - 12), line.end):
            continue
        mark = read_mark(text, line.start)
        if mark is not None:
            at_lines.append(mark)
        elif (free := _loose_mark(text, line.start)) is not None:
            loose.append(free)
    at_lines = sorted([*_in_step(at_lines), *_believed(loose)], key=lambda m: m.start)
    return _with_inline(text, at_lines, start, end)


def _in_step(marks: list[Mark]) -> list[Mark]:
    """Decimal marks (2.1) count only where they follow each other; 4.5批次 at a line's start is no mark."""
    out: list[Mark] = []
    last: dict[str, tuple[int, ...]] = {}
    for m in marks:
        if m.kind in ("decimal2", "decimal3"):
            numbers = tuple(int(n) for n in re.findall(r"\d+", m.no))
            before = last.get(m.kind)
            steps = numbers[-1] == 1 if before is None else numbers == (*before[:-1], before[-1] + 1) or (numbers[-1] == 1 and numbers > before)
            if not steps:
                continue
            last[m.kind] = numbers
        out.append(m)
    return out


def _believed(loose: list[Mark]) -> list[Mark]:
    """Loose marks count when their kind runs 1, 2, 3 … at least to 3."""
    out: list[Mark] = []
    for kind in ("arabic", "han"):
        series = [m for m in loose if m.kind == "loose_" + kind]
        run: list[Mark] = []
        for m in series:
            if m.value == (run[-1].value + 1 if run else 1):
                run.append(m)
        if len(run) >= 3:
            out += [Mark(kind, m.value, m.no, m.start, m.body) for m in run]
    return out


_INLINE = re.compile(
    r"第[一二三四五六七八九十百\d]{1,4}[条章]|[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|\d{1,3}[、.](?!\d(?!\d{3}年))"
)
_BREAK_BEFORE = "。；！？）”：…"


def _with_inline(text: Text, marks: list[Mark], start: int, end: int) -> list[Mark]:
    """Add marks inside lines where the break was lost: they must carry the open series on.

    A mark inside a line is accepted after a full stop or a closing bracket when it is the next of a
    series that is open, or, with value 1, begins one that is continued later.
    """
    out: list[Mark] = []
    open_series: dict[str, int] = {}
    upcoming = iter([*marks, None])
    following = next(upcoming)
    inside = _inline_candidates(text, start, end, len(marks) > 2)
    for m, inline, parted in sorted([*((m, False, True) for m in marks), *((m, True, p) for m, p in inside)], key=lambda p: (p[0].start, p[1])):
        if not inline:
            following = next(upcoming)
        elif not (parted or _stuck(text, out[-1] if out else None, m)) or not _carries_on(m, open_series, following, text, out):
            continue
        if out and m.start < out[-1].body:
            continue
        out.append(m)
        open_series = {k: v for k, v in open_series.items() if RANK[k] < RANK[m.kind]} | {m.kind: m.value}
    return out


def _carries_on(m: Mark, open_series: dict[str, int], following: Mark | None, text: Text, out: list[Mark]) -> bool:
    if m.kind in open_series:
        if m.value != open_series[m.kind] + 1:
            return False
        return following is None or following.kind != m.kind or following.value != m.value
    last = out[-1] if out else None
    earlier = [o.value for o in out[-400:] if o.kind == m.kind]
    if m.value not in (1, max(earlier, default=0) + 1):
        return False
    if last is not None and RANK[last.kind] >= RANK[m.kind]:
        return m.value > 1
    if earlier and _stuck(text, last, m):
        return True
    if following is not None and following.kind == m.kind:
        return following.value == m.value + 1
    return _continues_later(text, m, str(m.value + 1))


def _stuck(text: Text, last: Mark | None, m: Mark) -> bool:
    """``一、压实责任（一）落实…``: a mark right behind the heading above it, no stop in between."""
    if last is None or not 2 <= m.start - last.body <= 45:
        return False
    return re.search("[。；：！？]", text.norm[last.body : m.start]) is None and RANK[last.kind] < RANK[m.kind]


def _continues_later(text: Text, m: Mark, nxt: str) -> bool:
    """Whether the next number of the kind is printed within the next 20,000 characters."""
    han = number_to_han(m.value + 1)
    shape = {"han": han + "、", "han_bracket": f"（{han}）", "article": f"第{han}条", "chapter": f"第{han}章"}.get(m.kind)
    window_end = m.body + 20_000
    if shape is not None:
        return text.norm.find(shape, m.body, window_end) >= 0
    return text.norm.find(nxt + ".", m.body, window_end) >= 0 or text.norm.find(nxt + "、", m.body, window_end) >= 0


def number_to_han(n: int) -> str:
    """1 … 99 in Chinese: 21 → 二十一."""
    digits = "〇一二三四五六七八九"
    if n < 10:
        return digits[n]
    tens, ones = divmod(n, 10)
    return ("" if tens == 1 else digits[tens % 10]) + "十" + (digits[ones] if ones else "")


def _inline_candidates(text: Text, start: int, end: int, has_line_marks: bool) -> Iterator[tuple[Mark, bool]]:
    """Marks inside lines; the flag says that white space or a stop stands before."""
    for m in _INLINE.finditer(text.norm, start, end):
        pos = m.start()
        if text.starts_line(pos) or text.named[pos]:
            continue
        before = text.norm[pos - 1] if pos else "。"
        spaced = pos > 0 and text.at[pos] != text.at[pos - 1] + 1
        parted = pos == start or before in ("。）；！" if has_line_marks else _BREAK_BEFORE) or (spaced and not has_line_marks)
        if (mark := read_mark(text, pos)) is not None and mark.kind in ("han", "han_bracket", "arabic", "article", "chapter"):
            yield mark, parted


def build(marks: list[Mark], end: int) -> list[Item]:
    """Nest marks into a forest; ``end`` is where the last item ends."""
    rank = _ranks(marks)
    roots: list[Item] = []
    stack: list[Item] = []
    for mark in marks:
        while stack and rank[stack[-1].mark.kind] >= rank[mark.kind]:
            stack.pop().end = mark.start
        item = Item(mark, end, len(stack))
        (stack[-1].children if stack else roots).append(item)
        stack.append(item)
    return roots


_SENTENCE_END = "。；！？：，、）”"
_TOP_KINDS = ("part", "chapter", "named", "han")


def with_headings(text: Text, roots: list[Item], body_start: int) -> list[Item]:
    """Sections whose headings carry no number: short lines between numbered items (压实责任 / 1. … 2. …)."""
    if not roots or any(r.mark.kind in _TOP_KINDS for r in roots):
        return roots
    headings: list[tuple[int, int, int]] = []
    for i, root in enumerate(roots):
        k = text.line_at(root.mark.start)
        if k == 0 or not text.starts_line(root.mark.start):
            continue
        line = text.lines[k - 1]
        floor = body_start if i == 0 else text.lines[text.line_at(roots[i - 1].mark.start)].end
        before = text.norm[line.start - 1 : line.start]
        closed = i == 0 or before in ("。", "）", "；")
        if line.start >= floor and closed and 4 <= line.width <= 30 and text.norm[line.end - 1] not in _SENTENCE_END and "：" not in text.norm[line.start : line.end]:
            headings.append((i, line.start, line.end))
    if len(headings) < 2 or headings[0][0] != 0:
        return roots
    out: list[Item] = []
    for (first, start, _), following in zip(headings, [*headings[1:], (len(roots), roots[-1].end, 0)], strict=True):
        children = roots[first : following[0]]
        children[-1].end = following[1]
        out.append(Item(Mark("heading", 0, "", start, start), following[1], 0, children))
        for child in children:
            child.depth += 1
    return out


def _ranks(marks: list[Mark]) -> dict[str, int]:
    """The usual order of kinds, unless the first kind plainly contains one that usually stands above it."""
    rank = dict(RANK)
    if not marks:
        return rank
    first = marks[0].kind
    for other in {m.kind for m in marks}:
        if RANK[other] < RANK[first] and _contains(marks, first, other):
            rank[first] = min(rank[first], rank[other]) - 1
    return rank


def _contains(marks: list[Mark], outer: str, inner: str) -> bool:
    """The outer series runs 1, 2, 3 … without a restart, with items of the inner kind in between."""
    last_outer, seen_inner, outer_after = 0, 0, False
    for m in marks:
        if m.kind == outer:
            if m.value != last_outer + 1:
                return False
            last_outer = m.value
            outer_after = outer_after or seen_inner > 0
        elif m.kind == inner:
            seen_inner += 1
    return outer_after and seen_inner >= 2
