"""Constructs of published EPCIS documents that no schema shows: how GS1 and others really write it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shian.core.epcis import (
    EpcisError,
    event_hash,
    event_to_json,
    read_document,
    validate,
    write_json,
    write_xml,
)
from shian.core.epcis.hash import prehash

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
TIMES = "<eventTime>2026-03-02T08:00:00+08:00</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>"
EPCS = "<epcList><epc>https://id.gs1.org/01/06901234567892/21/A1</epc></epcList><action>OBSERVE</action>"


def xml(events: str, *, attributes: str = "", header: str = "", version: str = "2.0") -> bytes:
    major = version[0]
    return (
        f'<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:{major}" schemaVersion="{version}" '
        f'creationDate="2026-03-02T09:00:00Z" {attributes}>{header}'
        f"<EPCISBody><EventList>{events}</EventList></EPCISBody></epcis:EPCISDocument>"
    ).encode()


def document(*events: dict[str, Any], **prefixes: str) -> bytes:
    return json.dumps(
        {
            "@context": [CONTEXT, prefixes] if prefixes else [CONTEXT],
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-03-02T09:00:00Z",
            "epcisBody": {"eventList": list(events)},
        }
    ).encode()


def event(**fields: Any) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "eventTime": "2026-03-02T08:00:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": ["https://id.gs1.org/01/06901234567892/21/A1"],
        "action": "OBSERVE",
        **fields,
    }


def there_and_back(data: bytes) -> list[dict[str, Any]]:
    through = read_document(write_json(read_document(write_xml(read_document(data)))))
    return [event_to_json(each) for each in through.events]


WORDS = """
<bizStep>{cbv}BizStep-receiving</bizStep><disposition>{cbv}Disp-in_progress</disposition>
<bizTransactionList><bizTransaction type="{cbv}BTT-desadv">urn:x:d:1</bizTransaction></bizTransactionList>
<sourceList><source type="{cbv}SDT-location">urn:x:l:1</source></sourceList>
<destinationList><destination type="{cbv}my_own">urn:x:l:2</destination></destinationList>
<sensorElementList><sensorElement><sensorReport type="{gs1}Temperature" exception="{gs1}ALARM_CONDITION"
 component="{cbv}Comp-x" value="4.0"/></sensorElement></sensorElementList>
<persistentDisposition><set>{cbv}Disp-completeness_verified</set></persistentDisposition>"""


@pytest.mark.parametrize(
    ("cbv", "gs1"), [("cbv:", "gs1:"), ("https://ref.gs1.org/cbv/", "https://ref.gs1.org/voc/")]
)
def test_words_of_xml_with_a_prefix_or_a_web_address_are_the_bare_words(cbv: str, gs1: str) -> None:
    data = xml(f"<ObjectEvent>{TIMES}{EPCS}{WORDS.format(cbv=cbv, gs1=gs1)}</ObjectEvent>")
    assert not validate(data)
    (found,) = read_document(data).events
    assert (found.biz_step, found.disposition) == ("receiving", "in_progress")
    assert found.biz_transactions[0].type == "desadv"
    assert (found.sources[0].type, found.destinations[0].type) == ("location", f"{cbv}my_own")
    assert found.persistent_disposition and found.persistent_disposition.set == ("completeness_verified",)
    report = found.sensor_elements[0].reports[0]
    assert (report["type"], report["exception"], report["component"]) == (
        "Temperature",
        "ALARM_CONDITION",
        "x",
    )


def test_json_that_spells_words_as_addresses_keeps_its_spelling_through_xml() -> None:
    spelled = event(
        bizStep="https://ref.gs1.org/cbv/BizStep-sensor_reporting",
        disposition="cbv:Disp-active",
        persistentDisposition={"set": ["cbv:Disp-reserved", "available"]},
        bizTransactionList=[{"type": "cbv:BTT-po", "bizTransaction": "urn:x:po:1"}],
        sourceList=[{"type": "cbv:SDT-location", "source": "urn:x:l:1"}],
        errorDeclaration={"declarationTime": "2026-03-03T08:00:00Z", "reason": "cbv:ER-incorrect_data"},
        sensorElementList=[
            {"sensorReport": [{"type": "Length", "component": "cbv:Comp-northing", "value": 1}]},
            {"sensorReport": [{"type": "gs1:Mass", "exception": "gs1:ALARM_CONDITION"}]},
        ],
    )
    plain = event(
        bizStep="sensor_reporting",
        disposition="active",
        persistentDisposition={"set": ["reserved", "available"]},
        bizTransactionList=[{"type": "po", "bizTransaction": "urn:x:po:1"}],
        sourceList=[{"type": "location", "source": "urn:x:l:1"}],
        errorDeclaration={"declarationTime": "2026-03-03T08:00:00Z", "reason": "incorrect_data"},
        sensorElementList=[
            {"sensorReport": [{"type": "Length", "component": "northing", "value": 1}]},
            {"sensorReport": [{"type": "Mass", "exception": "ALARM_CONDITION"}]},
        ],
    )
    assert not validate(document(spelled, plain))
    assert there_and_back(document(spelled, plain)) == [spelled, plain]
    first, second = read_document(document(spelled, plain)).events
    assert event_hash(first, "CBV2.0") == event_hash(second, "CBV2.0")
    assert event_hash(first, "CBV2.1") == event_hash(second, "CBV2.1")


def test_two_prefixes_of_one_namespace_stay_two() -> None:
    first = event(**{"@context": [{"farm": "https://farm.example/"}], "farm:field": "7"})
    second = event(**{"@context": [{"hof": "https://farm.example/"}], "hof:field": "8"})
    assert there_and_back(document(first, second)) == [first, second]


def test_one_prefix_for_two_namespaces_of_xml_becomes_two() -> None:
    def one(uri: str) -> str:
        return f'<ObjectEvent xmlns:own="{uri}">{TIMES}{EPCS}<own:a>1</own:a></ObjectEvent>'

    found = read_document(xml(one("urn:x:one") + one("urn:x:two") + one("urn:x:one")))
    assert [list(each.extensions) for each in found.events] == [["own:a"], ["own2:a"], ["own:a"]]
    assert found.namespaces == {"own": "urn:x:one", "own2": "urn:x:two"}


def test_namespaces_declared_at_any_level_of_an_event() -> None:
    inner = (
        '<a:box xmlns:a="urn:x:a:"><b:in xmlns:b="urn:x:b:">1</b:in><part>2</part></a:box>'
        '<c:when xmlns:c="urn:x:c:" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xsi:type="xsd:dateTime">2026-03-02T08:00:00Z\n  </c:when>'
    )
    (found,) = read_document(xml(f"<ObjectEvent>{TIMES}{EPCS}{inner}</ObjectEvent>")).events
    assert found.extensions["a:box"] == {"b:in": "1", "part": "2"}
    assert {p: uri for p, uri in found.namespaces.items() if p != "xsi"} == {
        "a": "urn:x:a:",
        "b": "urn:x:b:",
        "c": "urn:x:c:",
    }
    assert there_and_back(xml(f"<ObjectEvent>{TIMES}{EPCS}{inner}</ObjectEvent>")) == [event_to_json(found)]


@pytest.mark.parametrize("root", ["ObjectEvent", "epcis:ObjectEvent"])
def test_an_event_alone_in_xml_may_carry_the_attributes_of_a_document(root: str) -> None:
    data = (
        f'<{root} xmlns:epcis="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0" creationDate="2026-03-02T09:00:00Z">'
        f"{TIMES}{EPCS}</{root}>"
    ).encode()
    assert not validate(data)
    found = read_document(data)
    assert (found.type, found.envelope["creationDate"]) == ("EPCISDocument", "2026-03-02T09:00:00Z")
    assert found.events == read_document(xml(f"<ObjectEvent>{TIMES}{EPCS}</ObjectEvent>")).events


@pytest.mark.parametrize(
    ("events", "path"),
    [
        (f"<epcis:ObjectEvent>{TIMES}{EPCS}</epcis:ObjectEvent>", "ObjectEvent"),
        (f"<ObjectEvent>{TIMES.replace('eventTime>', 'epcis:eventTime>')}{EPCS}</ObjectEvent>", "eventTime"),
    ],
)
def test_inner_elements_in_the_namespace_of_epcis_are_named_as_the_mistake(events: str, path: str) -> None:
    with pytest.raises(EpcisError) as refusal:
        read_document(xml(events))
    (problem,) = refusal.value.problems
    assert (problem.rule, problem.path) == ("xml.namespace", f"epcisBody.eventList[0].{path}")


HEADER = """<EPCISHeader>
<sbdh:StandardBusinessDocumentHeader><sbdh:HeaderVersion>1.0</sbdh:HeaderVersion>
<sbdh:Sender><sbdh:Identifier Authority="GS1">urn:epc:id:sgln:690123.456789.0</sbdh:Identifier></sbdh:Sender>
</sbdh:StandardBusinessDocumentHeader>
<extension><EPCISMasterData><VocabularyList><Vocabulary type="urn:epcglobal:epcis:vtype:Location">
<VocabularyElementList><!-- a farm --><VocabularyElement id="urn:epc:id:sgln:690123.456789.0">
<attribute id="urn:epcglobal:cbv:mda#name">Farm</attribute>
<attribute id="urn:x:list">1</attribute><attribute id="urn:x:list">2</attribute>
<attribute id="urn:x:place"><own:Place><city>C</city></own:Place></attribute>
<children><!-- rooms --><id>urn:epc:id:sgln:690123.456789.1</id></children>
</VocabularyElement></VocabularyElementList></Vocabulary></VocabularyList></EPCISMasterData></extension>
<own:statement><own:affirmed>true</own:affirmed></own:statement></EPCISHeader>"""
SBDH = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"


def test_a_header_of_1_2_keeps_its_parts_and_their_order() -> None:
    data = xml(
        f"<ObjectEvent>{TIMES}{EPCS}</ObjectEvent>",
        attributes=f'xmlns:sbdh="{SBDH}" xmlns:own="urn:x:own"',
        header=HEADER,
        version="1.2",
    )
    assert not validate(data)
    found = read_document(data)
    for version in ("1.2", "2.0"):
        written = write_xml(found, version)
        places = [written.index(part) for part in (b"<sbdh:Standard", b"<EPCISMasterData", b"<own:statement")]
        assert places == sorted(places)
        assert read_document(written).envelope["epcisHeader"] == found.envelope["epcisHeader"]


def test_a_number_as_master_data_stays_one_without_a_type_the_schema_lacks() -> None:
    element = {"id": "urn:x:place", "attributes": [{"id": "cbvmda:sst", "attribute": 204}]}
    whole = json.loads(document())
    lists = [{"type": "urn:epcglobal:epcis:vtype:ReadPoint", "vocabularyElementList": [element]}]
    whole["epcisHeader"] = {"epcisMasterData": {"vocabularyList": lists}}
    written = write_xml(read_document(json.dumps(whole).encode()))
    assert b"xsi:type" not in written
    assert json.loads(write_json(read_document(written)))["epcisHeader"] == whole["epcisHeader"]


def test_the_hash_names_json_ld_keywords_as_written_and_xml_attributes_without_sign() -> None:
    linked = event(
        **{"own:about": [{"@id": "urn:x:thing", "@type": ["gs1:Product", "own:Milk"], "part": "1"}]}
    )
    (found,) = read_document(document(linked, own="urn:x:own:")).events
    for version in ("CBV2.0", "CBV2.1"):
        assert prehash(found, version).endswith(
            "{urn:x:own:}about@id=urn:x:thing@type=https://ref.gs1.org/voc/Product@type=own:Milkpart=1"
        )
    weighed = '<own:fat xmlns:own="urn:x:own" type="net" id="7" unit="KGM">3.60</own:fat>'
    (found,) = read_document(xml(f"<ObjectEvent>{TIMES}{EPCS}{weighed}</ObjectEvent>")).events
    assert prehash(found, "CBV2.1").endswith("{urn:x:own}fat=3.6id=7type=netunit=KGM")


def test_the_hash_knows_a_namespace_by_its_address_not_by_its_prefix() -> None:
    fields = {"bio:b": 2, "organic:a": "1"}
    (found,) = read_document(document(event(**fields), bio="urn:x:b:", organic="urn:x:b:")).events
    assert prehash(found, "CBV2.0").endswith("{urn:x:b:}a=1{urn:x:b:}b=2")
    (unbound,) = read_document(document(event(**{"free:a": "1"}))).events
    assert prehash(unbound, "CBV2.0").endswith("free:a=1")


def test_types_of_xml_values_do_not_change_the_hash() -> None:
    spaces = (
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
    )

    def one(kinds: tuple[str, ...], blank: str = "") -> bytes:
        types = [f' xsi:type="xsd:{kind}"' if kind else "" for kind in kinds]
        values = ("10", "23.0", "true", "2026-03-02T08:00:00Z", "milk")
        inner = "".join(f"<o:v{t}>{v}{blank}</o:v>" for t, v in zip(types, values, strict=True))
        return xml(f'<ObjectEvent {spaces} xmlns:o="urn:x:o">{TIMES}{EPCS}{inner}</ObjectEvent>')

    typed = ("integer", "double", "boolean", "dateTime", "string")
    forms = [one(typed), one(typed, "\n   "), one(("",) * 5)]
    for version in ("CBV2.0", "CBV2.1"):
        assert len({prehash(read_document(form).events[0], version) for form in forms}) == 1


@pytest.mark.parametrize(
    ("space", "hashed"), [("urn:epcglobal:cbv:mda", ""), ("urn:epcglobal:cbv:mda:", ":")]
)
def test_master_data_of_xml_with_and_without_colon_is_hashed_as_its_namespace_says(
    space: str, hashed: str
) -> None:
    ilmd = f'<ilmd><cbvmda:lotNumber xmlns:cbvmda="{space}">L7</cbvmda:lotNumber></ilmd>'
    data = xml(f"<ObjectEvent>{TIMES}{EPCS.replace('OBSERVE', 'ADD')}{ilmd}</ObjectEvent>")
    assert not validate(data)
    for form in (data, write_xml(read_document(data)), write_json(read_document(data))):
        (found,) = read_document(form).events
        assert found.ilmd == {"cbvmda:lotNumber": "L7"}
        assert prehash(found, "CBV2.0").endswith(f"ilmd{{urn:epcglobal:cbv:mda{hashed}}}lotNumber=L7")
