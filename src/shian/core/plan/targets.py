"""Targets (量化指标): which printed numbers state a requirement, and what they require.

A quantity is a target unless an exclusion rule names it as something else (a year, a baseline, a
threshold that says who is meant, a part of a name …).  Percentages need no more; counts in Arabic
figures need a requirement in reach (a comparator, a verb of doing); counts in Chinese numerals, which
mostly belong to set phrases (四个最严, 一批), need a comparator or a verb right before them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from .deadlines import Due
from .model import Op, Target
from .quantities import BARE_VERB, MONEY, Quantity, find_quantities
from .text import Text

DOING = (
    "新建|建设|建成|建立|创建|完成|打造|培育|培养|开展|组织|举办|召开|检查|抽检|抽查|监测|检测|检验|培训|新增|增加|新增加|改造|整治|查处|查办|办理|办结|侦破|侦办|破获|"
    "发放|配备|配置|设立|设置|制定|制修订|修订|出台|发布|推出|评选|评定|评估|遴选|认定|扶持|支持|引进|招引|引育|实施|推进|选取|选择|确定|安排|争创|淘汰|关停|拆除|治理|修复|"
    "种植|造林|营造|救助|资助|帮扶|安置|开工|竣工|投产|投入|落实|争取|筹集|采集|采样|抽样|编制|印制|张贴|悬挂|播放|安装|更换|清理|回收|压减|削减|减少|降低|提升|扩大|扩建|改建|改扩建|"
    "布设|布局|建档|登记|注册|备案|审核|验收|指导|督促|督导|帮助|推动|力争|确保|实现|达到|达|选树|表彰|奖励|聘请|招聘|引导|吸纳|参与|演练|巡查|排查|走访|宣讲|刊发|推送|报送|上报|提交|形成|"
    "每个|各|每家|每所|每村|每镇|每乡镇|每县|每人|人均|户均|转移|就业|创业|孵化|申报|获批|储备|签约|落地|建档立卡|覆盖|拍摄|制作|撰写|升级|试点|部署|示范|增殖放流|放流|补贴|投放|接种|筛查|随访|签订|执行|做好"
)
CREATING = (
    "新建|扩建|改建|建设|建成|创建|完成|打造|培育|开展|组织|举办|召开|进行|举行|新增|改造|查处|查办|侦破|办好|设立|制定|出台|发布|推出|评选|认定|引进|争创|选树|实施|安排|遴选|建立|"
    "不少于|至少|每人|每村|每镇|每个|各|检查|抽检|培训|演练|研究|听取|通报|调度|督查|巡查|巡检|评估|报告|调研|维护|更新|发放|配备|编制|拍摄|制作"
)
_DOING = re.compile(DOING)
_CREATING = re.compile(CREATING)
_REACHING = re.compile(r"(?:达到|达|完成|实现|提高到|提升到|增加到|增至|稳定在|保持在|突破|新增|减少|增加)(?:了|约)?$")
_PHYSICAL = frozenset(("亩", "公顷", "公里", "千米", "吨", "元", "万元", "亿元", "平方米", "立方米", "户", "人次", "株", "平方公里", "学时", "课时"))
_CREATING_AT = re.compile(rf"(?:{CREATING})(?:了|好|并|[^，。；、：\d]{{0,4}}?)$")
_PERIODIC = re.compile(r"(?:每[年季月周日旬](?:度)?|每个?(?:半年|季度|月|学期|学年|乡镇|县|村|社区|单位|企业|街道|镇)|半年|全年|年内|年底前|月底前|各|上半年|下半年|季度)[^，。；]{0,20}$")
_EVENT_UNITS = frozenset(("次", "场", "期", "轮", "遍", "场次", "届", "批次", "人次", "堂", "节"))
_TIME_UNITS = frozenset(("小时", "个小时", "分钟", "天", "日", "工作日", "个工作日", "个自然日", "自然日", "个月", "周", "年"))
_STOPS = "，。；！？：（）"

Check = Callable[[Text, Quantity, "Around"], bool]


@dataclass(frozen=True, slots=True)
class Around:
    """The words around a quantity: its clause before it, what follows, and the plan year."""

    clause: str
    before: str
    after: str
    year: int | None
    clause_start: int


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A named reason why a number is no requirement. ``excludes`` says whether it applies."""

    name: str
    excludes: Check


def _matches_before(shape: str) -> Check:
    p = re.compile(rf"(?:{shape})$")
    return lambda text, q, a: p.search(a.before) is not None


def _matches_after(shape: str) -> Check:
    p = re.compile(shape)
    return lambda text, q, a: p.match(a.after) is not None


_PROPER = re.compile(r"[A-Za-z\d.·/+*×-]$|第$|[A-Za-z]-$")


def _in_code(text: Text, q: Quantity, a: Around) -> bool:
    """昆仑2020, DB12/T 914—2019, 第3项, 1+3: the digits belong to a longer sign."""
    if q.op is not None and q.left < q.start:
        return False
    return not (re.search(r"7[*×x]$", a.before) and "小时" in q.unit) and _PROPER.search(text.norm[max(0, q.start - 1) : q.start]) is not None


def _calendar(text: Text, q: Quantity, a: Around) -> bool:
    """Years, months, days, quarters, ages of things: 2020年, 7月14日, 一季度, 3岁."""
    if q.unit in ("月", "季"):
        return True
    if q.unit == "年":
        return q.value > 1900 or q.op is None or q.left == q.start
    if q.unit in ("日", "天", "周") and text.norm[q.start - 2 : q.start - 1].isdecimal() and a.before.endswith("月"):
        return True
    if q.unit == "日":
        return q.op is None
    told = q.left < q.start or BARE_VERB.search(a.before) is not None
    return q.unit == "岁" and not (told and a.after[:1] in ("", "，", "。", "；", "、", "）"))


_SUBJECT_OF_THRESHOLD = (
    "建筑面积|经营面积|使用面积|营业面积|面积|就餐人数|供餐人数|用餐人数|人数|年产值|产值|营业额|销售额|年销售|注册资本|持证|从业|工龄|年龄|存栏|出栏|规模|床位|货值|金额|涉案|投资额|总投资|"
    "处理能力|日供餐|年供餐|日均|容量|容积|功率|高度|层高|距离|周边|半径|直径|年收入|在校生|学生|员工|职工|常住人口|装机|产能|年产|日产|日处理|年处理|满"
)


def _threshold(text: Text, q: Quantity, a: Around) -> bool:
    """建筑面积1000㎡以上的餐饮单位, 持证3个月以上的食堂, 规模以上: the number says who is meant."""
    if q.unit in ("%", "‰", "‱"):
        share = re.search(r"(?:持股|占股|股权|出资|含量|浓度|纯度|比重超过|股份)(?:比例)?(?:达到?|超过|在|占)?$", a.before)
        return share is not None and re.match("(?:以上|以下)?的?[\u4e00-\u9fff]", a.after) is not None
    following = text.norm[q.right : q.right + 3]
    compared = q.right > q.end
    if re.match(r"(?:（含）)?的(?!目标|要求|标准|比例|任务|水平|速度|幅度|频次|数量)", following) and (compared or q.left < q.start):
        if not compared:
            return re.search(rf"(?:{_SUBJECT_OF_THRESHOLD})(?:在|达到?)?$", a.before) is not None
        return _DOING_AT.search(_before(text, q.left, 6)) is None or q.unit in _MEASURES
    if compared and q.left == q.start and q.unit in _MEASURES | _TIME_UNITS and re.match(r"[\u4e00-\u9fff“]", following) and q.op == ">=":
        return _DOING_AT.search(a.before) is None
    if compared and q.left == q.start and re.match(r"[\u4e00-\u9fff“]", following) and q.op == ">=" and not re.match("（", following):
        return _DOING.search(a.clause) is None and BARE_VERB.search(a.before) is None
    if _in_bracket(text, q) and compared and q.unit in _MEASURES and q.left == q.start and BARE_VERB.search(a.before) is None:
        return True
    if _in_bracket(text, q) and q.unit in _MEASURES and re.search(rf"(?:{_SUBJECT_OF_THRESHOLD})(?:在|达到?|为|超过|不足|大于|小于|不小于)?$", _before(text, q.left, 12)):
        return True
    return compared and q.left == q.start and re.search(rf"(?:{_SUBJECT_OF_THRESHOLD})$", a.before) is not None and re.match(r"[\u4e00-\u9fff]", following) is not None


_MEASURES = frozenset(("平方米", "㎡", "米", "公里", "平方公里", "元", "万元", "亿元", "吨", "人", "名", "张", "头", "只", "羽", "立方米", "亩", "公顷", "年", "个月", "岁", "户", "千瓦", "公斤", "千克", "升", "层", "辆", "床"))
_DOING_AT = re.compile(rf"(?:{DOING})(?:了|出|好)?$")


def _in_bracket(text: Text, q: Quantity) -> bool:
    i = text.norm.rfind("（", max(0, q.start - 40), q.start)
    return i >= 0 and text.pairs.get(i, -1) >= q.end and text.pairs.get(i, -1) - i < 60


def _before(text: Text, pos: int, n: int) -> str:
    return text.norm[max(0, pos - n) : pos]


def _baseline(text: Text, q: Quantity, a: Around) -> bool:
    """由45%提高到65%, 在现有12个的基础上, 上年为90%: where things stood, not where they must go."""
    after = text.norm[q.right : q.right + 14]
    if re.search(r"(?:由|从|自)[^，。；、]{0,16}$", a.before) and re.match(
        r"左右|以上|以下", after
    ) is None and re.match(r"[^，。；]{0,10}?(?:提高|提升|增加|增长|上升|扩大|升|增|降|下降|降低|减少|压缩|压减|缩短|缩减|减|变|调整|达|到|至)", after):
        return True
    if re.match(r"(?:左右)?的?(?:基础上|基数上|的水平上)", after):
        return True
    if re.search(r"(?:辖区内?|区内|境内|在营|在产|在建|在册|现有)的?$", a.before):
        return True
    if re.search(r"(?:排查|发现|检查|摸排|梳理|反馈|交办|指出|查出|移交|在册|登记|列入|确定|认定)出?的$", a.before):
        return True
    past = re.search(r"去年|上年|上一年|往年|过去|近[\d一二三四五六七八九十两几]+年|历年|前年|截至目前|截止目前|目前|现有|原有|现存|已(?:经|有|累计|建成|完成|达到?|实现|培育|创建|开展)|曾", a.clause)
    if past is not None and not re.search(r"比|较|同比|与|相比|基础上|由|从", a.clause[: past.start() + 6]):
        return not re.search(r"力争|确保|今年|本年|年内|年底|提高到|提升到|提升至|提高至|新增|再", a.clause[past.end() :])
    for m in re.finditer(r"((?:19|20)\d\d)年", a.clause):
        if a.year is not None and int(m.group(1)) < a.year and not re.search(r"(?:比|较|与|在|由|从|自)$|以来", a.clause[: m.start()]) and not re.match(r"以来|[^，]{0,12}(?:基础上|增长|提高|提升|下降|减少|降低)", a.clause[m.end() :]):
            return True
    return False


def _capacity(text: Text, q: Quantity, a: Around) -> bool:
    """日处理500吨…项目, 300万吨玉米等项目: the size of a project is part of its name."""
    if q.left < q.start or q.right > q.end:
        return False
    if re.search(r"(?:日|年)(?:处理|产|加工|屠宰|供|出栏|存栏|生产|均)?(?:能力)?$", a.before) and q.unit not in ("次", "批次", "人次", "%"):
        return q.unit in ("吨", "头", "只", "羽", "万吨", "立方米", "公斤", "千瓦", "套", "件", "张", "份")
    if q.unit not in ("吨", "亩", "千瓦", "兆瓦", "立方米", "头", "只", "羽", "平方米", "公里", "米", "公斤"):
        return False
    project = re.match(r"[^，。；、]{0,24}?(?:项目|工程|生产线|基地|产业园|冷库|电站|水厂)", a.after)
    return project is not None and not re.search(r"(?:面积|总计|共计|合计|里程|长度)$", a.before) and not re.search(r"(?:新增|完成|新建|改造|建设|建成|修复|治理)$", a.before)


def _counted_name(text: Text, q: Quantity, a: Around) -> bool:
    """10件惠民实事, 八大工程, 九项重点任务, 35项任务: a count that is part of a name."""
    if q.left < q.start or q.right > q.end:
        return False
    if re.match(r"(?:民生|惠民|为民|便民|利民)?实事(?:第|项目)?|第", a.after) and q.unit in ("件", "项", "个"):
        return True
    if q.unit in ("项", "个", "条", "大", "类", "种", "方面"):
        name = re.match(r"(?:重点|主要|具体|专项|主体|核心|基本|关键|突出)*(?:任务|措施|行动|举措|要求|内容|制度|机制|责任|方面|环节|必须|严格|最严|坚持|确保|统一|意识|自信|维护|清单|体系|领域|层面|维度|阶段|步骤|统筹|重点(?=[，。、；的]))", a.after)
        return name is not None and not re.search(r"(?:完成|制定|出台|落实落地|新增|推出)$", a.before)
    return False


def _ratio_base(text: Text, q: Quantity, a: Around) -> bool:
    """每50名学生, 每10万人: the base of a ratio."""
    return re.search(r"每(?:增加|新增)?$", a.before) is not None or re.match(r"范围(?:内|以内)", text.norm[q.right : q.right + 3]) is not None or re.search(r"(?:周边|附近|沿线|方圆|相距|间隔)$", a.before) is not None


def _span_of_years(text: Text, q: Quantity, a: Around) -> bool:
    """三年行动, 近5年, 用3个月时间, 8小时以外: a stretch of time, not a limit."""
    if q.unit not in _TIME_UNITS:
        return False
    if re.search(r"(?:近|过去|前|用|利用|连续|为期|历时|最近|前后|后|未来|今后|头|约)$", a.before) and q.op is None:
        return True
    if re.match(r"(?:以外|之外|行动|计划|规划|攻坚|大会战|时间|左右的|期|制|来|以来|集中)", a.after):
        return True
    return q.unit in ("年", "个月", "周", "天") and q.op is None


_QUOTED_PARTS = re.compile(r"(?:标准|条例|办法|规定|规范|方案|意见)$")
EXCLUSIONS: tuple[Exclusion, ...] = (
    Exclusion("inside a title or quotation marks", lambda text, q, a: bool(text.named[q.start])),
    Exclusion("part of a code", _in_code),
    Exclusion("calendar", _calendar),
    Exclusion("threshold", _threshold),
    Exclusion("baseline", _baseline),
    Exclusion("capacity", _capacity),
    Exclusion("counted name", _counted_name),
    Exclusion("base of a ratio", _ratio_base),
    Exclusion("stretch of time", _span_of_years),
    Exclusion("grade, level or class", lambda text, q, a: q.unit in ("级", "类", "位", "度", "等") and q.left == q.start and not re.search("前$", a.before)),
    Exclusion("part of a word", _matches_after(r"[\u4e00-\u9fff]{0,8}圈|式|性(?!能)|棋|龙|网(?![络点站格吧])|事(?![项件例故务])|米阳光")),
    Exclusion("ratio of two numbers", lambda text, q, a: re.search(r"\d(?:：|比)$", a.before) is not None or re.match(r"(?:：|比)\d", a.after) is not None),
    Exclusion("weight in a score", lambda text, q, a: (q.unit == "分" or "占" in a.before[-20:] or "权重" in a.before) and re.search(r"(?:权重|分值)(?:为|占)?$|[扣加计][\d.]*$|占[^，。；]{0,12}(?:考核|总分|总成绩)[^，。；]{0,4}$", a.before) is not None and q.op is None),
    Exclusion("money of a penalty or case", lambda text, q, a: q.unit in MONEY and re.search(r"(?:罚款|处以|货值|案值|涉案金额|涉案)[^，。；]{0,14}$", a.before) is not None),
)


def excluded_by(text: Text, q: Quantity, around: Around) -> str | None:
    """Name of the first rule that says the quantity is no requirement."""
    return next((rule.name for rule in EXCLUSIONS if rule.excludes(text, q, around)), None)


def is_required(text: Text, q: Quantity, a: Around) -> float:
    """How sure it is that the quantity is a requirement: 0 is no."""
    if q.unit in ("%", "‰", "‱", "个百分点", "百分点") or q.is_rate:
        return 0.95 if q.op or BARE_VERB.search(a.before) else 0.85
    compared = q.op is not None
    if q.unit in _TIME_UNITS:
        return _time_limit(text, q, a)
    if q.han:
        return _han_count(q, a, compared)
    if compared:
        return 0.95
    if _DOING.search(a.clause) or BARE_VERB.search(a.before) or _PERIODIC.search(a.before):
        return 0.85
    return 0.7 if _listed(text, q, a) else 0.6 if q.unit not in ("人", "级", "点", "面", "分", "里", "对", "组", "口") else 0


def _listed(text: Text, q: Quantity, a: Around) -> bool:
    return text.norm[q.start - 1 : q.start] in ("、", "和")


def _time_limit(text: Text, q: Quantity, a: Around) -> float:
    if q.op is not None or re.search(r"(?:压缩|缩短|压减|控制|减少)[^，。；]{0,10}$", a.before):
        return 0.9
    if q.unit in ("小时", "个小时") and q.value == 24:
        return 0.9
    if q.unit in ("小时", "工作日", "个工作日", "分钟", "个小时", "自然日", "个自然日"):
        return 0.8 if re.match(r"[\u4e00-\u9fff]{0,6}(?:办|回复|答复|反馈|响应|处置|处理|到达|报告|畅通|值|受理|审|完成|送达|核|培训|学习|上报|答|告知|转办|查处|公示|公开|在线|服务|监控|警力|出)", a.after) or BARE_VERB.search(a.before) or _DOING.search(a.clause) else 0
    return 0


def _han_count(q: Quantity, a: Around, compared: bool) -> float:
    if q.value == 1 and q.unit not in _EVENT_UNITS:
        each = re.search(r"(?:每|各)(?:个|家|所)?[\u4e00-\u9fff]{0,10}$|至少[^，。；]{0,8}$|不少于$", a.before)
        return 0.75 if each is not None else 0
    if re.match(r"(?:以上)?[“”]|最严|必须|确保|责任|清单", a.after):
        return 0
    if compared:
        return 0.85
    if q.unit in _EVENT_UNITS and (_CREATING_AT.search(a.before) or _PERIODIC.search(a.before)):
        return 0.85
    if q.unit in _EVENT_UNITS and q.unit in ("次", "场") and re.match(r"[^，。；]{0,12}(?:检查|会议|演练|培训|活动|调度|调研|督查|评估|行动|巡查|抽检|清查|整治|排查|监测|会商|通报)", a.after):
        return 0.8 if not re.match(r"[^，。；]{0,2}性|会议精神|全会", a.after) else 0
    if q.value > 1 and _REACHING.search(a.before):
        return 0.8
    at_end = a.after[:1] in ("", "，", "。", "；", "、", "）") and (_CREATING.search(a.clause) is not None or q.unit in _PHYSICAL)
    return 0.7 if q.value > 1 and (at_end or _CREATING_AT.search(a.before)) and q.unit not in ("种", "类", "级", "点", "面", "位", "大", "条", "部", "组", "对", "人", "本", "口") else 0


def find_targets(text: Text, start: int, end: int, year: int | None, dues: list[Due] | None = None,
                 ) -> tuple[list[Target], list[tuple[int, int, str]]]:
    """Targets of ``norm[start:end]``, and the quantities left out with why."""
    targets: list[Target] = []
    left_out: list[tuple[int, int, str]] = []
    found = list(find_quantities(text, start, end))
    ops = _shared_ops(text, found)
    for q, op in zip(found, ops, strict=True):
        if any(d.start <= q.start < d.end for d in dues or ()):
            continue
        around = _around(text, q, start, end, year)
        shared = replace(q, op=op)
        reason = excluded_by(text, shared, around)
        sure = 0.0 if reason else is_required(text, shared, around)
        if sure:
            targets.append(_target(text, shared, around, dues or [], start, sure))
        elif reason is None and not q.han:
            left_out.append((q.start, q.end, "有数字，但看不出是要求"))
    return targets, left_out


def _around(text: Text, q: Quantity, start: int, end: int, year: int | None) -> Around:
    clause_start = max(start, q.start - 80)
    for stop in "，。；！？":
        clause_start = max(clause_start, text.norm.rfind(stop, clause_start, q.left) + 1)
    return Around(text.norm[clause_start : q.left], text.norm[max(start, q.left - 30) : q.left], text.norm[q.end : min(end, q.end + 40)], year, clause_start)


def _shared_ops(text: Text, found: list[Quantity]) -> list[Op | None]:
    """分别达到95%、96%、98%以上, 不少于100、200批次: one comparator for a list of numbers."""
    ops = [q.op for q in found]
    for i in range(len(found) - 1, 0, -1):
        if _joined(text, found[i - 1], found[i]) and ops[i] is not None and ops[i - 1] is None and found[i].left >= found[i].start:
            ops[i - 1] = ops[i]
    leads = [q.left < q.start for q in found]
    for i in range(1, len(found)):
        if ops[i] is None and leads[i - 1] and _joined(text, found[i - 1], found[i]):
            ops[i], leads[i] = ops[i - 1], True
    return ops


def _joined(text: Text, a: Quantity, b: Quantity) -> bool:
    return text.norm[a.right : b.start] in ("、", "和", "及", "与", "，", "以及")


def _operator(text: Text, q: Quantity, a: Around) -> tuple[Op, bool]:
    """Comparator and whether it is only implied (``bare``)."""
    if q.op is not None:
        return q.op, False
    if q.value == 100 and q.unit == "%":
        return "==", True
    if q.unit in ("名", "位") and a.before.endswith("前"):
        return "<=", False
    if q.unit in _TIME_UNITS and not (q.value == 24 and "小时" in q.unit):
        limit = q.unit in ("工作日", "个工作日", "分钟", "天", "自然日", "个自然日") or re.search(r"压缩|缩短|压减|控制", a.clause)
        return ("<=", not limit) if limit or re.match("[^，。；]{0,4}(?:办|回复|答复|响应|到达|报告)", a.after) else ("==", True)
    if q.is_rate or q.value_max is not None or q.approximate:
        return ">=", True
    return "==", True


def _target(text: Text, q: Quantity, a: Around, dues: list[Due], start: int, sure: float) -> Target:
    unit = _unit(text, q, a)
    op, bare = _operator(text, replace(q, unit=unit), a)
    sentence = max(start, text.norm.rfind("。", start, q.start) + 1, text.norm.rfind("；", start, q.start) + 1)
    bound = [d.date for d in dues if sentence <= d.start < q.right and d.recurring is None]
    begin = max(a.clause_start, q.left - 24)
    while begin < q.left and text.norm[begin] in "、）":
        begin += 1
    return Target(None, text.quote(begin, q.right), _subject(text, q, a, dues), op, q.value, unit,
                  text.span(begin, q.right), q.value_max, bound[-1] if bound else None, bare, sure)


def _unit(text: Text, q: Quantity, a: Around) -> str:
    """每千人4.5批次 is 批次/千人; otherwise as printed."""
    per = re.search(r"每(?P<p>千人|万人|十万人|千名|百人)(?:口|次)?(?:抽检|检验|监测|抽检量|检验量|食品|年)*(?:不少于|不低于|达到|达|为|至少|要达到)?$", text.norm[max(0, q.start - 20) : q.start])
    unit = q.unit
    if per is not None and unit in ("批次", "份", "批", "件", "次"):
        return f"{unit}/{per.group('p')}"
    if unit in ("批次", "份") and re.match(r"/?(?:每)?千人", a.after):
        return unit + "/千人"
    return unit


def _subject(text: Text, q: Quantity, a: Around, dues: list[Due]) -> str:
    """What is measured: the clause before the number without date and verb, else the noun after it."""
    begin = a.clause_start
    for d in dues:
        if begin <= d.start < q.left:
            begin = max(begin, d.end)
    words = text.raw[begin : q.left].lstrip("，、的：）")
    words = re.sub(r"(?:要|应|须)?(?:均|都|分别|全部|总体|稳定|保持|力争)*(?:达到|达|实现|提高到|提升到|提升至|提高至|保持在|控制在|稳定在|为|至|到|在|完成)$", "", words)
    words = re.sub(r"(?:由|从)[\d.％%一二三四五六七八九十百分之万]+[家个所名项]?$|每[年月季度周]+$", "", words)
    if len(words) >= 4 and (q.is_rate or re.search("(?:率|量|数|比例|时间|面积|里程|产值|收入)$", words)):
        return words
    noun = re.match(r"[^，。；、（）]{2,20}", a.after[q.right - q.end :])
    return noun.group() if noun else words
