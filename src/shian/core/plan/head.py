"""What the document says about itself: title, issuer, number, region, level, year, date.

A plan comes alone, or as the attachment of a notice (关于印发《…》的通知).  The notice gives issuer,
number and date; the title is the plan's own.
"""

from __future__ import annotations

import itertools
import re

from .model import Doc, Level
from .outline import find_marks
from .places import find_place, level_of
from .signs import DATE, ORG_LINE, Frame, date_of, imprint_at, issuer_of
from .text import Line, Text
from .years import plan_year

_NOTICE = re.compile(
    r"(?:关于(?:印发|下发|转发|发布|公布|分解下达|调整印发|修订印发)|[印转]发(?=《))(?P<t>《(?:[^《》]|《[^《》]{0,80}》){4,80}》|[^。；《》]{4,80}?)(?:的通知|的函|的公告|等\S{0,30}?的通知|通知(?=各|$))"
)
_NUMBER = re.compile(r"[\u4e00-\u9fff]{2,16}（(?:19|20)\d\d）第?\d{1,4}号")
_TITLE_END = re.compile(r"(?:安排|要点|计划|方案|意见|通知|分工|清单|任务|规划|台账|分解表|一览表|措施|办法|指引|报告|纪要|的函|部署|重点|决定|行动|工作|责任书|表|目标|事项|分解|细则|实事)(?:（[^（）]{1,16}）)?$")
_TITLE_WORD = re.compile(r"安排|要点|计划|方案|意见|分工|清单|任务|规划|台账|分解|措施|工作|行动|部署|重点|报告|纪要|通知|的函")
_NOISE = re.compile(r"^(?:附件|索引号|发布时间|发布日期|发文|来源|浏览|字体|首页|当前位置|信息|主题分类|生成日期|公开|文号|名称|打印|分享|成文|有效|标题|扫一扫|份号|密级|紧急|签发人|（?此件|各|[A-Za-z\d\W]+$|目录|【)|文件$|号$|〔|^\d+$|日$")
SEPARATOR = re.compile(r"附(?:件|表)?(?:[\d一二三四五六七八九十]{1,2})?：?")
TAIL = re.compile(r"(?:附件[：\d一二三四五六七八九十]|附：|抄送|抄报|分送|主题词|（此件|（联系|联系人|联系电话|信息公开选项|（?公开属性|主动公开|扫一扫|责任编辑|打印本页|相关链接|主办单位：)|[\u4e00-\u9fff]{4,40}\d{4}年\d{1,2}月\d{1,2}日印发?$")


MAX_ATTACHMENTS = 40


def find_frame(text: Text) -> Frame:
    """Locate notice, title and body."""
    m = _NOTICE.search(text.norm, 0, 6000)
    if m is not None and _is_quoted(text, m):
        m = next((x for x in _NOTICE.finditer(text.norm, 0, 6000) if not _is_quoted(text, x)), None)
    first = _first_heading(text)
    if m is not None and first is not None and m.start() > first + 400 and not text.starts_line(m.start()):
        m = None
    title = _own_title(text, m)
    if title is not None and m is not None:
        return Frame(title[1], _tail(text, title[1]), (0, title[0]), title, m)
    cuts = [line.start for line in text.lines if line.width <= 6 and SEPARATOR.fullmatch(text.norm, line.start, line.end)][:MAX_ATTACHMENTS]
    start, end = _best_segment(text, cuts)
    if m is not None:
        printed = (m.start("t"), m.end("t"))
        return Frame(max(start, m.end()), _tail(text, start, end), (0, start) if start > m.end() else None, printed, m)
    own = _top_title(text, start)
    return Frame(_below(text, own[1]) if own else start, _tail(text, start, end), (0, start) if start else None, own, None)


def _below(text: Text, end: int) -> int:
    """Names and dates on lines of their own right below the title are no part of the body."""
    for line in text.lines[text.line_at(end - 1) + 1 :][:8]:
        signed = ORG_LINE.fullmatch(text.norm, line.start, line.end) and not text.norm.startswith(("各", "全"), line.start)
        if not (signed or DATE.fullmatch(text.norm, line.start, line.end) or imprint_at(text, line.start, line.end)):
            break
        end = line.end
    return end


_QUOTES = re.compile(r"(?:根据|按照|依据|依照|贯彻|落实|对照|结合|遵照|按)[^，。；\n]{0,40}$")


def _is_quoted(text: Text, m: re.Match[str]) -> bool:
    """A notice that the text refers to (根据市食安办关于印发…的通知要求) is not its own."""
    return bool(text.named[m.start()]) or _QUOTES.search(text.norm[max(0, m.start() - 50) : m.start()]) is not None


def _first_heading(text: Text) -> int | None:
    m = re.search(r"一、|第一[章条]|（一）", text.norm)
    return m.start() if m else None


def _own_title(text: Text, notice: re.Match[str] | None) -> tuple[int, int] | None:
    """The plan's title printed again after the notice, on a line of its own."""
    if notice is None:
        return None
    wanted = notice.group("t").strip("《》")
    pos, stuck = notice.end(), None
    heading = re.compile(r"一、|第一[章条部]|（一）").search(text.norm, pos)
    last = heading.start() if heading else len(text.norm)
    while (pos := text.norm.find(wanted, pos)) >= 0:
        end = pos + len(wanted)
        apart = text.at[pos] != text.at[pos - 1] + 1
        free_after = end >= len(text.norm) or text.at[end] != text.at[end - 1] + 1 or text.norm[end] in "（《"
        if apart and free_after:
            return pos, end
        if not text.named[pos] and end <= last:
            stuck = pos, end
        pos = end
    return stuck


def _best_segment(text: Text, cuts: list[int]) -> tuple[int, int]:
    """Between the 附件 lines, the part with the most numbered items and notes."""
    bounds = [0, *cuts, len(text.norm)]
    best, best_score = (0, len(text.norm)), -1
    for a, b in itertools.pairwise(bounds):
        if len(bounds) == 2:
            break
        score = len(find_marks(text, a, b)) + 4 * len(re.findall("责任单位|牵头|负责）", text.norm[a:b]))
        if score > best_score:
            best, best_score = (a, b), score
    a, b = best
    if a in cuts:
        k = text.line_at(a)
        a = text.lines[k].end
    return a, b


def _tail(text: Text, start: int, end: int | None = None) -> int:
    """Where the body ends: before 附件, 抄送, signature and date lines at the foot."""
    stop = len(text.norm) if end is None else end
    k = text.line_at(start) if text.lines else 0
    first_mark = False
    for line in text.lines[k:]:
        if line.start >= stop:
            break
        if line.start < start:
            continue
        head = text.norm[line.start : min(line.end, line.start + 12)]
        first_mark = first_mark or re.match(r"[一二三四五六七八九十\d]{1,3}[、.]|（[一二三四五六七八九十]|第[一二三\d]", head) is not None
        if first_mark and (TAIL.match(text.norm, line.start, line.end) or (line.width <= 6 and SEPARATOR.fullmatch(text.norm, line.start, line.end))):
            stop = line.start
            break
    return _without_signature(text, start, stop)


def _without_signature(text: Text, start: int, stop: int) -> int:
    k = text.line_at(stop - 1) if stop > start else 0
    while stop > start and text.lines:
        line = text.lines[k]
        words = text.norm[line.start : min(line.end, stop)]
        signed = line.width <= 60 and (ORG_LINE.fullmatch(words) or DATE.fullmatch(words) or re.fullmatch(rf"{ORG_LINE.pattern}{DATE.pattern}", words))
        remark = line.width <= 24 and re.fullmatch("（[^（）]{2,22}）", words) and k > 0 and DATE.fullmatch(text.norm, text.lines[k - 1].start, text.lines[k - 1].end)
        if line.start <= start or not (signed or remark or imprint_at(text, line.start, min(line.end, stop)) or re.fullmatch(r"[-\d—·]*", words)):
            return stop
        if _is_unit_of_label(text, k):
            return stop
        stop, k = line.start, k - 1
    return stop


def _is_unit_of_label(text: Text, k: int) -> bool:
    before = text.norm[max(0, text.lines[k].start - 1) : text.lines[k].start]
    return before in ("：", "、", "，")


def _top_title(text: Text, start: int) -> tuple[int, int] | None:
    """The first heading line, or lines, of a plan that comes without a notice."""
    k = text.line_at(start) if text.lines else 0
    for i in range(k, min(k + 25, len(text.lines))):
        line = text.lines[i]
        words = text.norm[max(line.start, start) : line.end]
        if re.match(r"[一二三四五六七八九十]{1,2}、|（一）|第一[章条]", words):
            return _inline_title(text, line) if i == k else None
        if line.width > 70 or _HEADING_INSIDE.search(text.norm, line.start + 8, line.end):
            return _inline_title(text, line)
        if line.width < 4 or _NOISE.search(words) or ORG_LINE.fullmatch(words):
            continue
        if re.search("[。；]$", words):
            continue
        end, j = line.end, i
        while not _TITLE_END.search(text.norm[line.start : end]) and j + 1 < len(text.lines) and j - i < 3:
            following = text.lines[j + 1]
            more = text.norm[following.start : following.end]
            if following.width > 40 or re.search(r"[。；：，]", more) or re.match(r"[一二三四五六七八九十]{1,2}、|（|\d", more):
                break
            end, j = following.end, j + 1
        if _TITLE_WORD.search(text.norm[line.start : end]):
            prefix = text.pairs.get(line.start, line.start - 1) + 1  # 【重点工作】
            return (prefix if line.start < prefix < end - 6 else line.start), end
    return None


_HEADING_INSIDE = re.compile("(?:一、|第一[章条]|（一）)(?=[\u4e00-\u9fff])")


def _inline_title(text: Text, line: Line) -> tuple[int, int] | None:
    """In a document of one line the title ends at white space or at a title word before the preamble."""
    for i in range(line.start + 6, min(line.end, line.start + 60)):
        if text.at[i] != text.at[i - 1] + 1 and _TITLE_END.search(text.norm[line.start : i]):
            return line.start, i
    m = re.compile(r"[^，。；：、]{4,40}?(?:安排|要点|计划|方案|任务分解表?|责任清单|分工方案)(?=为|根据|按照|20|今年|一、|（一）|第一[章条]|1[.、]|各|\u3000|（)").match(text.norm, line.start, line.end)
    return (m.start(), m.end()) if m else None


def read_head(text: Text, frame: Frame, hint_year: int | None, unit_names: list[str]) -> Doc:
    """The metadata; a field the text does not state is ``None``."""
    title = text.raw[frame.title[0] : frame.title[1]].strip("《》〈〉") if frame.title else None
    issuer = issuer_of(text, frame)
    folded = text.norm[frame.title[0] : frame.title[1]].strip("《》") if frame.title else None
    region = _region(issuer, folded, text, frame)
    date = date_of(text, frame)
    number = _doc_number(text, frame)
    preamble = text.norm[frame.body_start : min(frame.body_end, frame.body_start + 400)]
    year = plan_year(folded or "", date, preamble, number or "") or hint_year
    return Doc(title, issuer, number, region, _level(region, text, unit_names), year, date)


def _doc_number(text: Text, frame: Frame) -> str | None:
    """A number that stands alone on its line, or before the notice's title; not one that is quoted."""
    zone = max(frame.body_start, 400)
    for m in _NUMBER.finditer(text.norm, 0, min(zone, 6000)):
        start, end = m.start(), m.end()
        cut = max(text.norm.rfind(w, start, end - 8) + len(w) if text.norm.rfind(w, start, end - 8) >= 0 else start for w in ("文件", "办公室", "委员会", "人民政府", "通知", "知"))
        for i in range(end - 8, cut, -1):
            if text.at[i] != text.at[i - 1] + 1 or text.starts_line(i):
                cut = i
                break
        alone = (text.starts_line(cut) or cut > start or text.norm[cut - 1] == "：" or text.at[cut] != text.at[cut - 1] + 1) if cut else True
        quoted = text.named[cut] or text.norm[cut - 1 : cut] in ("（", "》") if cut else False
        ends = end >= len(text.norm) or text.norm[end] not in "）、，。》文"
        if alone and not quoted and ends and end - cut >= 8:
            return text.raw[cut:end]
    return None


def _region(issuer: str | None, title: str | None, text: Text, frame: Frame) -> str | None:
    for words in (issuer, title):
        if words is None:
            continue
        plain = re.sub(r"^(?:中共|中国共产党)|^关于|^(?:19|20)\d\d(?:[-—－~至](?:19|20)\d\d)?年?度?", "", words)
        if re.match(r"国务院|国家|全国|中华人民共和国|市场监管总局|生态环境部|应急管理部", plain):
            return "全国"
        if (place := find_place(plain)) is not None:
            return place
    m = re.search(r"[\u4e00-\u9fff]{2,12}?(?:省|市|县|区|旗|州)(?=人民政府|委|政府)", text.norm[: max(frame.body_start, 1)])
    if m is not None and (place := find_place(m.group())) is not None:
        return place
    return None


_LEVEL_WORDS: dict[str, Level] = {"省": "province", "市": "city", "区": "county", "县": "county", "旗": "county"}


def _level(region: str | None, text: Text, units: list[str]) -> Level | None:
    if region == "全国":
        return "national"
    if region is not None and (level := level_of(region, text.norm[:200_000])) is not None:
        return level
    votes: dict[Level, int] = {"province": 0, "city": 0, "county": 0}
    for name in units:
        kind = _LEVEL_WORDS.get(name[0])
        if kind and not name.startswith("市场"):
            votes[kind] += 1
    for word, kind in _LEVEL_WORDS.items():
        votes[kind] += min(5, text.norm.count("全" + word) + text.norm.count("我" + word))
    best = max(votes, key=lambda k: votes[k])
    if not votes[best]:
        return None
    return best
