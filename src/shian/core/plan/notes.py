"""Responsibility notes (责任分工): where an item says who does it.

Three shapes, tried in this order: brackets of any kind after a sentence (（A、B按职责分工负责）), labelled
lines or clauses (责任单位：A、B), and, only where an item has neither, running text (由A牵头，B配合).
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
_SENTENCE_STOP = "。；！？（）"


@dataclass(frozen=True, slots=True)
class Note:
    """A note at ``norm[start:end]``, brackets or label included."""

    start: int
    end: int
    units: tuple[Unit, ...]
    people: tuple[str, ...] = ()
    shape: str = "bracket"


def find_notes(text: Text, start: int, end: int) -> list[Note]:
    """Bracket and label notes of an item, in order; running text only where there is none of them."""
    brackets = list(bracket_notes(text, start, end))
    labels = list(label_notes(text, start, end, brackets))
    notes = sorted([*brackets, *labels], key=lambda n: n.start)
    if any(n.units for n in notes):
        return notes
    return sorted([*notes, *running_notes(text, start, end)], key=lambda n: n.start)


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
        if close - i <= 1500 and not text.named[i] and _is_note(text, i + 1, close, end):
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


def _is_note(text: Text, start: int, close: int, end: int) -> bool:
    inner = text.norm[start:close]
    if _LABEL_AT.match(inner):
        return True
    if len(inner) < 3 or inner.startswith(("以下简称", "简称", "包括", "含", "见", "附", "例如", "如", "下同")):
        return False
    if _VERB_END.search(inner) and any(is_party(re.sub("^由", "", c), strict=False) for c in _chunks(inner)):
        return True
    if all(_ACTS_ON.match(c) for c in re.split("[，；。]", inner) if c) and any(is_party(m.group("p"), strict=False) for m in _ACTS_ON.finditer(inner)):
        return True
    after = text.norm[close + 1 : close + 2]
    before = text.norm[start - 2 : start - 1]
    at_end = close + 1 >= end or after in ("。", "；") or text.starts_line(close + 1)
    if not (at_end or (before in ("。", "；") and len(inner) > 3)):
        return False
    names = re.split("[、，；]|和|及|与", re.sub("（[^（）]*）", "", re.sub("等(?:单位|部门)?$", "", inner)))
    names = [n for n in names if n]
    strong = sum(bool(PARTY_END.search(n)) and len(n) >= 3 for n in names)
    return strong == len(names) if len(names) < 3 else strong * 2 >= len(names)


def _chunks(inner: str) -> list[str]:
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


_RUN_VERB = re.compile(r"(?P<v>牵头|负责|配合|会同|协助|参与)")
_NAMES_BACK = re.compile(r"(?:^|[，。；：、]|由|请|以及)([^，。；：由]{2,})$")


def running_notes(text: Text, start: int, end: int) -> Iterator[Note]:
    """由A牵头，B、C配合 … : the list of parties that stands right before the verb."""
    last = start
    for m in _RUN_VERB.finditer(text.norm, start, end):
        if text.named[m.start()]:
            continue
        left = max(last, m.start() - 160)
        for stop in _SENTENCE_STOP:
            left = max(left, text.norm.rfind(stop, left, m.start()) + 1)
        begin = _party_list_start(text, left, m.start(), m.group("v"))
        if begin is None:
            continue
        finish = m.end() if m.group("v") != "会同" else _joined_end(text, m.end(), end)
        units = [u for u in read_units(text, begin, finish) if u.confidence > 0.6]
        if units:
            yield Note(begin, finish, tuple(units), (), "running")
            last = finish


def _joined_end(text: Text, pos: int, end: int) -> int:
    """A会同B、C开展…: B and C end where names end."""
    m = re.compile(r"(?:[^，。；]{0,30}?(?:局|委|办|厅|部|院|政府|单位|部门|中心|街道|委员会)(?![\u4e00-\u9fff]{1,4}(?:室|办|局|组|中心|大队|分局))(?:、|和|及|与|等)?)+").match(text.norm, pos, min(end, pos + 160))
    return m.end() if m else pos


def _party_list_start(text: Text, left: int, right: int, verb: str) -> int | None:
    """Start of the longest run of parties, joined by 、 和 及 与, that ends at ``right``."""
    segment = text.norm[left:right]
    tail = re.sub(r"(?:等(?:相关|有关)?(?:单位|部门)?)?(?:按照?(?:各自)?职责(?:分工)?|共同|具体|分别|积极|密切|组织|协同)*$", "", segment)
    by = tail.rfind("由")
    comma = max(tail.rfind("，"), tail.rfind("："))
    begin = by + 1 if by >= comma else comma + 1
    while begin > 0 and tail[begin - 1] == "，" and verb == "配合" and by < begin:
        earlier = max(tail.rfind("，", 0, begin - 1), tail.rfind("：", 0, begin - 1), tail.rfind("由", 0, begin - 1)) + 1
        if earlier >= begin - 1 or not all(is_party(c) for c in _chunks(tail[earlier : begin - 1])):
            break
        begin = earlier
    names = _chunks(tail[begin:])
    if names and all(is_party(n) for n in names[-1:]) and sum(is_party(n) for n in names) * 3 >= len(names) * 2:
        return left + begin
    return None
