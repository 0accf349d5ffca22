"""Who issued the document and when: heading, signature (落款), imprint (版记), bracket under the title."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from .numerals import han_to_number
from .text import Text

DATE = re.compile(r"(?P<y>(?:19|20)\d\d|[二〇零一九]{1}[〇零一二三四五六七八九○O0]{3})年(?P<m>\d{1,2}|[一二三四五六七八九十]{1,2})月(?P<d>\d{1,2}|[一二三四五六七八九十]{1,3})日")
_ORG_END = r"(?:政府|委员会|办公室|办公厅|局|厅|办|委|部|指挥部|领导小组|工作组|联席会议|总社|中心|院|政府办|专班|委办|管委会|公安部|总局)"
ORG_LINE = re.compile(rf"(?:中共)?[\u4e00-\u9fff、·]{{2,40}}{_ORG_END}(?:（[^（）]{{1,8}}）)?")

@dataclass(frozen=True, slots=True)
class Frame:
    """Where the plan's own text stands: the body in ``norm``; the notice before it, if any."""

    body_start: int
    body_end: int
    notice: tuple[int, int] | None
    title: tuple[int, int] | None
    notice_title: re.Match[str] | None


_DAY = r"(?:(?:19|20)\d\d年\d{1,2}月\d{1,2}日|二〇[〇一二三四五六七八九]{2}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日)"
_IMPRINT = re.compile(rf"（?(?P<who>[\u4e00-\u9fff、·]{{2,40}}?{_ORG_END})?于?(?P<when>{_DAY})(?P<by>[\u4e00-\u9fff、·]{{2,40}}?{_ORG_END})?(?P<verb>印发|发布|制定|通过)?）?")
"""（某办公室2025年3月8日印发） under the title, or at the foot."""
_LABEL = re.compile(r"(?:发文|发布|印发|制发|制定|成文|编制)(?:机关|机构|单位|部门)：")


def imprint_at(text: Text, start: int, end: int) -> re.Match[str] | None:
    """An imprint that fills ``norm[start:end]``, in brackets or with 印发."""
    m = _IMPRINT.fullmatch(text.norm, start, end) if end - start <= 100 else None
    bracketed = m is not None and text.norm[start] == "（" and text.norm[end - 1] == "）"
    return m if m is not None and (bracketed or (m.group("verb") and (m.group("who") or m.group("by")))) else None


def _imprint(text: Text, frame: Frame) -> re.Match[str] | None:
    """The imprint right under the title, else one on a line at the foot."""
    if frame.title is not None and text.norm[frame.title[1] : frame.title[1] + 1] == "（":
        close = text.pairs.get(frame.title[1], -1)
        if close > 0 and (m := imprint_at(text, frame.title[1], close + 1)) is not None:
            return m
    return next((m for line in reversed(text.lines[-8:]) if (m := imprint_at(text, line.start, line.end)) is not None), None)


def issuer_of(text: Text, frame: Frame) -> str | None:
    """The body that issues it: before 关于印发…, in the title, in the red heading, by label, signature or imprint."""
    for found in (_of_notice(text, frame), _of_title(text, frame), _of_heading(text, frame), _of_label(text, frame)):
        if found is not None:
            return found
    if (signed := _signature(text, frame)) is not None:
        return signed
    m = _imprint(text, frame)
    group = next((g for g in ("who", "by") if m and m.group(g)), None)
    return text.raw[m.start(group) : m.end(group)] if m and group else None


def _of_notice(text: Text, frame: Frame) -> str | None:
    m = frame.notice_title
    if m is None:
        return None
    k = text.line_at(m.start())
    start, end = text.lines[k].start, m.start()
    if start == end and k > 0:
        end = text.lines[k - 1].end
        start = text.lines[_block(text, k - 1)].start
    if end - start > 2 and text.norm[start] in "（“" and text.norm[end - 1] in "）”":  # 【某省农业农村厅】关于印发…
        start, end = start + 1, end - 1
    words = re.sub(r"^.*(?:号|文件)(?=.{4})", "", text.norm[start:end])
    begin = _names_before(text, end - len(words), end)
    return text.raw[begin:end] if _is_org(text, begin, end) else None


def _of_title(text: Text, frame: Frame) -> str | None:
    if frame.title is None:
        return None
    own = re.match(rf"(?P<o>{ORG_LINE.pattern})(?:关于|[印转]发《)", text.norm[frame.title[0] : frame.title[1]])
    if own is None or own.group("o").startswith("各"):
        return None
    return text.raw[frame.title[0] : frame.title[0] + own.end("o")]


def _of_heading(text: Text, frame: Frame) -> str | None:
    for line in text.lines[:40]:
        if line.start >= frame.body_start:
            break
        words = text.norm[line.start : line.end]
        if words.endswith("文件") and ORG_LINE.fullmatch(words[:-2]):
            return text.raw[line.start : line.end - 2]
    return None


def _of_label(text: Text, frame: Frame) -> str | None:
    """发文机关：… up to white space or the end of its line."""
    m = _LABEL.search(text.norm, 0, min(max(frame.body_start, 1), 800))
    if m is None:
        return None
    end = m.end() + 1
    line_end = text.line_end(m.start())
    while end < line_end and text.at[end] == text.at[end - 1] + 1:
        end += 1
    return text.raw[m.end() : end] if ORG_LINE.fullmatch(text.norm, m.end(), min(end, line_end)) else None


def _is_org(text: Text, start: int, end: int) -> bool:
    """One name, or several on lines of their own."""
    return start < end and text.norm[start] not in "各全" and (ORG_LINE.fullmatch(text.norm, start, end) is not None or (
        text.starts_line(start) and end - start <= 200 and all(
            ORG_LINE.fullmatch(text.norm, max(line.start, start), min(line.end, end))
            for line in text.lines[text.line_at(start) : text.line_at(end - 1) + 1])))


def _block(text: Text, k: int) -> int:
    """First line of the run of names that ends with line ``k``."""
    first = k
    while first > max(0, k - 8) and ORG_LINE.fullmatch(text.norm, text.lines[first - 1].start, text.lines[first - 1].end) and not text.norm.startswith(("各", "全"), text.lines[first - 1].start):
        first -= 1
    return first


def _names_before(text: Text, first: int, end: int) -> int:
    """Start of the run of bodies, parted by white space, that ends at ``end``; ``first`` if there is none."""
    begin, stop = first, end
    for i in range(end - 1, first - 1, -1):
        if i == first or text.at[i] != text.at[i - 1] + 1:
            if not ORG_LINE.fullmatch(text.norm[i:stop]):
                break
            begin = stop = i
    return begin


_CHOP = re.compile(r"[（(〔\[][^（()）]{1,8}[）)〕\]]")


def _signature(text: Text, frame: Frame) -> str | None:
    """The names above a date line, in the notice or at the foot."""
    for k, (above, below) in enumerate(zip(text.lines, text.lines[1:], strict=False)):
        outside = below.start < frame.body_start or above.start >= frame.body_end
        if outside and DATE.fullmatch(text.norm, below.start, below.end) and ORG_LINE.fullmatch(text.norm, above.start, above.end):
            first = text.lines[_block(text, k)]
            start = first.start if first.start >= frame.body_end or below.start < frame.body_start else above.start
            return _CHOP.sub("", text.raw[start : above.end])
    if (closing := _closing_date(text)) is not None:
        begin = _names_before(text, max(0, closing.start() - 40), closing.start())
        begin = max(begin, *(text.norm.rfind(stop, begin, closing.start() - 2) + 1 for stop in "。；）：！"))
        if ORG_LINE.fullmatch(text.norm, begin, closing.start()):
            return text.raw[begin : closing.start()]
    for k, line in enumerate(text.lines[:6]):
        words = text.norm[line.start : line.end]
        if line.start < frame.body_start and ORG_LINE.fullmatch(words) and not words.startswith(("各", "全")):
            last = k
            while last + 1 < len(text.lines) and text.lines[last + 1].start < frame.body_start and ORG_LINE.fullmatch(text.norm, text.lines[last + 1].start, text.lines[last + 1].end):
                last += 1
            return text.raw[line.start : text.lines[last].end]
    return None


def _read_date(m: re.Match[str]) -> dt.date | None:
    parts = []
    for name in ("y", "m", "d"):
        printed = m.group(name).replace("○", "〇").replace("O", "〇").replace("0", "〇") if not m.group(name).isdecimal() else m.group(name)
        value = int(printed) if printed.isdecimal() else han_to_number(printed)
        if value is None:
            return None
        parts.append(int(value))
    try:
        return dt.date(*parts)
    except ValueError:
        return None


def _closing_date(text: Text) -> re.Match[str] | None:
    """The date that ends the text, with a signature before it."""
    tail = max(0, len(text.norm) - 14)
    m = next((m for m in DATE.finditer(text.norm, tail) if m.end() == len(text.norm)), None)
    return m if m is not None and re.search(rf"{_ORG_END}$", text.norm[max(0, m.start() - 8) : m.start()]) else None


def date_of(text: Text, frame: Frame) -> dt.date | None:
    """成文日期: alone on its line, after a signature, or in the imprint (…印发)."""
    outside = [(0, frame.body_start), (frame.body_end, len(text.norm))]
    if (imprint := _imprint(text, frame)) is not None and frame.notice is None and (m := DATE.search(imprint.group("when"))) is not None:
        return _read_date(m)
    closing = _closing_date(text)
    if closing is not None and frame.notice is None:
        return _read_date(closing)
    for shape in ("alone", "signed"):
        for a, b in outside:
            for m in DATE.finditer(text.norm, a, b):
                own_line = text.starts_line(m.start()) and m.end() == text.line_end(m.start())
                bracketed = text.norm[m.start() - 1 : m.start()] == "（" and text.norm[m.end() : m.end() + 1] == "）" and text.starts_line(m.start() - 1)
                signed = re.search(rf"{_ORG_END}(?:（[代印盖]?章）)?$|成文日期：?$", text.norm[max(0, m.start() - 12) : m.start()]) is not None
                followed = text.norm[m.end() : m.end() + 2] in ("", "印发", "（此", "附件", "抄送", "（公", "印")
                if (shape == "alone" and (own_line or bracketed)) or (shape == "signed" and signed and (followed or own_line or text.at[m.end() - 1] + 1 != (text.at[m.end()] if m.end() < len(text.at) else -1))):
                    return _read_date(m)
    return None
