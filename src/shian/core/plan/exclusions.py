"""Numbers that state no requirement: one named rule for each reason.

A rule looks at the quantity and the words around it.  The order matters only for the reason reported.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from shian.core.words import say

from .quantities import BARE_VERB, MONEY, Quantity
from .text import Text

TIME_UNITS = frozenset(("小时", "个小时", "分钟", "天", "日", "工作日", "个工作日", "个自然日", "自然日", "个月", "周", "年"))
MEASURES = frozenset(
    ("", "张床位", "平方米", "㎡", "米", "公里", "平方公里", "元", "万元", "亿元", "吨", "人", "名", "张", "头", "只", "羽", "立方米", "亩", "公顷",
     "年", "个月", "岁", "户", "千瓦", "公斤", "千克", "升", "层", "辆", "床")
)
DOING = (
    "新建|建设|建成|建立|创建|完成|打造|培育|培养|开展|组织|举办|召开|检查|抽检|抽查|监测|检测|检验|培训|新增|增加|新增加|改造|整治|查处|查办|办理|办结|侦破|侦办|破获|"
    "发放|配备|配置|设立|设置|制定|制修订|修订|出台|发布|推出|评选|评定|评估|遴选|认定|扶持|支持|引进|招引|引育|实施|推进|选取|选择|确定|安排|争创|淘汰|关停|拆除|治理|修复|"
    "种植|造林|营造|救助|资助|帮扶|安置|开工|竣工|投产|投入|落实|争取|筹集|采集|采样|抽样|编制|印制|张贴|悬挂|播放|安装|更换|清理|回收|压减|削减|减少|降低|提升|扩大|扩建|改建|改扩建|"
    "布设|布局|建档|登记|注册|备案|审核|验收|指导|督促|督导|帮助|推动|力争|确保|实现|达到|达|选树|表彰|奖励|聘请|招聘|引导|吸纳|参与|演练|巡查|排查|走访|宣讲|刊发|推送|报送|上报|提交|形成|"
    "每个|各|每家|每所|每村|每镇|每乡镇|每县|每人|人均|户均|转移|就业|创业|孵化|申报|获批|储备|签约|落地|建档立卡|覆盖|拍摄|制作|撰写|升级|试点|部署|示范|增殖放流|放流|补贴|投放|接种|筛查|随访|签订|执行|做好"
)
HAS_DOING = re.compile(DOING)
_DOES_AT_END = re.compile(rf"(?:{DOING})(?:了|出|好)?$")


@dataclass(frozen=True, slots=True)
class Around:
    """The words around a quantity. ``clause``: from the last stop to it; ``before``: up to 30 characters
    before the number with its comparator; ``after``: up to 40 behind the unit; ``following``: up to 14
    behind the comparator; ``year``: the plan year."""

    text: Text
    clause: str
    before: str
    after: str
    following: str
    year: int | None
    clause_start: int


def around(text: Text, q: Quantity, start: int, end: int, year: int | None) -> Around:
    """The surroundings of ``q`` within ``norm[start:end]``."""
    norm = text.norm
    clause_start = max(start, q.start - 80)
    for stop in "，。；！？":
        clause_start = max(clause_start, norm.rfind(stop, clause_start, q.left) + 1)
    return Around(text, norm[clause_start : q.left], norm[max(start, q.left - 30) : q.left], norm[q.end : min(end, q.end + 40)],
                  norm[q.right : min(end, q.right + 14)], year, clause_start)


Check = Callable[[Quantity, Around], bool]
Test = Callable[[str], bool]


def ends(shape: str) -> Test:
    """Whether a text ends in ``shape``."""
    p = re.compile(rf"(?:{shape})$")
    return lambda words: p.search(words) is not None


def begins(shape: str) -> Test:
    """Whether a text begins with ``shape``."""
    p = re.compile(shape)
    return lambda words: p.match(words) is not None


_SIGN_BEFORE = re.compile(r"[A-Za-z\d.·/+*×第-]")
_ROUND_THE_CLOCK = ends(r"7[*×x]")


def _in_code(q: Quantity, a: Around) -> bool:
    """昆仑2020, DB12/T 914—2019, 第3项, 1+3: the digits belong to a longer sign."""
    if q.left < q.start or ("小时" in q.unit and _ROUND_THE_CLOCK(a.before)):
        return False
    return q.start > 0 and _SIGN_BEFORE.match(a.text.norm, q.start - 1) is not None


def _calendar(q: Quantity, a: Around) -> bool:
    """Years, months, days, quarters, ages: 2020年, 7月14日, 一季度, 3岁以下."""
    if q.unit in ("月", "季"):
        return True
    if q.unit == "年":
        return q.value > 1900 or q.op is None or q.left == q.start
    if q.unit == "日":
        return q.op is None or a.before.endswith("月")
    told = q.left < q.start or BARE_VERB.search(a.before) is not None
    return q.unit == "岁" and not (told and a.after[:1] in ("", "，", "。", "；", "、", "）"))


_TRAITS = (
    "建筑面积|经营面积|使用面积|营业面积|面积|就餐人数|供餐人数|用餐人数|人数|年产值|产值|营业额|销售额|年销售|注册资本|持证|从业|工龄|年龄|存栏|出栏|规模|床位|货值|金额|涉案|投资额|总投资|"
    "处理能力|日供餐|年供餐|日均|容量|容积|功率|高度|层高|距离|周边|半径|直径|年收入|在校生|学生|员工|职工|常住人口|装机|产能|年产|日产|日处理|年处理|满"
)
_AFTER_TRAIT = ends(rf"(?:{_TRAITS})(?:在|达到?|为)?")
_AFTER_SHARE = ends(r"(?:持股|占股|股权|出资|含量|浓度|纯度|股份)(?:比例)?(?:达到?|超过|在|占)?")
_HAN_FOLLOWS = begins(r"[\u4e00-\u9fff“]")
_OF_A_NOUN = begins(r"(?:（含）)?的(?!目标|要求|标准|比例|任务|水平|速度|幅度|频次|数量)")


_HAVING = ends("(?:拥有|具有|具备|设有|建有|配有|配备有?|至少有|要有|应有)")
_WHO_HAS = begins(r"(?:（含）)?(?:以上)?的[^，。；的]{1,10}的")


def _owned(before: str, following: str) -> bool:
    """拥有2个以上的科普点 is owed; 拥有2个以上门店的企业 says who is meant."""
    return _HAVING(before) and not _WHO_HAS(following)


def _threshold(q: Quantity, a: Around) -> bool:
    """建筑面积1000㎡以上的餐饮单位, 持证3个月以上的食堂: the number says who is meant."""
    if q.unit in ("%", "‰", "‱"):
        return _AFTER_SHARE(a.before) and _HAN_FOLLOWS(a.following.lstrip("的"))
    behind = q.right > q.end
    if not behind and q.left == q.start:
        return False
    if _OF_A_NOUN(a.following):
        if not behind:
            return _AFTER_TRAIT(a.before)
        return (_DOES_AT_END.search(a.before[-6:]) is None and not _owned(a.before, a.following)) or q.unit in MEASURES
    if q.left < q.start:
        return False
    if _in_bracket(q, a.text) and q.unit in MEASURES and BARE_VERB.search(a.before) is None:
        return True
    if not _HAN_FOLLOWS(a.following):
        return False
    if q.op == ">=" and (q.unit in MEASURES or q.unit in TIME_UNITS):
        return _DOES_AT_END.search(a.before) is None
    if q.op == ">=":
        return HAS_DOING.search(a.clause) is None and BARE_VERB.search(a.before) is None
    return _AFTER_TRAIT(a.before)


def _in_bracket(q: Quantity, text: Text) -> bool:
    i = text.norm.rfind("（", max(0, q.start - 40), q.start)
    return i >= 0 and text.pairs.get(i, -1) >= q.end and text.pairs.get(i, -1) - i < 60


_FROM = ends(r"(?:由|从|自)[^，。；、]{0,16}")
_TO = begins(r"(?!左右|以上|以下)[^，。；]{0,10}?(?:提高|提升|增加|增长|上升|扩大|升|增|降|下降|降低|减少|压缩|压减|缩短|缩减|减|变|调整|达|到|至)")
_ON_THE_BASIS = begins(r"(?:左右)?的?(?:基础上|基数上|的水平上)")
_EXISTING = ends(r"(?:辖区内?|区内|境内|在营|在产|在建|在册|现有)的?|(?:排查|发现|检查|摸排|梳理|反馈|交办|指出|查出|移交|在册|登记|列入|确定|认定)出?的")
_PAST = re.compile(r"去年|上年|上一年|往年|过去|近[\d一二三四五六七八九十两几]+年|历年|前年|截至目前|截止目前|目前|现有|原有|现存|已(?:经|有|累计|建成|完成|达到?|实现|培育|创建|开展)|曾")
_COMPARED = re.compile(r"比|较|低于|少于|高于|超过|同比|与|相比|基础上|由|从")
_NOW = re.compile(r"力争|确保|今年|本年|年内|年底|提高到|提升到|提升至|提高至|新增|再")
_A_YEAR = re.compile(r"((?:19|20)\d\d)年")
_THAN_BEFORE = ends(r"比|较|与|在|由|从|自|.*以来")
_THAN_AFTER = begins(r"以来|[^，]{0,12}(?:基础上|增长|提高|提升|下降|减少|降低)")


def _baseline(q: Quantity, a: Around) -> bool:
    """由45%提高到65%, 在现有12个的基础上, 上年为90%: where things stood, not where they must go."""
    if (_FROM(a.before) and _TO(a.following)) or _ON_THE_BASIS(a.following) or _EXISTING(a.before):
        return True
    past = _PAST.search(a.clause)
    if past is not None and _COMPARED.search(a.clause[: past.start() + 6]) is None:
        return _NOW.search(a.clause, past.end()) is None
    return any(
        a.year is not None and int(m.group(1)) < a.year and not _THAN_BEFORE(a.clause[: m.start()]) and not _THAN_AFTER(a.clause[m.end() :])
        for m in _A_YEAR.finditer(a.clause)
    )


_RATED = ends(r"(?:日|年)(?:处理|产|加工|屠宰|供|出栏|存栏|生产|均)?(?:能力)?")
_PROJECT = begins(r"[^，。；、]{0,24}?(?:项目|工程|生产线|基地|产业园|冷库|电站|水厂)")
_SIZE_IS_THE_AIM = ends(r"面积|总计|共计|合计|里程|长度|新增|完成|新建|改造|建设|建成|修复|治理")
_SIZES = frozenset(("吨", "亩", "千瓦", "兆瓦", "立方米", "头", "只", "羽", "平方米", "公里", "米", "公斤"))


def _capacity(q: Quantity, a: Around) -> bool:
    """日处理500吨…项目, 300万吨玉米等项目: the size of a project is part of its name."""
    if q.left < q.start or q.right > q.end:
        return False
    if q.unit in _SIZES or q.unit in ("套", "件", "张", "份"):
        if _RATED(a.before):
            return True
        return q.unit in _SIZES and _PROJECT(a.after) and not _SIZE_IS_THE_AIM(a.before)
    return False


_LIVELIHOOD = begins(r"(?:民生|惠民|为民|便民|利民)?实事|第")
_THINGS_OF_PLANS = begins(
    r"(?:重点|主要|具体|专项|主体|核心|基本|关键|突出)*(?:任务|措施|行动|举措|要求|内容|制度|机制|责任|方面|环节|必须|严格|最严|坚持|确保|统一|意识|自信|维护|清单|体系|领域|层面|维度|阶段|步骤|统筹|重点(?=[，。、；的]))"
)
_MADE = ends(r"完成|制定|出台|落实落地|新增|推出")


def _counted_name(q: Quantity, a: Around) -> bool:
    """10件惠民实事, 九项重点任务, 35项任务: a count that is part of a name."""
    if q.left < q.start or q.right > q.end:
        return False
    if q.unit in ("件", "项", "个") and _LIVELIHOOD(a.after):
        return True
    return q.unit in ("项", "个", "条", "大", "类", "种", "方面") and _THINGS_OF_PLANS(a.after) and not _MADE(a.before)


_EACH_GETS = begins(r"[^，。；]{0,24}每(?:年|半年|季度?|个?月|周|日)[^，。；]{0,12}[\d一二两三四五六七八九十]+[次场轮]")
_EACH_SO_MANY = ends(r"每(?:增加|新增)?|周边|附近|沿线|方圆|相距|间隔")
_WITHIN_REACH = begins(r"范围(?:内|以内)")
_STRETCH_BEFORE = ends(r"近|过去|前|用|利用|连续|为期|历时|最近|前后|后|未来|今后|头|约")
_STRETCH_AFTER = begins(r"以外|之外|行动|计划|规划|攻坚|大会战|时间|左右的|期|制|来|以来|集中")


def _stretch_of_time(q: Quantity, a: Around) -> bool:
    """三年行动, 近5年, 用3个月时间, 8小时以外: a stretch of time, not a limit."""
    if q.unit not in TIME_UNITS:
        return False
    if (q.op is None and _STRETCH_BEFORE(a.before)) or _STRETCH_AFTER(a.after):
        return True
    return q.unit in ("年", "个月", "周", "天") and q.op is None


_PART_OF_A_WORD = begins(r"[\u4e00-\u9fff]{0,8}圈|式|性(?!能)|棋|龙|网(?![络点站格吧])|事(?![项件例故务])|米阳光")
_RATIO_BEFORE, _RATIO_AFTER = ends(r"\d(?:：|比)"), begins(r"(?:：|比)\d")
_WEIGHT = ends(r"(?:权重|分值)(?:为|占)?|占[^，。；]{0,12}(?:考核|总分|总成绩)[^，。；]{0,4}")
_POINTS = ends(r"[扣加计][\d.]*|(?:权重|分值)(?:为|占)?")
_FINED = begins(r"(?:以上|以下)?(?:的)?(?:罚款|赔偿)")
_PENALTY = ends(r"(?:罚款|处以|货值|案值|涉案金额|涉案)[^，。；]{0,14}")


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A named reason why a number is no requirement. ``excludes`` says whether it applies."""

    name: str
    excludes: Check


EXCLUSIONS: tuple[Exclusion, ...] = (
    Exclusion("inside a title or quotation marks", lambda q, a: bool(a.text.named[q.start])),
    Exclusion("part of a code", _in_code),
    Exclusion("calendar", _calendar),
    Exclusion("threshold", _threshold),
    Exclusion("baseline", _baseline),
    Exclusion("capacity", _capacity),
    Exclusion("counted name", _counted_name),
    Exclusion("things that each get a number", lambda q, a: a.before.endswith("对") and _EACH_GETS(a.after)),
    Exclusion("base of a ratio", lambda q, a: _EACH_SO_MANY(a.before) or _WITHIN_REACH(a.following)),
    Exclusion("stretch of time", _stretch_of_time),
    Exclusion("grade, level or class", lambda q, a: q.unit in ("级", "类", "位", "度", "等") and q.left == q.start and not a.before.endswith("前")),
    Exclusion("part of a word", lambda q, a: _PART_OF_A_WORD(a.after)),
    Exclusion("ratio of two numbers", lambda q, a: _RATIO_BEFORE(a.before) or _RATIO_AFTER(a.after)),
    Exclusion("weight in a score", lambda q, a: q.op is None and (_POINTS(a.before) if q.unit == "分" else q.unit == "%" and _WEIGHT(a.before))),
    Exclusion("money of a penalty or case", lambda q, a: q.unit in (*MONEY, "倍") and (_PENALTY(a.before) or _FINED(a.following))),
)

MEANT_OTHERWISE = {
    "threshold": say("这个数读作范围条件，没有作为指标"),
    "baseline": say("这个数读作现状或基数，没有作为指标"),
    "capacity": say("这个数读作项目规模，没有作为指标"),
    "things that each get a number": say("这个数读作对象的数目，没有作为指标"),
    "base of a ratio": say("这个数读作比例的基数，没有作为指标"),
    "stretch of time": say("这个数读作一段时间，没有作为指标"),
    "ratio of two numbers": say("这个数读作比例，没有作为指标"),
    "weight in a score": say("这个数读作分值或权重，没有作为指标"),
    "money of a penalty or case": say("这个数读作罚没或涉案金额，没有作为指标"),
}
"""What a number was taken for, where a person may see it otherwise. The other rules name what is never a requirement."""


def excluded_by(q: Quantity, a: Around) -> str | None:
    """Name of the first rule that says the quantity is no requirement."""
    return next((rule.name for rule in EXCLUSIONS if rule.excludes(q, a)), None)
