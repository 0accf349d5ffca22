"""JSON-LD in and out: nothing is lost, nothing is guessed."""

from __future__ import annotations

import json

import pytest

from shian.core.epcis import EpcisError, canonical_bytes, integrity_digest, read_document, write_json

CONTEXT = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"ex": "https://ns.example.cn/"}]

MILK = {
    "type": "ObjectEvent",
    "eventID": "urn:uuid:8d1f1a52-0c1f-4b52-9d2e-1d1b1c1a0001",
    "eventTime": "2026-03-15T10:11:12.5+08:00",
    "eventTimeZoneOffset": "+08:00",
    "recordTime": "2026-03-15T02:12:00Z",
    "epcList": [],
    "quantityList": [{"epcClass": "urn:epc:class:lgtin:6901234.056789.M1", "quantity": 12.5, "uom": "KGM"}],
    "action": "ADD",
    "bizStep": "commissioning",
    "disposition": "active",
    "persistentDisposition": {"set": ["completeness_verified"]},
    "readPoint": {"id": "urn:epc:id:sgln:6901234.00001.0", "ex:gate": "2"},
    "bizLocation": {"id": "urn:epc:id:sgln:6901234.00001.0"},
    "bizTransactionList": [
        {"bizTransaction": "urn:ex:po:1"},
        {"type": "po", "bizTransaction": "urn:ex:po:2"},
    ],
    "sourceList": [{"type": "owning_party", "source": "urn:epc:id:pgln:6901234.00001"}],
    "destinationList": [{"type": "location", "destination": "urn:epc:id:sgln:6901234.00002.0"}],
    "sensorElementList": [
        {
            "sensorMetadata": {"time": "2026-03-15T10:00:00+08:00"},
            "sensorReport": [{"type": "Temperature", "value": 4.1, "uom": "CEL"}],
            "ex:probe": "3",
        }
    ],
    "ilmd": {"ex:fat": 3.6, "ex:list": ["a", ["b"], {"ex:c": None}, True, []]},
    "errorDeclaration": {"declarationTime": "2026-03-16T00:00:00Z", "correctiveEventIDs": [], "ex:by": "李"},
    "certificationInfo": ["https://cert.example.cn/1"],
    "ex:note": "首批",
}


def document(*events: dict, **members: object) -> bytes:
    return json.dumps(
        {
            "@context": CONTEXT,
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-03-15T10:11:12Z",
            "epcisBody": {"eventList": list(events)},
            **members,
        }
    ).encode()


def test_every_field_returns_as_it_came() -> None:
    data = document(MILK, sender="urn:ex:a", **{"ex:batch": {"ex:n": 7}})
    assert json.loads(write_json(read_document(data))) == json.loads(data)


def test_numbers_keep_their_spelling() -> None:
    data = document(MILK).replace(b"12.5,", b"12.500,").replace(b"3.6,", b"36E-1,")
    event = read_document(data).events[0]
    assert event.quantity_list[0].quantity.text == "12.500"
    assert event.quantity_list[0].quantity + 1 == 13.5
    assert b'"quantity":12.500' in canonical_bytes(event) and b'"ex:fat":36E-1' in canonical_bytes(event)
    assert integrity_digest(event) != integrity_digest(read_document(document(MILK)).events[0])


def test_time_keeps_its_zone_and_gains_an_instant() -> None:
    event = read_document(document(MILK)).events[0]
    assert event.event_time.text == "2026-03-15T10:11:12.5+08:00"
    assert event.event_time.instant.isoformat() == "2026-03-15T10:11:12.500000+08:00"


def test_order_of_members_does_not_change_the_canonical_bytes() -> None:
    turned = dict(reversed(MILK.items()))
    one, other = read_document(document(MILK, turned)).events
    assert canonical_bytes(one) == canonical_bytes(other)


def test_canonical_bytes_carry_the_prefixes_they_use_and_only_those() -> None:
    unused = [*CONTEXT, {"other": "https://other.example/"}]
    event = read_document(document(MILK, **{"@context": unused})).events[0]
    assert json.loads(canonical_bytes(event))["@context"] == [{"ex": "https://ns.example.cn/"}]
    alone = read_document(canonical_bytes(event))
    assert canonical_bytes(alone.events[0]) == canonical_bytes(event)


def test_an_event_alone_and_in_a_document_is_one_event() -> None:
    lone = json.dumps({"@context": CONTEXT, **MILK}).encode()
    found = read_document(lone)
    (within,) = read_document(document(MILK)).events
    assert canonical_bytes(found.events[0]) == canonical_bytes(within)
    assert json.loads(write_json(found)) == json.loads(lone)


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"\xff\xfe", "json.encoding"),
        (b'{"type": ', "json.syntax"),
        (b'{"type": NaN}', "json.number"),
        (b'{"type": 1e999999}', "json.number"),
        (b'{"type": ' + b"9" * 200 + b"}", "json.number"),
        (b'{"type": "a", "type": "b"}', "json.duplicate"),
        (b'{"type": "\\ud800"}', "json.encoding"),
        (b"[" * 200 + b"]" * 200, "limit.depth"),
        (b"[" * 2_000_000, "limit.depth"),
        (b" " * (64 * 2**20 + 1), "limit.size"),
    ],
)
def test_bytes_that_are_no_document_are_refused_by_rule(data: bytes, rule: str) -> None:
    with pytest.raises(EpcisError) as refusal:
        read_document(data)
    assert refusal.value.rule == rule
