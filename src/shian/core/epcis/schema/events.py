"""The five event types and their parts (EPCIS 2.0 §7.4)."""

from __future__ import annotations

from typing import Any

from shian.core.words import say

from ..errors import Problem
from ..jsonld.write import canonical_json
from . import words
from .checks import (
    FINE,
    Check,
    Problems,
    anything,
    array,
    boolean,
    date_time,
    fail,
    matching,
    number,
    one_of,
    record,
    text,
    uri,
    word,
)
from .formats import HEX, OFFSET, UNIT

biz_step = word(words.BIZ_STEPS, words.CBV_ADDRESSES, "业务步骤")
disposition = word(words.DISPOSITIONS, words.CBV_ADDRESSES, "状态")
transaction_type = word(words.TRANSACTION_TYPES, words.CBV_ADDRESSES, "单据类型")
party_type = word(words.PARTY_TYPES, words.CBV_ADDRESSES, "来源/去向类型")
error_reason = word(words.ERROR_REASONS, words.CBV_ADDRESSES, "差错原因")
component = word(words.COMPONENTS, words.CBV_ADDRESSES, "分量")
measurement = word(words.MEASUREMENT_TYPES, words.GS1_ADDRESSES, "测量类型")
alert = word(words.ALERT_TYPES, words.GS1_ADDRESSES, "告警类型")


def context(value: Any) -> Problems:
    """``@context``: an address, an object, or a list of different ones."""
    if type(value) is not list:
        return _context_entry(value)
    problems = array(_context_entry)(value)
    if not problems and len({canonical_json(entry) for entry in value}) != len(value):
        return fail("unique", "@context 中有重复的条目")
    return problems


def _context_entry(value: Any) -> Problems:
    return FINE if type(value) is dict else uri(value)


def certification(value: Any) -> Problems:
    """``certificationInfo``: one URI or a list of them."""
    return array(uri)(value) if type(value) is list else uri(value)


def _set_or_unset(value: dict[str, Any]) -> Problems:
    if "set" in value or "unset" in value:
        return FINE
    return fail("anyOf", "persistentDisposition 应写明设置（set）或取消（unset）哪些状态")


_dispositions = array(disposition, least=1, unique=True)
persistent = record({"set": _dispositions, "unset": _dispositions}, all_of=[_set_or_unset])
quantity = record(
    {"epcClass": uri, "quantity": number, "uom": matching(UNIT, "计量单位代码（UN/ECE 建议书 20）")},
    ("epcClass",),
)
place = record({"id": uri}, ("id",), anything)
epcs = array(uri, unique=True)
quantities = array(quantity)
transaction = record({"type": transaction_type, "bizTransaction": uri}, ("bizTransaction",))
source = record({"type": party_type, "source": uri}, ("type", "source"))
destination = record({"type": party_type, "destination": uri}, ("type", "destination"))
ilmd = record({}, (), uri)
error_declaration = record(
    {"declarationTime": date_time, "reason": error_reason, "correctiveEventIDs": array(uri)},
    ("declarationTime",),
    uri,
)

_DEVICE: dict[str, Check] = {
    "time": date_time,
    "deviceID": uri,
    "deviceMetadata": uri,
    "rawData": uri,
    "dataProcessingMethod": uri,
    "bizRules": uri,
}
sensor_report = record(
    {
        **_DEVICE,
        "type": measurement,
        "exception": alert,
        "microorganism": uri,
        "chemicalSubstance": uri,
        "coordinateReferenceSystem": uri,
        "component": component,
        "stringValue": text,
        "booleanValue": boolean,
        "hexBinaryValue": matching(HEX, "十六进制文本"),
        "uriValue": uri,
        "uom": text,
        **dict.fromkeys(
            ["value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"], number
        ),
    },
    ("type",),
    uri,
)
sensor_metadata = record({**_DEVICE, "startTime": date_time, "endTime": date_time}, (), uri)
sensor_element = record(
    {"sensorMetadata": sensor_metadata, "sensorReport": array(sensor_report, least=1)}, ("sensorReport",), uri
)

_COMMON: dict[str, Check] = {
    "@context": context,
    "type": text,
    "eventTime": date_time,
    "recordTime": date_time,
    "eventTimeZoneOffset": matching(OFFSET, "时区偏移（如 +08:00）"),
    "eventID": uri,
    "certificationInfo": certification,
    "errorDeclaration": error_declaration,
}
_WHY_AND_WHERE: dict[str, Check] = {
    **_COMMON,
    "bizStep": biz_step,
    "disposition": disposition,
    "persistentDisposition": persistent,
    "readPoint": place,
    "bizLocation": place,
    "bizTransactionList": array(transaction),
    "sourceList": array(source),
    "destinationList": array(destination),
    "sensorElementList": array(sensor_element),
}
ACTION = one_of(["ADD", "OBSERVE", "DELETE"])
_WHEN = ("eventTime", "eventTimeZoneOffset")


def _filled(event: dict[str, Any], *names: str) -> bool:
    return any(event.get(name) for name in names)


def _nothing(name: str, message: str) -> Problems:
    """None of several fields is there; the problem points at the usual one."""
    return (Problem(name, "schema.anyOf", message),)


def _object_has_a_what(event: dict[str, Any]) -> Problems:
    sensed = _filled(event, "sensorElementList") and "readPoint" in event
    if "epcList" in event or _filled(event, "quantityList") or sensed:
        return FINE
    return _nothing("epcList", "没有写明是什么物品：应有 epcList（单件）或非空的 quantityList（批次、数量）")


def _ilmd_only_with_add(event: dict[str, Any]) -> Problems:
    if "ilmd" in event and event.get("action") in ("OBSERVE", "DELETE"):
        message = say("批次主数据 ilmd 只在 action 为 ADD 时可有，实为：%(action)s", action=event["action"])
        return (Problem("ilmd", "schema.ilmd", message),)
    return FINE


def _children_unless_delete(event: dict[str, Any]) -> Problems:
    if event.get("action") == "DELETE" or _filled(event, "childEPCs", "childQuantityList"):
        return FINE
    return _nothing(
        "childEPCs", "没有写明装入的是什么：childEPCs（单件）或 childQuantityList（批次、数量）至少有一项"
    )


def _objects_unless_delete(event: dict[str, Any]) -> Problems:
    if event.get("action") == "DELETE" or "epcList" in event or _filled(event, "quantityList"):
        return FINE
    return _nothing(
        "epcList", "没有写明单据涉及什么物品：应有 epcList（单件）或非空的 quantityList（批次、数量）"
    )


def _inputs_and_outputs(event: dict[str, Any]) -> Problems:
    inputs = _filled(event, "inputEPCList", "inputQuantityList")
    outputs = _filled(event, "outputEPCList", "outputQuantityList")
    if (inputs and outputs) or ((inputs or outputs) and "transformationID" in event):
        return FINE
    missing = "outputQuantityList" if inputs else "inputQuantityList"
    return _nothing(missing, "加工事件应写明投入和产出；只写一方时须有 transformationID，以便与另一方相连")


_CHILDREN: dict[str, Check] = {"parentID": uri, "childEPCs": array(uri), "childQuantityList": quantities}

EVENTS: dict[str, Check] = {
    "ObjectEvent": record(
        {**_WHY_AND_WHERE, "action": ACTION, "epcList": epcs, "quantityList": quantities, "ilmd": ilmd},
        (*_WHEN, "action"),
        uri,
        (_object_has_a_what, _ilmd_only_with_add),
    ),
    "AggregationEvent": record(
        {**_WHY_AND_WHERE, "action": ACTION, **_CHILDREN},
        (*_WHEN, "action"),
        uri,
        (_children_unless_delete,),
    ),
    "TransactionEvent": record(
        {
            **_WHY_AND_WHERE,
            "action": ACTION,
            "parentID": uri,
            "epcList": array(uri),
            "quantityList": quantities,
            "bizTransactionList": array(transaction, least=1),
        },
        (*_WHEN, "bizTransactionList", "action"),
        uri,
        (_objects_unless_delete,),
    ),
    "TransformationEvent": record(
        {
            **_WHY_AND_WHERE,
            "inputEPCList": epcs,
            "inputQuantityList": quantities,
            "outputEPCList": epcs,
            "outputQuantityList": quantities,
            "transformationID": uri,
            "ilmd": ilmd,
        },
        _WHEN,
        uri,
        (_inputs_and_outputs,),
    ),
    "AssociationEvent": record(
        {**_WHY_AND_WHERE, "action": ACTION, **_CHILDREN},
        (*_WHEN, "action", "parentID"),
        uri,
        (_children_unless_delete,),
    ),
}
"""Checks by event type."""

EXTENDED = record(_COMMON, _WHEN, anything)
"""Event types of other vocabularies: the common fields are checked, the rest is theirs."""

event_type = word(EVENTS, (), "事件类型")

MISNAMED = record({**_WHY_AND_WHERE, "type": event_type, "action": ACTION}, _WHEN, anything)
"""A type that no vocabulary has: said together with what else is wrong, so that one repair is enough."""
