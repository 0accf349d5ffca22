"""Parties in running text: 由A牵头，B、C配合; A会同B开展…; A局要…，B局协助; 各乡镇（街道）落实….

Read only where an item has no printed note.  A verb that says a role (牵头, 负责, 配合 …) takes the list of
parties right before it; a verb of duty (要, 应, 做好, 落实 …) only a list of government bodies that begins its clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .model import Role
from .notes import Note, chunks, printed_notes
from .text import Text
from .units import is_party, read_units

_STOPS = "。；！？（）"
_ROLE_VERB = re.compile(r"(?P<v>牵头|负责|配合|会同|协助|参与)")
_DUTY = re.compile(
    r"(?:要|应当?|须|需|必须|分别|共同|具体|统筹|积极|切实|严格|依法|全面|及时|定期|持续|主动|认真|充分|进一步|加大|加快)*"
    r"(?:要|应(?!急)|须|需(?!求)|做好|抓好|落实|承担|组织|加强|强化|开展|指导|督促|监督|统筹|推进|推动|完善|提供|支持|协同|联合|依法|每(?=[年月季周半])|定期|提前|及时|会商|受理|查处|打击|检查|抽检|监测|公布|公示|报送|汇总|通报|协调|宣传|培训|核查|排查|整治|保障|配备|引导|督办|主管|监管|发布|报告|向|将|把|对(?!外)|在|按|根据|结合|利用|通过|建立|制定|制订|完成|实施|严厉|严格|加大|全面|切实|积极|依托)"
    r"(?!(?:管理|保障|执法|评估|检验|检测)*(?:局|院|委|办公室|中心|处|科|室|大队|支队|总队)|部(?!门))"
)
_SUPPORTS = re.compile(r"(?:要|应|须|需|积极|主动|全力)*(?:协同|支持|配合|协助|(?:做好|加强|抓好|提供)[^，。；]{0,10}保障)")
_CLAUSE = re.compile(r"[^，。；：！？]+")
_LEAD_IN = re.compile(r"(?:[①-⑳㉑-㉟]|（[一二三四五六七八九十\d]{1,2}）|\d{1,2}[.、]|[一二三四五六七八九十]是|其中|同时|请|并|由)+")
_BODY = re.compile(r"(?:局|委|办|厅|部(?<!干部)|政府|法院|检察院|委员会|办公室|管委会|监管所|市场监管所|派出所|支队|大队|中心(?<!核心)|指挥部|海关|妇联|团委|工会|总工会|供销社|融媒体中心|各(?:乡镇|镇街|乡|镇|街道|县|区|县区|县市区|市州|村|社区)|街道|办事处)(?:（[^（）]*）)?$")
_NO_SUBJECT = re.compile("向|对|把|将|给|为|在|从|经|报|送|至|与|同|以|被|协助|督促|指导|推动|支持|加强|建立|健全|完善|组织|联合|配合|充分|依托|发挥|通过|强化|严禁|不")
MOST = 120
LONGEST = 24
"""A name in running text is short; what is longer ran together with the words before it."""


def find_notes(text: Text, start: int, end: int) -> list[Note]:
    """Printed notes of an item, in order; running text only where none of them names a party."""
    notes = printed_notes(text, start, end)
    if any(n.units for n in notes):
        return notes
    return sorted([*notes, *running_notes(text, start, end)], key=lambda n: n.start)


def running_notes(text: Text, start: int, end: int) -> Iterator[Note]:
    """Notes in running text, in order."""
    found = sorted([*_by_role(text, start, end), *_by_duty(text, start, end)], key=lambda n: (n.start, n.end))
    last = start
    for note in found:
        if note.start >= last:
            yield note
            last = note.end


def _by_role(text: Text, start: int, end: int) -> Iterator[Note]:
    """The list of parties that stands right before 牵头, 负责, 配合 …"""
    last = start
    for m in _ROLE_VERB.finditer(text.norm, start, end):
        if text.named[m.start()]:
            continue
        left = max(last, m.start() - 160)
        for stop in _STOPS:
            left = max(left, _last_stop(text, stop, left, m.start()) + 1)
        begin = _party_list_start(text, left, m.start(), m.group("v"))
        if begin is None:
            continue
        finish = m.end() if m.group("v") != "会同" else _joined_end(text, m.end(), end)
        units = [u for u in read_units(text, begin, finish) if u.confidence > 0.6]
        if units:
            yield Note(begin, finish, tuple(units), (), "running")
            last = finish


def _last_stop(text: Text, stop: str, left: int, right: int) -> int:
    """The last ``stop`` before ``right``; brackets that hang on a name (各乡镇（街道）) are none."""
    at = text.norm.rfind(stop, left, right)
    while at >= 0 and stop in "（）":
        opening = at if stop == "（" else text.norm.rfind("（", left, at)
        closing = text.pairs.get(opening, -1)
        hangs = opening > left and 0 < closing - opening <= 12 and closing < right and is_party(text.norm[max(left, opening - 4) : opening], strict=False)
        if not hangs:
            return at
        at = text.norm.rfind(stop, left, opening)
    return at


def _by_duty(text: Text, start: int, end: int) -> Iterator[Note]:
    """A局、B局要…: government bodies that begin a clause, right before a verb of duty."""
    for m in _CLAUSE.finditer(text.norm, start, end):
        begin = m.start()
        if (lead := _LEAD_IN.match(text.norm, begin, m.end())) is not None:
            begin = lead.end()
        limit = min(m.end(), begin + MOST)
        verb = _DUTY.search(text.norm, begin + 2, limit)
        while verb is not None and not _all_bodies(text.norm[begin : verb.start()]):
            verb = _DUTY.search(text.norm, verb.start() + 1, limit) if verb.start() - begin < 60 else None
        if verb is None or text.named[begin]:
            continue
        role: Role = "support" if _SUPPORTS.match(text.norm, verb.start(), limit) else "joint"
        units = [u for u in read_units(text, begin, verb.start(), role) if u.confidence > 0.6]
        if units:
            yield Note(begin, verb.start(), tuple(units), (), "running")


def _all_bodies(words: str) -> bool:
    names = chunks(words)
    return bool(names) and "的" not in words and _NO_SUBJECT.match(words) is None and all(len(n) <= LONGEST and _BODY.search(n) and is_party(n, strict=False) and not re.search(r"\d", n) for n in names)


def _joined_end(text: Text, pos: int, end: int) -> int:
    """A会同B、C开展…: B and C end where names end."""
    m = re.compile(r"(?:[^，。；]{0,30}?(?:局|委|办|厅|部|院|政府|单位|部门|中心|街道|委员会)(?![\u4e00-\u9fff]{1,4}(?:室|办|局|组|中心|大队|分局))(?:、|和|及|与|等)?)+").match(text.norm, pos, min(end, pos + 160))
    return m.end() if m else pos


def _party_list_start(text: Text, left: int, right: int, verb: str) -> int | None:
    """Start of the longest run of parties, joined by 、 和 及 与, that ends at ``right``."""
    segment = text.norm[left:right]
    tail = re.sub(r"(?:等(?:相关|有关)?(?:单位|部门)?)?(?:按照?(?:各自)?职责(?:分工)?|共同|具体|分别|积极|密切|组织|协同|主动|要|应|须|需)*$", "", segment)
    by = tail.rfind("由")
    comma = max(tail.rfind("，"), tail.rfind("："))
    begin = by + 1 if by >= comma else comma + 1
    while begin > 0 and tail[begin - 1] == "，" and verb == "配合" and by < begin:
        earlier = max(tail.rfind("，", 0, begin - 1), tail.rfind("：", 0, begin - 1), tail.rfind("由", 0, begin - 1)) + 1
        if earlier >= begin - 1 or not all(is_party(c) for c in chunks(tail[earlier : begin - 1])):
            break
        begin = earlier
    names = chunks(tail[begin:])
    if names and all(is_party(n) for n in names[-1:]) and sum(is_party(n) for n in names) * 3 >= len(names) * 2:
        return left + begin
    return None
