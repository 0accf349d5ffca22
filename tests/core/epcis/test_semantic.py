"""Contradictions that no schema can see, each with its counterpart that is fine; and the profiles."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from tests.core.epcis.test_jsonld import CONTEXT, MILK, document

from shian.core.epcis import load_profile, profile_names, validate

PACKED: dict[str, Any] = {
    "type": "AggregationEvent", "eventTime": "2026-03-15T10:00:00+08:00", "eventTimeZoneOffset": "+08:00",
    "action": "ADD", "parentID": "urn:epc:id:sscc:6901234.0000000001", "childEPCs": ["urn:epc:id:sgtin:6901234.056789.1"],
}  # fmt: skip
SENSED: dict[str, Any] = {
    "type": "ObjectEvent", "eventTime": "2026-03-15T10:00:00+08:00", "eventTimeZoneOffset": "+08:00",
    "action": "OBSERVE", "readPoint": {"id": "urn:ex:p"},
    "sensorElementList": [{
        "sensorMetadata": {"deviceID": "urn:ex:d", "startTime": "2026-03-15T09:00:00+08:00", "endTime": "2026-03-15T02:00:00Z"},
        "sensorReport": [{"type": "Temperature", "value": 4, "minValue": 2, "maxValue": 5}],
    }],
}  # fmt: skip


def rules(*events: dict[str, Any], **members: Any) -> list[str]:
    return [problem.rule for problem in validate(document(*events, **members))]


def changed(event: dict[str, Any], *path: Any, value: Any = ...) -> dict[str, Any]:
    out = copy.deepcopy(event)
    here: Any = out
    for step in path[:-1]:
        here = here[step]
    if value is ...:
        del here[path[-1]]
    else:
        here[path[-1]] = value
    return out


def test_the_examples_are_fine() -> None:
    assert rules(MILK, PACKED, SENSED) == []


@pytest.mark.parametrize(("event", "path", "value", "rule"), [
    (PACKED, ("parentID",), ..., "aggregation.parent"),
    (PACKED, ("childEPCs", 0), "urn:epc:id:sscc:6901234.0000000001", "aggregation.cycle"),
    (PACKED, ("childEPCs", 0), "urn:epc:class:lgtin:6901234.056789.A", "epc.level"),
    (PACKED, ("recordTime",), "2026-03-15T01:59:59Z", "time.order"),
    (MILK, ("errorDeclaration", "declarationTime"), "2026-03-15T02:11:12Z", "time.order"),
    (MILK, ("quantityList", 0, "quantity"), -1, "quantity.negative"),
    (MILK, ("quantityList", 0, "epcClass"), "urn:epc:id:sgtin:6901234.056789.1", "epc.level"),
    (MILK, ("persistentDisposition", "unset"), ["completeness_verified"], "disposition.conflict"),
    (SENSED, ("sensorElementList", 0, "sensorReport", 0, "deviceID"), "urn:ex:d", "sensor.exclusive"),
    (SENSED, ("sensorElementList", 0, "sensorReport", 0, "minValue"), 6, "sensor.range"),
    (SENSED, ("sensorElementList", 0, "sensorMetadata", "endTime"), "2026-03-15T08:59:59+08:00", "time.order"),
])  # fmt: skip
def test_a_contradiction_is_named(
    event: dict[str, Any], path: tuple[Any, ...], value: Any, rule: str
) -> None:
    problems = validate(document(MILK, changed(event, *path, value=value)))
    found = [p for p in problems if p.rule == rule]
    assert found and found[0].path.startswith("epcisBody.eventList[1].") and found[0].message


def test_an_aggregation_may_be_observed_without_parent_and_dissolved_without_children() -> None:
    assert rules({**changed(PACKED, "parentID"), "action": "OBSERVE"}) == []
    assert rules({**changed(PACKED, "childEPCs"), "action": "DELETE"}) == []


def test_association_follows_tcr_54() -> None:
    tie = {**PACKED, "type": "AssociationEvent", "parentID": "urn:epc:id:sgln:6901234.00001.0"}
    assert rules(tie) == []
    for action in ("ADD", "DELETE"):
        assert "schema.required" in rules({**changed(tie, "parentID"), "action": action})
    for action in ("ADD", "OBSERVE"):
        assert "schema.anyOf" in rules({**changed(tie, "childEPCs"), "action": action})


def test_one_event_id_with_two_contents_is_a_conflict_unless_declared_an_error() -> None:
    other = {**PACKED, "eventID": "urn:uuid:7"}
    assert rules(other, other) == []
    assert rules(other, {**other, "action": "OBSERVE"}) == ["eventID.conflict"]
    declared = {**other, "errorDeclaration": {"declarationTime": "2026-03-16T00:00:00Z"}}
    assert rules(other, declared) == []


@pytest.mark.parametrize(("context", "rule"), [
    ([CONTEXT[1]], "context.epcis"),
    ([*CONTEXT, {"cbv": "https://evil.example/"}], "context.protected"),
    ([*CONTEXT, {"bizStep": "https://evil.example/step"}], "context.protected"),
])  # fmt: skip
def test_nobody_gives_the_standard_words_another_meaning(context: list[Any], rule: str) -> None:
    assert rule in rules(MILK, **{"@context": context})
    for fine in (
        {"cbv": "https://ref.gs1.org/cbv/"},
        {"gs1": "https://ref.gs1.org/voc/"},
        {"cbvmda": "urn:epcglobal:cbv:mda"},
    ):
        assert rules(MILK, **{"@context": [*CONTEXT, fine]}) == []


PARTY = "urn:epc:id:pgln:6901234.00001"
RECEIVED: dict[str, Any] = {
    "type": "ObjectEvent", "eventTime": "2026-03-15T10:00:00+08:00", "eventTimeZoneOffset": "+08:00", "action": "OBSERVE",
    "bizStep": "receiving", "sourceList": [{"type": "owning_party", "source": PARTY}],
    "quantityList": [{"epcClass": "urn:epc:class:lgtin:6901234.056789.M1", "quantity": 12, "uom": "KGM"}],
    "kde:shelfLife": "6个月",
}  # fmt: skip
KDE = [*CONTEXT, {"kde": "urn:shian:kde:"}]
ATTRIBUTES = [
    {"id": f"urn:epcglobal:cbv:mda#{name}", "attribute": "x"}
    for name in ("name", "streetAddressOne", "contact")
]
MASTERS = {
    "epcisMasterData": {"vocabularyList": [
        {"type": "urn:epcglobal:epcis:vtype:SourceDest", "vocabularyElementList": [{"id": PARTY, "attributes": ATTRIBUTES}]}
    ]}
}  # fmt: skip


def lacking(profile: str, event: dict[str, Any], **members: Any) -> str:
    data = document(event, **{"@context": KDE, **members})
    return "".join(problem.message for problem in validate(data, load_profile(profile)))


def test_a_purchase_record_is_complete_with_the_supplier_s_master_data() -> None:
    assert lacking("catering", RECEIVED, epcisHeader=MASTERS) == ""
    found = lacking("catering", RECEIVED)
    assert "供货者名称" in found and "供货者地址" in found and "供货者联系方式" in found and "第五十" in found


@pytest.mark.parametrize(("path", "value", "label"), [
    (("kde:shelfLife",), ..., "保质期"),
    (("quantityList", 0, "quantity"), ..., "数量"),
    (("quantityList", 0, "epcClass"), "urn:epc:idpat:sgtin:6901234.056789.*", "生产日期或者生产批号"),
    (("quantityList", 0, "epcClass"), "urn:ex:class:milk", "名称"),
    (("sourceList",), ..., "供货者名称"),
])  # fmt: skip
def test_each_missing_element_is_named(path: tuple[Any, ...], value: Any, label: str) -> None:
    assert f"缺少“{label}”" in lacking("catering", changed(RECEIVED, *path, value=value), epcisHeader=MASTERS)


@pytest.mark.parametrize("name", profile_names())
def test_every_requirement_of_every_profile_refuses_a_bare_event_and_has_a_source(name: str) -> None:
    profile = load_profile(name)
    for requirement in profile.requirements:
        assert ("示例" in requirement.source) == (name == "示例")
        assert requirement.elements and ("第" in requirement.source or name == "示例")
        bare: dict[str, Any] = {
            "type": requirement.types[0], "eventTime": "2026-03-15T10:00:00Z", "eventTimeZoneOffset": "+08:00", "action": "ADD",
            "epcList": [], "bizStep": (requirement.steps or ("commissioning",))[0],
        }  # fmt: skip
        if bare["type"] == "TransformationEvent":
            bare = {k: v for k, v in bare.items() if k not in ("action", "epcList")}
            bare |= {"inputEPCList": ["urn:ex:a"], "outputEPCList": ["urn:ex:b"]}
        found = lacking(name, bare)
        elements = [
            e
            for e in requirement.elements
            if e.find not in (("inputs",), ("lot", "field:productionDate", "field:lotNumber"))
        ]
        assert all(f"缺少“{element.label}”" in found for element in elements), requirement.title
        full = {
            **bare,
            **{f"kde:{f.partition(':')[2]}": "2026-03-01" for e in elements for f in e.find if f.startswith("field:")},
        }
        full |= {"readPoint": {"id": "urn:ex:p"}, "bizTransactionList": [{"bizTransaction": "urn:ex:t"}]}
        full |= {"sensorElementList": [{"sensorReport": [{"type": "Temperature", "value": 3}]}]}
        if "epcList" in full:
            full["epcList"] = ["urn:ex:1"]
        assert f"（{requirement.title}；" not in lacking(name, full)


def test_a_document_the_profile_does_not_speak_of_is_not_compliant() -> None:
    assert "没有" in lacking("imported", {**RECEIVED, "bizStep": "storing"})


def test_schema_valid_is_not_compliant() -> None:
    data = document(RECEIVED, **{"@context": KDE})
    assert validate(data) == () and validate(data, load_profile("milk")) != ()


def test_an_unknown_profile_names_the_known_ones() -> None:
    with pytest.raises(KeyError, match="vegetables"):
        load_profile("nope")


def test_a_lone_event_is_validated_too() -> None:
    lone = json.dumps({"@context": CONTEXT, **changed(PACKED, "parentID")}).encode()
    assert [(p.path, p.rule) for p in validate(lone)] == [("parentID", "aggregation.parent")]
