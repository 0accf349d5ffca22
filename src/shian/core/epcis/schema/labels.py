"""Words for those who fill fields in: what a field is called in Chinese (字段的中文名), what they may have meant."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from shian.core.words import say

_LABELS = {
    "@context": "上下文地址，说明文档所用的词汇",
    "type": "类型",
    "schemaVersion": "标准版本，如 2.0",
    "creationDate": "文档生成时间",
    "epcisBody": "文档正文",
    "eventList": "事件列表",
    "queryName": "查询名称",
    "queryResults": "查询结果",
    "resultsBody": "查询结果正文",
    "params": "查询参数",
    "eventTime": "事件发生时间",
    "eventTimeZoneOffset": "当地时区，如 +08:00",
    "action": "动作：ADD 新增、OBSERVE 观察、DELETE 注销",
    "parentID": "上级包装或容器的标识",
    "bizTransactionList": "业务单据",
    "bizTransaction": "单据号",
    "source": "来源方",
    "destination": "去向方",
    "epcClass": "品类或批次标识",
    "declarationTime": "差错声明时间",
    "sensorReport": "传感器读数",
    "id": "标识",
}


def named(field: str) -> str:
    """``field`` with its name in Chinese where it has one: ``eventTime（事件发生时间）``."""
    label = _LABELS.get(field)
    return field if label is None else f"{field}（{label}）"


def meant(value: object, words: Collection[str]) -> str:
    """The word of ``words`` that the sender may have meant, as a question to append; empty if none is near."""
    if type(value) is not str or len(value) > 60:
        return ""
    for spelling in (value, value.upper(), value.lower()):
        if near := get_close_matches(spelling, sorted(words), 1, 0.75):
            return say("（是否为 %(near)s？）", near=near[0])
    return ""
