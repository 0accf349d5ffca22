"""The five event types and their parts (EPCIS 2.0 §7.4)."""

from __future__ import annotations

from typing import Any

from shian.core.epcis.jsonld.write import canonical_json
from shian.core.epcis.schema import words
from shian.core.epcis.schema.checks import (
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
from shian.core.epcis.schema.formats import HEX, OFFSET, UNIT

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
    return fail("anyOf", "persistentDisposition 应有 set 或 unset")


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
_ACTION = one_of(["ADD", "OBSERVE", "DELETE"])
_WHEN = ("eventTime", "eventTimeZoneOffset")


def _filled(event: dict[str, Any], *names: str) -> bool:
    return any(event.get(name) for name in names)


def _object_has_a_what(event: dict[str, Any]) -> Problems:
    sensed = _filled(event, "sensorElementList") and "readPoint" in event
    if "epcList" in event or _filled(event, "quantityList") or sensed:
        return FINE
    return fail("anyOf", "ObjectEvent 应有 epcList、非空的 quantityList，或传感器数据与 readPoint")


def _ilmd_only_with_add(event: dict[str, Any]) -> Problems:
    if "ilmd" in event and event.get("action") in ("OBSERVE", "DELETE"):
        return fail("ilmd", f"只有 action 为 ADD 时可有 ilmd，实为：{event['action']}")
    return FINE


def _children_unless_delete(event: dict[str, Any]) -> Problems:
    if event.get("action") == "DELETE" or _filled(event, "childEPCs", "childQuantityList"):
        return FINE
    return fail("anyOf", "action 不是 DELETE 时，childEPCs 或 childQuantityList 至少有一项")


def _objects_unless_delete(event: dict[str, Any]) -> Problems:
    if event.get("action") == "DELETE" or "epcList" in event or _filled(event, "quantityList"):
        return FINE
    return fail("anyOf", "action 不是 DELETE 时，应有 epcList 或非空的 quantityList")


def _inputs_and_outputs(event: dict[str, Any]) -> Problems:
    inputs = _filled(event, "inputEPCList", "inputQuantityList")
    outputs = _filled(event, "outputEPCList", "outputQuantityList")
    if (inputs and outputs) or ((inputs or outputs) and "transformationID" in event):
        return FINE
    return fail("anyOf", "TransformationEvent 应有投入和产出；只有一方时须有 transformationID")


_CHILDREN: dict[str, Check] = {"parentID": uri, "childEPCs": array(uri), "childQuantityList": quantities}

EVENTS: dict[str, Check] = {
    "ObjectEvent": record(
        {**_WHY_AND_WHERE, "action": _ACTION, "epcList": epcs, "quantityList": quantities, "ilmd": ilmd},
        (*_WHEN, "action"),
        uri,
        (_object_has_a_what, _ilmd_only_with_add),
    ),
    "AggregationEvent": record(
        {**_WHY_AND_WHERE, "action": _ACTION, **_CHILDREN},
        (*_WHEN, "action"),
        uri,
        (_children_unless_delete,),
    ),
    "TransactionEvent": record(
        {
            **_WHY_AND_WHERE,
            "action": _ACTION,
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
        {**_WHY_AND_WHERE, "action": _ACTION, **_CHILDREN},
        (*_WHEN, "action", "parentID"),
        uri,
        (_children_unless_delete,),
    ),
}
"""Checks by event type."""

EXTENDED = record({**_COMMON, "type": uri}, ("type", *_WHEN), anything)
"""Event types of other vocabularies: the common fields are checked, the rest is theirs."""
