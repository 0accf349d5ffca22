"""A refusal points at the field to repair and says in words of the trade what belongs there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shian.core.epcis import read_for_identity, validate

EVENT = {
    "type": "ObjectEvent", "eventTime": "2026-03-01T08:30:00+08:00", "eventTimeZoneOffset": "+08:00",
    "action": "OBSERVE", "epcList": ["https://id.gs1.org/01/06901234567892/21/7"], "bizStep": "shipping",
}  # fmt: skip


def document(event: dict[str, Any], **envelope: Any) -> bytes:
    whole = {
        "@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-03-01T08:30:00+08:00",
        "epcisBody": {"eventList": [event]},
    }
    return json.dumps({**whole, **envelope}).encode()


@pytest.mark.parametrize(
    ("change", "path", "said"),
    [
        ({"action": "OBSERV"}, "action", "是否为 OBSERVE？"),
        ({"action": "observe"}, "action", "是否为 OBSERVE？"),
        ({"bizStep": "Shiping"}, "bizStep", "业务步骤：Shiping（是否为 shipping？）"),
        ({"bizStep": "selling"}, "bizStep", "须写成网址"),
        ({"type": "ObjectEvents", "action": "SEEN"}, "type", "是否为 ObjectEvent？"),
        ({"type": "ObjectEvents", "action": "SEEN"}, "action", "ADD、DELETE、OBSERVE"),
        ({"epcList": None}, "epcList", "没有写明是什么物品"),
        ({"eventTime": "01-03-2026"}, "eventTime", "应写作 2026-03-01T08:30:00+08:00"),
        ({"eventTime": None}, "eventTime", "事件发生时间"),
        ({"certificationInfo": 42}, "certificationInfo", "应为网址"),
        ({"ilmd": {"ex:a": "b"}}, "ilmd", "只在 action 为 ADD 时"),
        ({"type": "AggregationEvent", "epcList": None}, "childEPCs", "没有写明装入的是什么"),
        ({"type": "TransformationEvent", "epcList": None, "action": None}, "inputQuantityList", "投入和产出"),
        (
            {
                "type": "TransformationEvent",
                "epcList": None,
                "action": None,
                "inputEPCList": EVENT["epcList"],
            },
            "outputQuantityList",
            "投入和产出",
        ),
    ],
)
def test_an_event(change: dict[str, Any], path: str, said: str) -> None:
    event = {name: value for name, value in {**EVENT, **change}.items() if value is not None}
    problems = {problem.path: problem.message for problem in validate(document(event))}
    assert said in problems[f"epcisBody.eventList[0].{path}"]


def test_a_document_of_a_misspelt_type_is_still_judged_as_a_document() -> None:
    assert not validate(document(EVENT))
    (problem,) = validate(document(EVENT, type="EpcisDocument"))
    assert problem.path == "type" and "EPCISDocument" in problem.message


XML = """<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:{version}" schemaVersion="{version}"
  creationDate="2026-03-01T08:30:00Z"><EPCISBody><EventList>{event}</EventList></EPCISBody></e:EPCISDocument>"""
TIME = "<eventTime>2026-03-01T08:30:00Z</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>"
WHAT = "<epcList><epc>urn:epc:id:sgtin:6901234.056789.7</epc></epcList>"
ORDERED = f"<ObjectEvent>{TIME}{WHAT}<action>ADD</action><bizStep>urn:epcglobal:cbv:bizstep:packing</bizStep>"


def test_xml_whose_elements_stand_in_another_order_is_not_valid_but_loses_nothing() -> None:
    good = XML.format(version=2, event=f"{ORDERED}</ObjectEvent>").encode()
    assert validate(good) == ()
    early = (
        f"<ObjectEvent><action>ADD</action>{TIME}{WHAT}<bizStep>urn:epcglobal:cbv:bizstep:packing</bizStep>"
    )
    jumbled = XML.format(version=2, event=f"{early}</ObjectEvent>").encode()
    (problem,) = validate(jumbled)
    assert (problem.path, problem.rule) == ("epcisBody.eventList[0].action", "xml.order")
    assert "eventTime" in problem.message
    assert read_for_identity(jumbled)[0].events == read_for_identity(good)[0].events


def test_the_order_of_xml_12_with_its_wrappers_and_of_a_quantity_event_is_fine() -> None:
    lists = "<quantityList><quantityElement><epcClass>urn:epc:class:lgtin:6901234.056789.L1</epcClass>"
    nested = f"<extension>{lists}<quantity>2</quantity></quantityElement></quantityList></extension>"
    identified = (
        TIME
        + "<baseExtension><eventID>urn:uuid:6a4f3a5c-1f0a-4a58-9a25-2b2c0d3e4f50</eventID></baseExtension>"
    )
    old = f"<ObjectEvent>{identified}{WHAT}<action>ADD</action>{nested}</ObjectEvent>"
    counted = f"<QuantityEvent>{TIME}<epcClass>urn:epc:class:lgtin:6901234.056789.L1</epcClass><quantity>2</quantity>"
    step = "<bizStep>urn:epcglobal:cbv:bizstep:packing</bizStep></QuantityEvent>"
    assert validate(XML.format(version=1, event=old + counted + step).encode()) == ()


@pytest.mark.parametrize("name", ["ObjectEvent", 'e:ObjectEvent xmlns:e="urn:epcglobal:epcis:xsd:2"'])
def test_a_single_event_in_xml(name: str) -> None:
    whole = f"<{name}>{ORDERED.partition('>')[2]}</{name.partition(' ')[0]}>"
    assert validate(whole.encode()) == ()
    (event,) = read_for_identity(whole.encode())[0].events
    assert event.biz_step == "packing"
    (problem,) = validate(whole.replace("<action>ADD</action>", "").encode())
    assert (problem.path, problem.rule) == ("action", "schema.required")
