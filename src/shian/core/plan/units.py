"""Parties of a responsibility note (责任单位): from 由A牵头，B和C等单位按职责分工配合 to three names with roles.

A clause is cut at 、 ， ； outside brackets, and at 和 及 与 only where both sides are parties by
themselves.  A verb (牵头, 配合, 负责) gives its role to the names gathered since the verb before it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from .model import Role, Unit
from .text import Text

# Words that end the name of a body of the party, the government or society.
_BODIES = (
    "政府|人民政府|委员会|办公室|指挥部|领导小组|工作组|专班|法院|检察院|党委|党组|党工委|工委|管委会|管理委员会|党委政府|"
    "居委会|村委会|办事处|街道办|总队|支队|大队|中队|分局|总局|总站|总公司|公司|集团|银行|支行|分行|机关|联社|供销社|合作社|"
    "协会|学会|商会|联合会|总会|基金会|红十字会|工会|总工会|团委|团市委|团县委|团区委|团省委|妇联|残联|科协|文联|侨联|工商联|"
    "中心|学院|大学|学校|医院|党校|研究院|研究所|设计院|部门|单位|机构|企业|园区|开发区|高新区|新区|示范区|度假区|景区|保税区|"
    "乡镇|镇街|乡镇街|街镇|镇街道|街道|社区|村居|县区|县市区|市县区|市县|区县|区市县|市区|旗县|旗县区|县市|市州|市地|州市|"
    "各地|各级|各县|各市|各区|各州|各盟|各旗|各省|各镇|各乡|各村|编办|机要局|海关|边检站|火车站|车站|机场|邮政|林场|农场|牧场|"
    "网信办|食安办|安委办|防火办|防汛办|扫黑办|文明办|综治办|法制办|侨办|台办|外办|信访局|档案馆|图书馆|博物馆|电视台|广播电台|日报社|报社|"
    "人武部|武装部|军分区|武警|学区|供电所|成员|牵头人|负责同志|人社部门|职能部门|物业|业主|局|委|办|厅|院|所|署|队|站|处|科|部|社|台|馆|组|股|室"
)
PARTY_END = re.compile(rf"(?:{_BODIES})(?:（[^（）]*）)?$")
_WEAK_END = re.compile(r"(?:[县市区州旗镇乡村街]|人民团体|高校|中小学|幼儿园|媒体)(?:（[^（）]*）)?$")
_NOT_NAME = re.compile(
    r"^(?:单位|部门|机构|企业|社会)$|^(?:长期|持续|全年|每[年季月周半]|常态|即时|按时|按期|按要求|其他|等|下同|排名第一|第一个|牵头单位|责任单位|配合单位|年|\d{4}年|\d{1,2}月|限|仅限|涉及|不含|含|包括|除|负责|"
    r"以下|以上|具体|同时|完成时限|时限|序号|均为|一是|二是)|完成$|推进$|(?:部分|环节|方面|为主|阶段)$|[年月]底|^[年月日前后底]+$|^\d+$|[。！？]"
)
_LEAD_IN = re.compile(r"^(?:[①-⑳㉑-㉟]|分别由|主要由|由|会同|并由|并会同|联合|联动|以及|和(?![平县田林硕静政龙顺])|及|与|并|其中|同时|会商|各项工作由|牵头由)")
_ETC = r"(?:(?<![高中初同])等(?:\d+|[一二三四五六七八九十]+)?(?:个|家)?(?:(?:相关|有关|各|市直|县直|区直|省直|成员|职能|责任|涉及|多|属地|主管|监管|行业|政府|配合|牵头){0,3}(?:单位|部门|地区|地方|机构|企业|成员单位|镇街|乡镇)(?:[和及与](?:单位|部门|机构|企业))?)?)"
_MANNER = (
    r"(?:在?各自(?:的)?(?:工作)?(?:职责|职能|职权)(?:范围)?(?:之?内)?|在(?:其|本)?(?:工作)?职责范围内|(?:按照?|依照?|依据|依|根据|结合)(?:各自|部门|工作|本单位)*(?:的)?(?:职责|职能|职权|权限|任务|责任|要求)?(?:权限|范围|任务)?(?:和任务)?(?:分工|划分)?"
    r"|各司其职|各负其责|分工|共同|分别|具体|密切|积极|协同|联合|组织|全力|依法|统筹|同步|总|主要|做好|抓好|各自|直接|要|应当?|须|需)"
)
_ACTS = "牵头|配合|协办|协助|参与|参加|协同|支持|负责|落实|推进|实施|承办|主办|主责|承担|执行|办理|督导|督办|督促|指导|监督|抓好|完成|开展"
_VERB_TAIL = re.compile(rf"{_ETC}?{_MANNER}{{0,4}}(?P<verb>{_ACTS})(?:抓好|做好|负责|落实|推进|实施|办理|配合|协调|组织|工作|完成|执行|督促|指导|检查|抓总|开展|总)*$")
_STRONG = ("牵头", "配合", "负责", "协办", "主办", "承办", "落实", "参与", "协助", "参加", "主责")
_ROLE_OF: dict[str, Role] = {"会同": "lead", "牵头": "lead", "主办": "lead", "主责": "lead", "配合": "support", "协办": "support", "协助": "support",
                             "参与": "support", "参加": "support", "协同": "support", "支持": "support"}
_MID_VERB = re.compile(r"(?:牵头|配合|负责|会同|联合(?!会|社))")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SEPARATOR = re.compile("[、，；。/：|]|(?<![高中初同])等(?=(?:县|市|区|省|州)[级直](?:各|相关|有关|主管|监管|职能|成员)*(?:部门|单位))")
"""等县级相关部门 adds a set to the names before it; a bare 等部门 names nobody."""
_ETC_END = re.compile(rf"{_ETC}$")
_MANNER_END = re.compile(rf"{_ETC}?{_MANNER}{{1,4}}$|{_ETC}$")
_HANDED_TO = re.compile(r"[^（）]*(?<![自理])由(?=[^由]{2,}$)")  # 食品抽检由区市场监管局
_LAST_BRACKET = re.compile("（[^（）]*）$")
_OUTER_STOP = re.compile("、(?![^（）]*）)")
_LEVEL_FOLLOWS = re.compile(r"[省市州盟县区旗乡镇](?![道街级直])(?:（|、|人民|政府|党|管|$|和|及|[市区](?![场政容监城直级])|负责|按|等|，|；|）|。|牵头|配合)")
_JOINERS = re.compile("以及|和|及|与|或")
_ROLE_BRACKET = re.compile(r"（(?P<r>牵头|主办|主责|配合|协办|参与|协助)(?:单位|部门|负责)?）$")
_SCOPE_BRACKET = re.compile(r"（(?P<s>[^（）]*(?:部分|环节|方面|领域|工作|事项|内容|职责|负责|牵头|配合|监管|生产|销售|经营|流通|种植|养殖|餐饮|消费|食堂|除外))）$")
_BARE_LEVEL = re.compile(r"各?[省市州盟县区旗乡镇]$")
_TWO_BODIES = re.compile(r"^(?P<a>.+(?:党委|党工委|党组|县委|市委|区委))(?P<b>(?:人民)?政府|办事处|管委会)$")
MAX_NAME = 40


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of ``norm`` between separators; ``sep`` is what follows it."""

    start: int
    end: int


def is_party(name: str, strict: bool = True) -> bool:
    """Whether a name ends like that of a body; ``strict`` leaves out bare place words unless 各 leads."""
    name = name.rstrip("\x00")  # brackets hidden by the splitter
    if len(name) < 2 or len(name) > MAX_NAME:
        return False
    if PARTY_END.search(name):
        return not _NOT_NAME.search(name)
    return bool(_WEAK_END.search(name)) and (not strict or name[0] in "各全")


def read_units(text: Text, start: int, end: int, default: Role = "joint") -> list[Unit]:
    """Parties of ``norm[start:end]`` in order; every chunk between separators is taken for a name."""
    units: list[Unit] = []
    pending: list[Unit] = []
    breaks = "；。，" if "、" in _hide_brackets(text, start, end) else "；。"
    acted, grouped = False, "；" in text.norm[start:end]
    joined = False  # behind A会同 follow those who support
    for piece in _pieces(text, start, end):
        if pending and text.norm[piece.start - 1] in (breaks if not acted else "；。"):
            units += _one_role(pending, grouped)
            pending = []
        for part, verb in _parts(text, piece):
            unit = _name(text, part, default)
            if unit is not None:
                pending.append(unit)
            if verb is not None:
                role: Role = _ROLE_OF.get(verb, "support" if joined else default)
                units += [_with_role(u, role) for u in pending]
                pending, acted, joined = [], True, verb == "会同"
    return _merge(units + _one_role([_with_role(u, "support") for u in pending] if joined else pending, grouped))


def _one_role(group: list[Unit], grouped: bool) -> list[Unit]:
    """A（牵头）；B、C（配合）: between semicolons a role bracket behind the last name holds for all of them."""
    marked = [u.confidence == 0.97 for u in group]
    if not grouped or len(group) < 2 or not marked[-1] or any(marked[:-1]):
        return group
    return [_with_role(u, group[-1].role) for u in group]


def _with_role(unit: Unit, role: Role) -> Unit:
    kept = unit.role if unit.confidence == 0.97 else role
    return Unit(unit.name, kept, unit.span, unit.alt, unit.scope, unit.confidence)


def _merge(units: list[Unit]) -> list[Unit]:
    """One entry per name; a lead or support role is not lost to a later plain mention."""
    seen: dict[str, Unit] = {}
    for u in units:
        old = seen.get(u.name)
        if old is None or (old.role == "joint" and u.role != "joint"):
            seen[u.name] = u if old is None else Unit(old.name, u.role, old.span, old.alt, old.scope, old.confidence)
    return list(seen.values())


def _pieces(text: Text, start: int, end: int) -> list[Piece]:
    """Cut at separators outside brackets; 各县、区人民政府 stays whole."""
    body = _hide_brackets(text, start, end)
    cuts = [start + m.start() for m in _SEPARATOR.finditer(body)]
    cuts = _with_spaces(text, cuts, start, end)
    pieces: list[Piece] = []
    left = start
    for cut in [*cuts, end]:
        if cut < end and _inside_level_list(text, left, cut):
            continue
        if cut > left and not (cut < end and text.norm[cut] == "："):
            pieces.append(Piece(left, cut))
        left = cut + (cut == end or text.norm[cut] in "、，；。/：|等")
    return pieces


def _with_spaces(text: Text, cuts: list[int], start: int, end: int) -> list[int]:
    """White space inside a line parts names where nothing else does (县教育局 县公安局)."""
    gaps = [i for i in range(start + 1, end) if text.at[i] != text.at[i - 1] + 1 and not text.starts_line(i)]
    if not gaps:
        return cuts
    out = list(cuts)
    edges = sorted([start - 1, *cuts, end])
    for i in gaps:
        left = next(e for e in reversed(edges) if e < i)
        right = next(e for e in edges if e >= i)
        inner = [g for g in gaps if left < g < right]
        bounds = [left + 1, *inner, right]
        if all(is_party(text.norm[a:b], strict=False) for a, b in itertools.pairwise(bounds)):
            out.append(i)
    return sorted(out)


def _inside_level_list(text: Text, left: int, cut: int) -> bool:
    """各县、区人民政府: the 、 stands between two words of level, and the body comes after."""
    words = [_LAST_BRACKET.sub("", w) for w in _OUTER_STOP.split(text.norm[left:cut])]
    if text.norm[cut] != "、" or not words[0].startswith("各") or not all(_BARE_LEVEL.match(w) and len(w) <= 2 for w in words):
        return False
    return _LEVEL_FOLLOWS.match(text.norm[cut + 1 : cut + 4]) is not None


def _parts(text: Text, piece: Piece) -> Iterator[tuple[Piece, str | None]]:
    """Names in a chunk, the last with the verb that closes it (``None``: no verb)."""
    start, end, verb = piece.start, piece.end, None
    body = _hide_brackets(text, start, end)
    if (m := _VERB_TAIL.search(body)) is not None and _takes_verb(body[: m.start()], m.group("verb"), m.group()):
        verb, end = m.group("verb"), start + m.start()
    elif (m := _MANNER_END.search(body)) is not None:
        end = start + m.start()
    names = list(_split_inside(text, start, end))
    for i, (part, mid_verb) in enumerate(names):
        last = i == len(names) - 1
        yield part, (verb if last and verb else mid_verb)
    if not names and verb:
        yield Piece(end, end), verb


def _takes_verb(before: str, verb: str, tail: str) -> bool:
    return verb in _STRONG or not before or tail != verb or is_party(before, strict=False)


def _hide_brackets(text: Text, start: int, end: int) -> str:
    """The stretch with what stands in brackets blanked out, same length."""
    out: list[str] = []
    pos = start
    while (i := text.norm.find("（", pos, end)) >= 0:
        close = text.pairs.get(i, -1)
        if not i < close < end:
            out.append(text.norm[pos : i + 1])
            pos = i + 1
            continue
        out += [text.norm[pos:i], "\x00" * (close + 1 - i)]
        pos = close + 1
    out.append(text.norm[pos:end])
    return "".join(out)


def _split_inside(text: Text, start: int, end: int) -> Iterator[tuple[Piece, str | None]]:
    """Cut a chunk at verbs in its middle (A牵头B) and at 和 及 与 between two parties."""
    body = _hide_brackets(text, start, end)
    left = 0
    for m in _MID_VERB.finditer(body):
        name = _LEAD_IN.sub("", body[left : m.start()])
        if m.group() in ("会同", "联合") or is_party(name, strict=False):
            yield from _split_joined(text, start + left, start + m.start(), m.group())
            left = m.end()
            rest = body[left:]
            if m.group() in ("负责", "牵头", "配合") and not is_party(_ETC_END.sub("", rest), strict=False):
                return
    if left < len(body):
        yield from _split_joined(text, start + left, end, None)


def _split_joined(text: Text, start: int, end: int, verb: str | None) -> Iterator[tuple[Piece, str | None]]:
    body = _hide_brackets(text, start, end)
    bounds, left = [], 0
    for m in _JOINERS.finditer(body):
        name = _LEAD_IN.sub("", body[left : m.start()])
        rest = _ETC_END.sub("", body[m.end() :])
        first_rest = _JOINERS.split(rest, maxsplit=1)[0]
        if is_party(name) and (is_party(rest, strict=False) or is_party(first_rest)):
            bounds.append((left, m.start()))
            left = m.end()
    bounds.append((left, len(body)))
    role_verb = None if verb == "联合" else verb
    for i, (a, b) in enumerate(bounds):
        yield Piece(start + a, start + b), (role_verb if i == len(bounds) - 1 else None)


def _name(text: Text, piece: Piece, default: Role) -> Unit | None:
    """The party of a piece, its role bracket and scope bracket taken off; ``None`` if it names no party."""
    start, end = piece.start, piece.end
    while (m := _LEAD_IN.match(text.norm[start:end])) is not None and m.end() < end - start:
        start += m.end()
    if (m := _HANDED_TO.search(text.norm[start:end])) is not None and not is_party(m.group()[:-1]):
        start += m.end()
    role, certain, scope = default, 0.95, None
    if (m := _ROLE_BRACKET.search(text.norm[start:end])) is not None:
        role, certain = _ROLE_OF[m.group("r")], 0.97
        end = start + m.start()
    elif (m := _SCOPE_BRACKET.search(text.norm[start:end])) is not None and not is_party(m.group("s")) and m.start() > 1:
        scope = text.raw[start + m.start() + 1 : start + m.end() - 1]
        end = start + m.start()
    if (m := _ETC_END.search(text.norm[start:end])) is not None:
        end = start + m.start()
    while end > start and text.norm[end - 1] in "“”*·-":
        end -= 1
    while end > start and text.norm[start] in "“”*·-":
        start += 1
    name = text.norm[start:end]
    if len(name) < 2 or len(name) > MAX_NAME or _NOT_NAME.search(name) or not _HAN.search(name):
        return None
    printed = text.raw[start:end]
    both = _TWO_BODIES.match(printed)
    alt = ((both.group("a"), both.group("b")),) if both else ()
    sure = certain if is_party(name, strict=False) or certain == 0.97 else 0.6
    return Unit(printed, role, text.span(start, end), alt, scope, sure)
