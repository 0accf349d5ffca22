"""Figures that are measured against something else: 较上年提高2个百分点, 不低于上年水平, 增长一倍.

They are targets like others, marked with what they are measured against.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .model import Op
from .quantities import MULTIPLES, RATE_UNITS, Quantity
from .text import Text

_BASE = (
    r"(?:上一?年度?|去年|前一年|上半年|上季度|上月)(?:同期|全年|年?[底末])?(?:平均)?|(?:历史)?同期|(?:19|20)\d\d年(?:同期|[底末])?|“?十[一二三四五]五”?期?末|(?:全国|全省|全市|全区|全县|本省|本市)(?:的)?平均"
    r"|现有|原有|基期|目前"
)
_LEVEL = r"(?:的)?(?:水平|基数|实绩|标准|数量|数|值)?"
_KEPT = re.compile(rf"(?P<op>不低于|不少于|不高于|不超过|不多于|高于|超过|优于|低于|少于|保持|稳定在|与|同)(?P<base>{_BASE}){_LEVEL}(?P<even>持平|相当)?(?=[，。；、）以的并且]|$)")
_OPS: dict[str, Op] = {"不低于": ">=", "不少于": ">=", "不高于": "<=", "不超过": "<=", "不多于": "<=", "高于": ">", "超过": ">", "优于": ">", "低于": "<", "少于": "<"}
_GROWTH = "提高|提升|增长|增加|上升|扩大|下降|降低|减少|压减|压缩|缩短|增幅|降幅|翻"
_CHANGED = re.compile(rf"(?:(?:较|比|同|在|于|对比)(?P<base>{_BASE})[^，。；]{{0,8}}?|(?P<same>同比|环比)|)(?:{_GROWTH})(?:了|率|超过|不少于|不低于|不超过|达到?|约|近|将近|[以]?)*$")
_SHARE_OF = re.compile(rf"(?:{_BASE}){_LEVEL}的$")


def find_kept(text: Text, start: int, end: int) -> Iterator[tuple[Quantity, str]]:
    """不低于上年水平, 与上年持平: no figure is printed, so the base itself is 100 %."""
    for m in _KEPT.finditer(text.norm, start, end):
        even = m.group("even") is not None or m.group("op") in ("保持", "稳定在")
        if m.group("op") in ("与", "同") and not even:
            continue
        yield Quantity(m.start("base"), m.end(), m.start(), m.end(), 100, "%", "==" if even else _OPS[m.group("op")]), m.group("base")


def base_of(q: Quantity, before: str) -> str:
    """What ``q`` is measured against, by the words before the number; empty for an absolute figure."""
    if (m := _SHARE_OF.search(before)) is not None:
        return m.group().rstrip("的")
    if q.unit == "番":
        before += "翻"
    if (m := _CHANGED.search(before)) is not None:
        if m.group("same"):
            return {"同比": "上年同期", "环比": "上期"}[m.group("same")]
        if m.group("base") or q.unit in RATE_UNITS or q.unit in MULTIPLES:
            return m.group("base") or "原有水平"
    return ""
