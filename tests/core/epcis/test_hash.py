"""The CBV event hash: published values of the reference implementation's 2026 rules, then its properties.

The two published examples are those of the reference implementation (RalphTro/epcis-event-hash-generator, MIT):
one small event, and the ObjectEvent with every field, in both versions.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from shian.core.epcis import Event, event_hash, integrity_digest, read_document, write_xml
from shian.core.epcis.hash import prehash

OTHER = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"


def events(*raw: dict[str, Any], **prefixes: str) -> tuple[Event, ...]:
    tree = {
        "@context": [OTHER, prefixes] if prefixes else [OTHER],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-02-17T11:30:47Z",
        "epcisBody": {"eventList": list(raw)},
    }
    return read_document(json.dumps(tree).encode()).events


SMALL = {
    "type": "ObjectEvent", "eventTime": "2020-03-04T11:00:30+01:00", "eventTimeZoneOffset": "+01:00",
    "epcList": ["urn:epc:id:sgtin:0614141.011111.987"], "action": "OBSERVE", "bizStep": "departing",
    "disposition": "in_transit", "readPoint": {"id": "urn:epc:id:sgln:4012345.00011.0", "example:myField1": "AB-12"},
    "bizTransactionList": [{"type": "po", "bizTransaction": "urn:epc:id:gdti:4012345.11111.123"}],
    "sourceList": [{"type": "owning_party", "source": "urn:epc:id:pgln:4012345.00000"}],
    "destinationList": [{"type": "owning_party", "destination": "urn:epc:id:pgln:0614141.00000"}],
    "example:userExt": "CD-34",
}  # fmt: skip


def nested(last: str) -> dict[str, Any]:
    array = (
        ["14", "23.0", "stringInArrayInObjectInArray"]
        if last.endswith("Array")
        else ["11", "21", "stringInArrayInObject"]
    )
    inner = {"ext2:object": {"ext3:string": "stringInObjectIn" + last}}
    return {"ext2:array": array, "ext2:object": inner, "ext2:string": "stringIn" + last}


def extensions() -> dict[str, Any]:
    deep = {"ext1:object": {"ext1:object": {**nested("ObjectInArray"), "ext2:int": "13"}}}
    return {
        "ext1:float": "20", "ext1:time": "2013-06-08T14:58:56.591Z", "ext1:boolean": "true", "ext1:int": "10",
        "ext1:array": ["12", "22", "2013-06-08T14:58:56.591Z", "true", "stringInArray", deep],
        "ext1:object": nested("Object"), "ext1:default": "stringAsDefaultValue", "ext1:string": "string",
    }  # fmt: skip


ASSET, RAW = "https://id.gs1.org/8004/4000001111", "https://example.org/8004/401234599999"
METHOD = "https://example.com/253/4012345000054987"
FULL = {
    "type": "ObjectEvent", "eventTime": "2005-04-05T02:33:31.116Z", "eventTimeZoneOffset": "-06:00",
    "eventID": "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8",
    "certificationInfo": "https://accreditation-council.example.org/certificate/ABC12345",
    "errorDeclaration": {"declarationTime": "2006-11-07T14:00:00.000+01:00", "reason": "incorrect_data"},
    "epcList": ["urn:epc:id:sgtin:0614141.107346.2018"], "action": "ADD", "bizStep": "receiving",
    "disposition": "in_progress", "readPoint": {"id": "urn:epc:id:sgln:0012345.11111.400"},
    "bizLocation": {"id": "urn:epc:id:sgln:0012345.11111.0"},
    "bizTransactionList": [
        {"type": "po", "bizTransaction": "urn:epc:id:gdti:0614141.00001.1618034"},
        {"type": "pedigree", "bizTransaction": "urn:epc:id:gsrn:0614141.0000010253"},
    ],
    "quantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.012345.998877", "quantity": 200, "uom": "KGM"}],
    "sourceList": [
        {"type": "location", "source": "urn:epc:id:sgln:4012345.00225.0"},
        {"type": "possessing_party", "source": "urn:epc:id:pgln:4012345.00225"},
        {"type": "owning_party", "source": "urn:epc:id:pgln:4012345.00225"},
    ],
    "destinationList": [
        {"type": "location", "destination": "urn:epc:id:sgln:0614141.00777.0"},
        {"type": "possessing_party", "destination": "urn:epc:id:pgln:0614141.00777"},
        {"type": "owning_party", "destination": "urn:epc:id:pgln:0614141.00777"},
    ],
    "sensorElementList": [{
        "sensorMetadata": {
            "time": "2019-04-02T13:05:00.000Z", "deviceID": "urn:epc:id:giai:4000001.111", "deviceMetadata": ASSET,
            "rawData": RAW, "startTime": "2019-04-02T12:55:01.000Z", "endTime": "2019-04-02T13:55:00.000Z",
            "dataProcessingMethod": METHOD, "bizRules": METHOD, "ext1:someFurtherMetadata": "someText",
        },
        "sensorReport": [{
            "type": "Temperature", "deviceID": "urn:epc:id:giai:4000001.111", "rawData": RAW,
            "dataProcessingMethod": METHOD, "time": "2019-07-19T13:00:00.000Z",
            "microorganism": "https://www.ncbi.nlm.nih.gov/taxonomy/1126011",
            "chemicalSubstance": "https://identifiers.org/inchikey:CZMRCDWAGMRECN-UGDNZRGBSA-N",
            "value": 26, "component": "example:x", "stringValue": "SomeString", "booleanValue": True,
            "hexBinaryValue": "f0f0f0", "uriValue": ASSET, "minValue": 26, "maxValue": 26.2, "meanValue": 13.2,
            "percRank": 50, "percValue": 12.7, "uom": "CEL", "sDev": 0.1, "deviceMetadata": ASSET,
            "ext1:someFurtherReportData": "someText",
        }],
        **extensions(),
    }],
    "persistentDisposition": {"unset": ["completeness_inferred"], "set": ["completeness_verified"]},
    "ilmd": {
        **extensions(), "cbvmda:countryOfExport": "KR", "cbvmda:grossWeight": "3.5", "cbvmda:netWeight": "3.5",
        "cbvmda:countryOfOrigin": "GB", "cbvmda:drainedWeight": "3.5", "cbvmda:lotNumber": "ABC123",
    },
    **extensions(),
}  # fmt: skip
PREFIXES = {f"ext{n}": f"http://example.com/ext{n}/" for n in (1, 2, 3)}


@pytest.mark.parametrize(("version", "published"), [
    ("CBV2.0", "3ae14c02c4bdc220cc31942cf804f6845eb8dec96ba6483391c92a9b165f9329"),
    ("CBV2.1", "e9273954ba78387caf181fe74038871990dbc97568d068123d0a8774b843e383"),
])  # fmt: skip
def test_published_hash_of_a_small_event(version: Any, published: str) -> None:
    (event,) = events(SMALL, example="https://ns.example.com/epcis/")
    assert event_hash(event, version) == f"ni:///sha-256;{published}?ver={version}"


@pytest.mark.parametrize(("version", "published"), [
    ("CBV2.0", "9811bfb2672e9c3a0f6151be339d22b60db375c8b23d2740f6137cc6539f0639"),
    ("CBV2.1", "465f7b2495684562349eed41324796ea0435ff429b60c18eda5e5698df377ede"),
])  # fmt: skip
def test_published_hash_of_an_event_with_every_field(version: Any, published: str) -> None:
    (event,) = events(FULL, **PREFIXES)
    assert event_hash(event, version) == f"ni:///sha-256;{published}?ver={version}"


@pytest.mark.parametrize("version", ["CBV2.0", "CBV2.1"])
def test_xml_and_json_have_one_hash(version: Any) -> None:
    single = {**FULL, "certificationInfo": "https://cert.example.cn/1"}
    document = json.dumps({
        "@context": [OTHER, PREFIXES], "type": "EPCISDocument", "schemaVersion": "2.0",
        "creationDate": "2026-02-17T11:30:47Z", "epcisBody": {"eventList": [single]},
    }).encode()  # fmt: skip
    as_json = read_document(document)
    as_xml = read_document(write_xml(as_json))
    assert event_hash(as_xml.events[0], version) == event_hash(as_json.events[0], version)


SAME = [
    {"eventTime": "2020-03-04T10:00:30.0Z"},
    {"eventTime": "2020-03-04T10:00:30.0004999Z"},
    {"recordTime": "2026-01-01T00:00:00Z", "eventID": "urn:uuid:1"},
    {"epcList": ["https://example.com/01/614141111114/21/987?17=261231"]},
    {"bizStep": "https://ref.gs1.org/cbv/BizStep-departing"},
    {"bizStep": "cbv:BizStep-departing"},
    {"example:userExt": " CD-34 "},
]


@pytest.mark.parametrize("change", SAME)
def test_renderings_of_one_event_have_one_hash(change: dict[str, Any]) -> None:
    one, other = events(SMALL, {**SMALL, **change}, example="https://ns.example.com/epcis/")
    assert event_hash(one) == event_hash(other) and integrity_digest(one) != integrity_digest(other)


@pytest.mark.parametrize("change", [
    {"eventTime": "2020-03-04T10:00:30.0005Z"}, {"action": "ADD"}, {"epcList": ["urn:epc:id:sgtin:0614141.011111.988"]},
    {"bizStep": "arriving"}, {"example:userExt": "CD-35"}, {"example:more": "x"}, {"parentID": "urn:x:y"},
])  # fmt: skip
def test_another_event_has_another_hash(change: dict[str, Any]) -> None:
    changed = {**SMALL, **change}
    if "parentID" in change:
        changed["type"] = "TransactionEvent"
    one, other = events(SMALL, changed, example="https://ns.example.com/epcis/")
    assert event_hash(one) != event_hash(other)


def test_times_round_half_up_and_carry() -> None:
    for text, shown in ((".1415", ".142"), (".1414", ".141"), (".1425", ".143"), (".9996", "31.000")):
        (event,) = events({**SMALL, "eventTime": f"2020-03-04T10:00:30{text}Z"}, example="https://e.cn/")
        assert f"{shown}Z" in prehash(event, "CBV2.0")


# What the CBV hash cannot tell apart, the integrity digest does.
CONFUSED = [
    ({"ex:a": "00123"}, {"ex:a": "123"}),
    ({"ex:a": "1.0"}, {"ex:a": 1}),
    ({"ex:a": "1e3"}, {"ex:a": "1000"}),
    ({"ex:a": ["x", "y"]}, {"ex:a": ["y", "x"]}),
    ({"ex:a": "x{https://ns.example.cn/}b=y"}, {"ex:a": "x", "ex:b": "y"}),
    ({"ex:a": "true"}, {"ex:a": True}),
]


@pytest.mark.parametrize(("one", "other"), CONFUSED)
def test_the_digest_tells_apart_what_the_hash_confuses(one: dict[str, Any], other: dict[str, Any]) -> None:
    base = {k: v for k, v in SMALL.items() if not k.startswith("example:")}
    base["readPoint"] = {"id": "urn:epc:id:sgln:4012345.00011.0"}
    first, second = events({**base, **one}, {**base, **other}, ex="https://ns.example.cn/")
    assert event_hash(first) == event_hash(second)
    assert integrity_digest(first) != integrity_digest(second)


def test_long_numbers_do_not_collide() -> None:
    first, second = events(
        {**SMALL, "example:n": "12345678901234567890"},
        {**SMALL, "example:n": "12345678901234567891"},
        example="https://e.cn/",
    )
    assert event_hash(first) != event_hash(second)


def test_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match=r"CBV2\.2"):
        event_hash(events(SMALL, example="https://e.cn/")[0], "CBV2.2")  # type: ignore[arg-type]


def test_signs_that_only_a_link_escapes_stand_as_in_the_urn() -> None:
    """Published 2026: ``…/21/6789%2F%26%25%22!%3F()``; the rules of 2025 escaped the bracket and the exclamation mark."""
    urn = {**SMALL, "epcList": ["urn:epc:id:sgtin:0614141.812345.6789%2F%26%25%22!%3F()"]}
    link = {**SMALL, "epcList": ["https://id.gs1.org/01/80614141123458/21/6789%2F%26%25%22%21%3F%28%29"]}
    (one, other) = events(urn, link)
    assert "epc=https://id.gs1.org/01/80614141123458/21/6789%2F%26%25%22!%3F()action" in prehash(
        one, "CBV2.0"
    )
    assert event_hash(one) == event_hash(other)
