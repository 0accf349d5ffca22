"""XML 2.0 and 1.2: one event model, nothing lost on the way there and back, nothing dangerous on the way in."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.core.epcis.schema_cases import EVENTS, example, example_document
from tests.core.epcis.test_jsonld import CONTEXT, MILK, document

from shian.core.epcis import EpcisError, canonical_bytes, read_document, write_json, write_xml

XSD = Path(__file__).parents[3] / "../shared/data/epcis/xsd/EPCglobal-epcis-2_0.xsd"

OLD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE project>
<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" xmlns:ex="https://ns.example.cn/"
    schemaVersion="1.2" creationDate="2026-03-15T10:11:12Z">
 <EPCISHeader><extension><EPCISMasterData><VocabularyList>
   <Vocabulary type="urn:epcglobal:epcis:vtype:BusinessLocation"><VocabularyElementList>
     <VocabularyElement id="urn:epc:id:sgln:6901234.00001.0">
       <attribute id="urn:epcglobal:cbv:mda#name">一号冷库</attribute><children><id>urn:epc:id:sgln:6901234.00001.1</id></children>
     </VocabularyElement></VocabularyElementList></Vocabulary>
 </VocabularyList></EPCISMasterData></extension></EPCISHeader>
 <EPCISBody><EventList>
  <ObjectEvent>
    <eventTime>2026-03-15T10:11:12.50+08:00</eventTime>
    <eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
    <baseExtension><eventID>urn:uuid:1</eventID><errorDeclaration>
      <declarationTime>2026-03-16T00:00:00Z</declarationTime><reason>urn:epcglobal:cbv:er:incorrect_data</reason>
      <correctiveEventIDs><correctiveEventID>urn:uuid:2</correctiveEventID></correctiveEventIDs>
    </errorDeclaration></baseExtension>
    <epcList/>
    <action>ADD</action>
    <bizStep>urn:epcglobal:cbv:bizstep:commissioning</bizStep>
    <bizTransactionList>
      <bizTransaction type="urn:epcglobal:cbv:btt:po"> urn:ex:po:1 </bizTransaction></bizTransactionList>
    <extension>
      <quantityList><quantityElement><epcClass>urn:epc:class:lgtin:6901234.056789.M1</epcClass>
        <quantity>12.50</quantity><uom>KGM</uom></quantityElement></quantityList>
      <sourceList><source type="urn:epcglobal:cbv:sdt:owning_party">urn:epc:id:pgln:6901234.00001</source></sourceList>
      <ilmd><ex:fat unit="%">3.60</ex:fat><ex:fat unit="%">3.70</ex:fat><ex:批号>甲</ex:批号></ilmd>
    </extension>
    <ex:note>首批 &amp; 试产</ex:note>
  </ObjectEvent>
  <extension><TransformationEvent>
    <eventTime>2026-03-15T11:00:00Z</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
    <inputEPCList><epc>urn:ex:a</epc></inputEPCList><outputEPCList><epc>urn:ex:b</epc></outputEPCList>
  </TransformationEvent></extension>
 </EventList></EPCISBody>
</epcis:EPCISDocument>"""


def events_of(data: bytes) -> list[bytes]:
    return [canonical_bytes(event) for event in read_document(data).events]


def test_xml_12_reads_into_the_one_model() -> None:
    found = read_document(OLD.encode())
    first, second = found.events
    assert found.source == "xml-1.2" and found.namespaces == {"ex": "https://ns.example.cn/"}
    assert (first.biz_step, first.event_id, first.error_declaration.reason) == (
        "commissioning",
        "urn:uuid:1",
        "incorrect_data",
    )
    assert first.quantity_list[0].quantity.text == "12.50" and first.event_time.text.endswith(".50+08:00")
    assert first.biz_transactions[0].id == "urn:ex:po:1" and first.sources[0].type == "owning_party"
    assert first.ilmd == {
        "ex:fat": [{"@unit": "%", "@value": "3.60"}, {"@unit": "%", "@value": "3.70"}],
        "ex:%E6%89%B9%E5%8F%B7": "甲",
    }
    assert second.type == "TransformationEvent" and second.output_epc_list == ("urn:ex:b",)
    vocabulary = found.envelope["epcisHeader"]["epcisMasterData"]["vocabularyList"][0]
    assert vocabulary["vocabularyElementList"][0]["attributes"][0]["attribute"] == "一号冷库"


@pytest.mark.parametrize("version", ["1.2", "2.0"])
def test_xml_to_json_to_xml_and_between_versions(version: str) -> None:
    first = events_of(OLD.encode())
    as_json = write_json(read_document(OLD.encode()))
    assert events_of(as_json) == first
    again = write_xml(read_document(as_json), version)
    assert events_of(again) == first
    assert read_document(again).source == f"xml-{version}"
    header = read_document(again).envelope["epcisHeader"]
    assert header == read_document(OLD.encode()).envelope["epcisHeader"]


def test_one_event_is_the_same_event_in_json_and_in_xml() -> None:
    data = document(MILK, sender="某厂", **{"ex:batch": {"ex:n": 7}})
    through = write_xml(read_document(data))
    assert events_of(through) == events_of(data)
    assert json.loads(write_json(read_document(through))) == json.loads(data)


@pytest.mark.parametrize("event_type", [t for t in EVENTS if "/" not in t])
def test_every_field_of_every_event_type_survives(event_type: str) -> None:
    event = {k: v for k, v in example(event_type).items() if k != "@context"}
    data = document(event)
    assert events_of(write_xml(read_document(data))) == events_of(data)


@pytest.mark.parametrize("kind", ["EPCISDocument", "EPCISQueryDocument"])
def test_the_envelope_survives(kind: str) -> None:
    tree = example_document(kind)
    through = json.loads(write_json(read_document(write_xml(read_document(json.dumps(tree).encode())))))
    del through["@context"], tree["@context"]
    assert through == tree


@pytest.mark.skipif(not XSD.exists(), reason=f"XML schema not found at {XSD}")
@pytest.mark.parametrize("event_type", [t for t in EVENTS if "/" not in t])
def test_written_xml_is_valid_by_the_ratified_xml_schema(event_type: str) -> None:
    event = {k: v for k, v in example(event_type).items() if k != "@context"}
    event["certificationInfo"] = "urn:ex:cert"  # XML has room for one
    event["sensorElementList"][0]["sensorReport"][0].pop("ex:r")  # attributes only, in XML
    event["sensorElementList"][0]["sensorReport"][0].pop("bizRules")  # an attribute that XML lacks
    written = etree.fromstring(write_xml(read_document(document(event))))
    schema = etree.XMLSchema(etree.parse(str(XSD)))
    assert schema.validate(written), schema.error_log


NAMES = st.sampled_from(
    [
        "ex:a",
        "ex:b",
        "ex:c-d.e",
        "a",
        "ex:%E6%89%B9",
        "https://ns.example.cn/x",
        "ex:a%41",
        "un:known",
        "@u",
        "@ex:u",
        "@value",
        "@xsi:type",
        "1 x",
        "",
    ]
)
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")) | st.sampled_from("\r\n\t&<>\"' "),
    max_size=8,
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-999, 999)
    | st.sampled_from([1.50, 0.1, 1e30, "xsd:string", "xsd:dateTime"])
    | TEXT,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(NAMES, inner, max_size=3)
        | st.lists(TEXT | st.dictionaries(NAMES, inner, max_size=2), max_size=4).map(
            lambda parts: {"@*": parts}
        )
    ),
    max_leaves=8,
)


@given(VALUES, VALUES)
@settings(max_examples=120, deadline=None)
def test_any_extension_survives_the_way_through_xml(one: Any, other: Any) -> None:
    event = {**MILK, "ex:x": one, "ilmd": {"ex:y": other, "https://ns.example.cn/z": one}}
    data = document(event)
    assert events_of(write_xml(read_document(data))) == events_of(data)


def refused(data: bytes) -> EpcisError:
    with pytest.raises(EpcisError) as refusal:
        read_document(data)
    return refusal.value


HEAD = '<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0" creationDate="2026-01-01T00:00:00Z">'


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "xml.doctype"),
        ('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>', "xml.doctype"),
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "xml.doctype"),
        ('<!DOCTYPE x PUBLIC "-//x" "http://x.example/x.dtd"><x/>', "xml.doctype"),
        ("<x>&undefined;</x>", "xml.syntax"),
        ("<a:x/>", "xml.syntax"),
        ("<x>", "xml.syntax"),
        ("<x/>", "xml.namespace"),
        ('<EPCISDocument xmlns="urn:epcglobal:epcis:xsd:9"/>', "xml.namespace"),
        ('<EPCISDocument xmlns="https://ref.gs1.org/epcis/"/>', "xml.namespace"),
        ("<x>" * 100_000, "limit.depth"),
        ('<?xml version="1.0" encoding="x-none"?><x/>', "xml.encoding"),
        (HEAD + "</e:EPCISDocument>", "schema.required"),
    ],
)
def test_dangerous_or_foreign_xml_is_refused_by_rule(text: str, rule: str) -> None:
    assert refused(text.encode()).rule == rule


@pytest.mark.parametrize(
    ("old", "new", "rule", "path"),
    [
        (
            "2026-03-15T10:11:12.50+08:00",
            "2026-02-30T10:11:12+08:00",
            "schema.format.date-time",
            "epcisBody.eventList[0].eventTime",
        ),
        (
            "<action>ADD</action>",
            "<action>ADD</action><action>ADD</action>",
            "xml.duplicate",
            "epcisBody.eventList[0].action",
        ),
        (
            "<quantity>12.50</quantity>",
            "<quantity>NaN</quantity>",
            "xml.value",
            "epcisBody.eventList[0].quantityList[0].quantity",
        ),
        ("<epcList/>", "<epcList>x</epcList>", "xml.mixed", "epcisBody.eventList[0].epcList"),
        (
            "<epcList/>",
            "<epcList><id>urn:x:1</id></epcList>",
            "xml.element",
            "epcisBody.eventList[0].epcList",
        ),
        (
            "<uom>KGM</uom>",
            "<uom>KGM<b/></uom>",
            "xml.element",
            "epcisBody.eventList[0].quantityList[0].uom",
        ),
        ("<action>", '<action ex:a="1">', "xml.attribute", "epcisBody.eventList[0].action"),
        ("<ObjectEvent>", '<ObjectEvent ex:a="1">', "xml.attribute", "epcisBody.eventList[0]"),
        ("<ObjectEvent>", "<ObjectEvent>食", "xml.mixed", "epcisBody.eventList[0]"),
        ("<EPCISBody>", "<EPCISBody><Other/>", "xml.element", "epcisBody"),
        (
            "<ex:note>",
            '<ex:note><ex:b><ex:c xsi:type="xsd:int" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">x</ex:c></ex:b>',
            "xml.value",
            "epcisBody.eventList[0].ex:note.ex:b.ex:c",
        ),
        (
            "bizstep:commissioning",
            "bizstep:commissionning",
            "schema.vocabulary",
            "epcisBody.eventList[0].bizStep",
        ),
        (
            "<action>ADD</action>",
            "<action>ADD</action><unknown/>",
            "schema.name",
            "epcisBody.eventList[0].unknown",
        ),
    ],
)
def test_a_refusal_of_xml_names_field_and_rule(old: str, new: str, rule: str, path: str) -> None:
    refusal = refused(OLD.replace(old, new, 1).encode())
    assert (refusal.rule, refusal.path) == (rule, path)


def test_a_tree_that_lists_make_too_deep_is_refused_at_the_door() -> None:
    """A list is a level in JSON that XML does not have: such an event could be stored, but never read again."""
    deep = "<ex:b/>" * 2
    for _ in range(40):
        deep = f"<ex:b>{deep}</ex:b><ex:b/>"
    refusal = refused(OLD.replace("<ex:note>", f"<ex:w>{deep}</ex:w><ex:note>").encode())
    assert (refusal.path, refusal.rule) == ("epcisBody.eventList[0]", "limit.depth")


PARTS = st.sampled_from(["文", " ", "a b", "]]&", "\u3000"])
ELEMENTS: st.SearchStrategy[str] = st.recursive(
    st.sampled_from(
        ["<ex:a/>", "<ex:b>1</ex:b>", "<c>\u3000</c>", '<o:d xmlns:o="urn:o" o:u="%">3.60</o:d>']
    ),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag} content='1'>{''.join(parts)}</{tag.split()[0]}>".replace(
            "]]&", "]]&amp;"
        ),
        st.sampled_from(["ex:a", "b", 'o:e xmlns:o="urn:o"', 'x xmlns="urn:d"']),
        st.lists(inner | PARTS, max_size=4),
    ),
    max_leaves=8,
)


def shape(node: etree._Element) -> tuple[object, ...]:
    """A tree without what means nothing: prefixes, blanks between elements, the order of attributes."""
    texts = [node.text or "", *(child.tail or "" for child in node)]
    if len(node) and not "".join(texts).strip(" \t\r\n"):
        texts = []
    return node.tag, sorted(node.attrib.items()), texts, [shape(child) for child in node]


@given(st.lists(ELEMENTS, min_size=1, max_size=3), st.sampled_from(["1.2", "2.0"]))
@settings(max_examples=150, deadline=None)
def test_xml_extensions_return_as_they_came(inner: list[str], version: str) -> None:
    """Mixed content, elements that take turns, attributes, namespaces: XML → JSON → XML."""
    data = OLD.replace("<ex:note>", f"<ex:whole>{''.join(inner)}</ex:whole><ex:note>").encode()
    through = write_xml(read_document(write_json(read_document(data))), version)
    path = ".//{https://ns.example.cn/}whole"
    assert shape(etree.fromstring(through).find(path)) == shape(etree.fromstring(data).find(path))
    assert events_of(through) == events_of(data)


def test_content_in_order_is_a_list() -> None:
    data = OLD.replace("首批 &amp; 试产", "见<ex:a>1</ex:a>和<ex:b/>。").encode()
    (first, _) = read_document(data).events
    assert first.extensions == {"ex:note": {"@*": ["见", {"ex:a": "1"}, "和", {"ex:b": ""}, "。"]}}
    data = OLD.replace("首批 &amp; 试产", "<ex:a>1</ex:a> <ex:b/> <ex:a>2</ex:a>").encode()
    (first, _) = read_document(data).events
    assert first.extensions == {"ex:note": {"@*": [{"ex:a": "1"}, {"ex:b": ""}, {"ex:a": "2"}]}}


def test_master_data_keep_what_else_they_hold() -> None:
    tree = copy.deepcopy(example_document("EPCISDocument"))
    master = tree["epcisHeader"]["epcisMasterData"]
    for held in (
        master,
        master["vocabularyList"][0],
        master["vocabularyList"][0]["vocabularyElementList"][0],
    ):
        held |= {"ex:more": [1, {"free": True}], "free": "x"}
    through = json.loads(write_json(read_document(write_xml(read_document(json.dumps(tree).encode())))))
    assert through["epcisHeader"] == tree["epcisHeader"]
    master["vocabularyList"][0]["vocabularyElementList"][0]["attributes"][0]["ex:more"] = 1
    with pytest.raises(EpcisError, match="ex:more"):
        write_xml(read_document(json.dumps(tree).encode()))


@pytest.mark.parametrize(
    "uri", ["+08:00", "http://www.w3.org/2000/xmlns/", "http://www.w3.org/XML/1998/namespace"]
)
def test_a_prefix_that_xml_cannot_bind_is_kept(uri: str) -> None:
    context = [*CONTEXT, {"odd": uri}]
    data = document({**MILK, "odd:x": 1}, **{"@context": context})
    written = write_xml(read_document(data))
    assert etree.fromstring(written) is not None and events_of(written) == events_of(data)


def test_utf16_is_read() -> None:
    text = OLD.replace(' encoding="UTF-8"', "")
    assert events_of(text.encode("utf-16")) == events_of(OLD.encode())


@pytest.mark.parametrize("version", ["1.2", "2.0"])
def test_what_a_version_has_no_place_for_is_refused(version: str) -> None:
    own = document(
        {"type": "https://ns.example.cn/Own", "eventTime": MILK["eventTime"], "eventTimeZoneOffset": "+08:00"}
    )
    with pytest.raises(EpcisError, match="事件类型"):
        write_xml(read_document(own), version)
    if version == "1.2":
        with pytest.raises(EpcisError) as refusal:
            write_xml(read_document(document(MILK)), version)
        assert refusal.value.path == "eventList[0].sensorElementList"


def test_a_character_that_xml_lacks_is_refused_on_writing() -> None:
    with pytest.raises(EpcisError) as refusal:
        write_xml(read_document(document({**MILK, "ex:note": "a\u0000b"})))
    assert refusal.value.rule == "xml.character"


def test_a_quantity_event_becomes_the_object_event_that_replaced_it() -> None:
    old = OLD.replace("<extension><TransformationEvent>", "<QuantityEvent><eventTime>2026-03-15T10:00:00Z</eventTime>"
        "<eventTimeZoneOffset>+08:00</eventTimeZoneOffset><epcClass>urn:epc:class:lgtin:6901234.056789.M1</epcClass>"
        "<quantity>10</quantity></QuantityEvent><extension><TransformationEvent>")  # fmt: skip
    event = read_document(old.encode()).events[1]
    assert (event.type, event.action, event.quantity_list[0].quantity) == ("ObjectEvent", "OBSERVE", 10)
    assert (
        refused(old.replace("<quantity>10</quantity></Q", "<quantity>x</quantity></Q").encode()).rule
        == "xml.value"
    )
