"""Responsibility notes (责任分工): where an item says who does it.

Two shapes are printed for it: brackets of any kind after a sentence (（A、B按职责分工负责）) and labelled lines
or clauses (责任单位：A、B). Where an item has neither, :mod:`.running` reads its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .model import Role, Unit
from .text import Text
from .units import PARTY_END, is_party, read_units

_BODY = "(?:责任)?(?:单位|部门|科室|处室|股室|科股室|主体|机构|地区|方)"
_LEAD = rf"(?:总?牵头|主办|主责|主要责任|第一责任|牵头责任){_BODY}|牵头|主办"
_SUPPORT = rf"(?:协同配合|配合|协办|协助|参与|参加|协同|联办|协作|会办|支持|配合责任){_BODY}|配合|协办"
_JOINT = rf"(?:责任|负责|落实|承办|实施|执行|承担|完成|督办|督导|职责|主管|监管|共同责任|具体责任|工作){_BODY}|责任分工|责任主体|分工|任务分工|职责分工|责任"
_PERSON = r"(?:分管|包保|包抓|联系|挂点|挂帅|督导|督办|市级|县级|区级|省级|责任|牵头|负责|主管|第一|直接|具体)*(?:领导|责任人|负责人|联系人|联络人|责任领导|牵头领导|市领导|县领导|区领导|人员)"
_DUE = r"(?:计划|预计|拟)?(?:完成|办结|工作|实施|落实|推进|整改|任务)?(?:时限|时间|期限|时间节点|节点|进度|时间安排|进度安排|时限要求|进度要求|时间要求)"
LABEL = re.compile(rf"(?P<lead>{_LEAD})|(?P<support>{_SUPPORT})|(?P<person>{_PERSON})|(?P<joint>{_JOINT})|(?P<due>{_DUE})")
_LABEL_AT = re.compile(rf"(?:(?P<lead>{_LEAD})|(?P<support>{_SUPPORT})|(?P<person>{_PERSON})|(?P<joint>{_JOINT})|(?P<due>{_DUE}))(?:：|为：|是：)")
_LABEL_IS = re.compile(rf"(?:(?P<lead>(?:牵头|主办){_BODY})|(?P<support>(?:配合|协办|参与){_BODY})|(?P<joint>(?:责任|负责|落实|承办){_BODY}))(?:为|是)(?!第一)")
_ROLES: dict[str, Role] = {"lead": "lead", "support": "support", "joint": "joint"}
_VERB_END = re.compile(r"(?:负责|牵头|配合|落实|参与|协助|实施|推进|承办|主办|分工|办理|指导|督导|督促|监督|督办|抓落实|完成)(?:[。]?)$|(?:牵头|按职责分工|按照职责分工|分工负责)")
_ACTS_ON = re.compile(r"(?P<p>[^，；。：]{2,40}?)(?:负责|牵头|配合)")  # 县教育局负责学校食堂


@dataclass(frozen=True, slots=True)
class Note:
    """A note at ``norm[start:end]``, brackets or label included."""

    start: int
    end: int
    units: tuple[Unit, ...]
    people: tuple[str, ...] = ()
    shape: str = "bracket"


def printed_notes(text: Text, start: int, end: int) -> list[Note]:
    """Bracket and label notes of an item, in order."""
    brackets = list(bracket_notes(text, start, end))
    labels = list(label_notes(text, start, end, brackets))
    apart = [b for b in brackets if not any(n.start < b.start < n.end for n in labels)]  # A局（甲中心） in a label's value
    return sorted([*apart, *labels], key=lambda n: n.start)


def bracket_notes(text: Text, start: int, end: int) -> Iterator[Note]:
    """（责任单位：…） 〔…按职责分工负责〕 【…】, the outermost pair."""
    i = text.norm.find("（", start, end)
    while i >= 0:
        close = text.pairs.get(i, -1)
        if close < 0 or close >= end:
            stop = _unclosed_end(text, i, end)
            if stop is not None:
                yield _read_note(text, i, i + 1, stop, stop)
                i = text.norm.find("（", stop, end)
                continue
            i = text.norm.find("（", i + 1, end)
            continue
        if close - i <= 1500 and not text.named[i] and _is_note(text, i + 1, close, end, i == start):
            yield _read_note(text, i, i + 1, close, close + 1)
            i = text.norm.find("（", close + 1, end)
        elif close - i > 200 or "（" in text.norm[i + 1 : close]:
            i = text.norm.find("（", i + 1, end)
        else:
            i = text.norm.find("（", close + 1, end)


def _unclosed_end(text: Text, opening: int, end: int) -> int | None:
    """A labelled bracket that is never closed ends with its paragraph."""
    if _LABEL_AT.match(text.norm, opening + 1) is None:
        return None
    return min(end, text.line_end(opening))


def _is_note(text: Text, start: int, close: int, end: int, leads: bool) -> bool:
    inner = text.norm[start:close]
    if _LABEL_AT.match(inner):
        return True
    if len(inner) < 3 or inner.startswith(("以下简称", "简称", "包括", "含", "见", "附", "例如", "如", "下同")):
        return False
    if _VERB_END.search(inner) and any(is_party(re.sub("^由", "", c), strict=False) for c in chunks(inner)):
        return True
    if all(_ACTS_ON.match(c) for c in re.split("[，；。]", inner) if c) and any(is_party(m.group("p"), strict=False) for m in _ACTS_ON.finditer(inner)):
        return True
    after = text.norm[close + 1 : close + 2]
    before = text.norm[start - 2 : start - 1]
    at_end = leads or close + 1 >= end or after in ("。", "；") or text.starts_line(close + 1)
    if not (at_end or (before in ("。", "；") and len(inner) > 3)):
        return False
    names = re.split("[、，；]|和|及|与", re.sub("（[^（）]*）", "", re.sub("等(?:单位|部门)?$", "", inner)))
    names = [n for n in names if n]
    strong = sum(bool(PARTY_END.search(n)) and len(n) >= 3 for n in names)
    return strong == len(names) if len(names) < 3 else strong * 2 >= len(names)


def chunks(inner: str) -> list[str]:
    """Names in a list of parties, brackets and closing verbs taken off."""
    plain = re.sub("（[^（）]*）", "", inner)
    plain = re.sub(r"等?(?:单位|部门)?(?:按照?|依据|根据)?(?:各自)?(?:职责|职能)?(?:分工)?(?:共同|分别|具体|积极)?(?:负责|牵头|配合|落实|参与|协助|实施|推进|承办|主办)+[^、，；]*", "", plain)
    return [c for c in re.split("[、，；]|和|及|与|会同", plain) if c]


def _read_note(text: Text, outer: int, start: int, stop: int, end: int) -> Note:
    units, people = read_note_body(text, start, stop)
    return Note(outer, end, tuple(units), tuple(people))


def read_note_body(text: Text, start: int, stop: int, default: Role = "joint") -> tuple[list[Unit], list[str]]:
    """Names inside a note: by label where labels are printed, otherwise by the verbs."""
    labels = [m for m in _LABEL_AT.finditer(text.norm, start, stop) if m.start() == start or text.norm[m.start() - 1] in "；，。、）" or m.end() - m.start() >= 5
              or text.at[m.start()] != text.at[m.start() - 1] + 1]
    if not labels:
        return read_units(text, start, stop, default), []
    units: list[Unit] = []
    people: list[str] = []
    if labels[0].start() > start:
        units += read_units(text, start, labels[0].start(), default)
    for here, following in zip(labels, [*labels[1:], None], strict=True):
        value_end = following.start() if following else stop
        kind = here.lastgroup or "joint"
        if kind in _ROLES:
            units += read_units(text, here.end(), value_end, _ROLES[kind])
        elif kind == "person":
            people += [p for p in re.split("[、，；。]", text.raw[here.end() : value_end]) if p]
    return _unique(units), people


def _unique(units: list[Unit]) -> list[Unit]:
    seen: dict[str, Unit] = {}
    for u in units:
        seen.setdefault(u.name, u)
    return list(seen.values())


def label_notes(text: Text, start: int, end: int, brackets: list[Note]) -> Iterator[Note]:
    """Lines and clauses such as ``牵头单位：A；配合单位：B`` outside brackets."""
    taken = [(n.start, n.end) for n in brackets]
    pos = start
    while (m := _LABEL_AT.search(text.norm, pos, end)) is not None or (m := _LABEL_IS.search(text.norm, pos, end)) is not None:
        pos = m.end()
        if any(a <= m.start() < b for a, b in taken) or text.named[m.start()]:
            continue
        if not (text.starts_line(m.start()) or m.start() == start or text.norm[m.start() - 1] in "。；，、）-*·（"):
            continue
        stop = _value_end(text, m.end(), end)
        units, people = read_note_body(text, m.start(), stop) if m.re is _LABEL_AT else (read_units(text, m.end(), stop, _ROLES[m.lastgroup or "joint"]), [])
        yield Note(m.start(), stop, tuple(units), tuple(people), "label")
        pos = max(pos, stop)


def _value_end(text: Text, pos: int, end: int) -> int:
    """A value runs to a full stop or the end of its line; a line that ends in 、 or ， goes on."""
    k = text.line_at(pos)
    while True:
        line_end = min(end, text.lines[k].end)
        stop = text.norm.find("。", pos, line_end)
        if stop >= 0:
            return stop
        if line_end >= end or k + 1 >= len(text.lines) or not (text.norm[line_end - 1] in "、，" or _open_bracket(text, pos, line_end)):
            return line_end
        k += 1


def _open_bracket(text: Text, start: int, end: int) -> bool:
    i = text.norm.rfind("（", max(start, end - 60), end)
    return i >= 0 and end <= text.pairs.get(i, -1) < end + 60
