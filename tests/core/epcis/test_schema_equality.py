"""The compiled rules accept exactly what the ratified JSON Schema accepts, formats asserted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, FormatChecker
from tests.core.epcis.schema_cases import (
    EVENTS,
    LEAST,
    SCHEMA_FILE,
    TIME,
    URI,
    Walk,
    example,
    example_document,
    fewer,
)

from shian.core.epcis.errors import EpcisError
from shian.core.epcis.jsonld.read import parse_json
from shian.core.epcis.schema import check_document, check_event
from shian.core.epcis.schema.formats import is_date_time, is_uri

if not SCHEMA_FILE.exists():
    pytest.skip(f"ratified schema not found at {SCHEMA_FILE}", allow_module_level=True)

SCHEMA: dict[str, Any] = json.loads(SCHEMA_FILE.read_text("utf-8-sig"))
FORMATS = FormatChecker()
DOCUMENT = Draft7Validator(SCHEMA, format_checker=FORMATS)


def definition(name: str) -> Draft7Validator:
    node = {"definitions": SCHEMA["definitions"], "$ref": f"#/definitions/{name}"}
    return Draft7Validator(node, format_checker=FORMATS)


EVENT = definition("EPCIS-Document-Event")

# Where the schema forgot a rule: it names persistentDisposition in these types but does not look inside.
# The parts all event types share are walked in depth once, in ObjectEvent.
SHARED_PARTS = ("sensorElementList.0", "errorDeclaration.", "certificationInfo", "@context", "bizStep enum")
FORGOTTEN = ("AggregationEvent", "AssociationEvent", "TransactionEvent")


def ours(value: Any, check: Any) -> list[Any]:
    return list(check(parse_json(json.dumps(value).encode())))


@pytest.mark.parametrize("event_type", EVENTS)
def test_every_rule_of_an_event_type(event_type: str) -> None:
    whole = example(event_type)
    assert EVENT.is_valid(whole) and not ours(whole, check_event)
    name = event_type if "/" not in event_type else "Extended-Event"
    node, oracle = {"$ref": f"#/definitions/{name}"}, definition(name)
    verdicts = {True: 0, False: 0}
    for label, case in Walk(SCHEMA, whole, LEAST).cases(node):
        if event_type != "ObjectEvent" and label.startswith(SHARED_PARTS):
            continue
        if isinstance(case, dict) and case.get("type") != event_type:
            continue  # another type, another definition: see test_roots
        expected = oracle.is_valid(case)
        problems = ours(case, check_event)
        if event_type in FORGOTTEN and label.startswith("persistentDisposition"):
            assert expected or problems, label
            continue
        assert (not problems) == expected, (label, problems, [e.message for e in EVENT.iter_errors(case)])
        verdicts[expected] += 1
    assert min(verdicts.values()) > 10


@pytest.mark.parametrize("event_type", [t for t in EVENTS if "/" not in t])
def test_what_an_event_needs_in_every_combination(event_type: str) -> None:
    small = {
        k: v for k, v in example(event_type).items() if k not in ("errorDeclaration", "ex:note", "@context")
    }
    small["sensorElementList"] = [{"sensorReport": [{"type": "Temperature"}]}]
    oracle = definition(event_type)
    for label, case in fewer(small):
        assert (not ours(case, check_event)) == oracle.is_valid(case), label


@pytest.mark.parametrize("kind", ["EPCISDocument", "EPCISQueryDocument"])
def test_every_rule_of_a_document(kind: str) -> None:
    whole = example_document(kind)
    assert DOCUMENT.is_valid(whole) and not ours(whole, check_document)
    name = kind.replace("EPCIS", "epcis")
    for label, case in Walk(SCHEMA, whole).cases(SCHEMA["definitions"][name]):
        repeated = (
            kind == "EPCISQueryDocument" and "vocabularyElementList" in label
        )  # walked in EPCISDocument
        if "eventList.0" in label or case is None or repeated:
            continue
        assert (not ours(case, check_document)) == DOCUMENT.is_valid(case), label


@pytest.mark.parametrize(
    "case", [{}, [], 5, None, {"type": "Foo"}, {"type": 3}, {"type": "urn:x:E"}, {"type": "EPCISDocument"}]
)
def test_roots(case: Any) -> None:
    assert (not ours(case, check_document)) == DOCUMENT.is_valid(case)


@pytest.mark.parametrize("event_type", EVENTS)
def test_an_event_alone_needs_a_context(event_type: str) -> None:
    whole = example(event_type)
    assert DOCUMENT.is_valid(whole) and not ours(whole, check_document)
    del whole["@context"]
    assert not DOCUMENT.is_valid(whole) and ours(whole, check_document)


@pytest.mark.parametrize("event_type", EVENTS)
def test_a_refusal_names_the_field(event_type: str) -> None:
    whole = example(event_type)
    checked = 0
    for label, case in Walk(SCHEMA, whole, LEAST).cases(SCHEMA["definitions"]["Event"]):
        problems = ours(case, check_event)
        path = label.partition(" ")[0]
        if problems and path and " type " in label:
            assert any(p.path.replace("[", ".").replace("]", "").startswith(path) for p in problems), label
            assert all(p.message and p.rule.startswith("schema.") for p in problems)
            checked += 1
    assert checked > 10


PIECES = st.sampled_from(
    [
        *"aZ09-._~!$&'()*+,;=:@/?#[]% <>^`{|}\"\\é",
        "%41",
        "%4",
        "//",
        "http:",
        "urn:",
        "::1",
        "[::1]",
        "v1.a",
        "127.0.0.1",
    ]
)


@given(
    st.lists(PIECES, max_size=9).map("".join) | st.lists(PIECES, max_size=9).map(lambda p: "ex:" + "".join(p))
)
@settings(max_examples=300, deadline=None)
def test_uri_equals_the_schema_s_format(text: str) -> None:
    assert is_uri(text) == FORMATS.conforms(text, "uri")


DIGITS = [
    st.sampled_from(words.split())
    for words in (
        "2026 2024 1900 2000 0000 0001 9999 226",
        "-01 -02 -04 -12 -13 -00 -1",
        "-01 -28 -29 -30 -31 -32 -00 -1",
        "T t _ TT",
        "00: 23: 24: 7:",
        "00: 59: 60:",
        "00 59 60 5",
        ".5 .123456789 . ,5 .é +",
        "Z z +08:00 -14:00 +23:59 +24:00 +0800 -00:00 x",
    )
]


@given(st.tuples(*DIGITS).map("".join) | st.tuples(*DIGITS[:7], DIGITS[8]).map("".join))
@settings(max_examples=300, deadline=None)
def test_date_time_equals_the_schema_s_format(text: str) -> None:
    assert is_date_time(text) == FORMATS.conforms(text, "date-time")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.sampled_from([URI, TIME, "shipping", "ADD", "x", "+08:00"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "ex:a", "set", "epcClass", "time", "x"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@given(st.sampled_from(list(EVENTS)), st.data())
@settings(max_examples=80, deadline=None)
def test_random_events(event_type: str, data: st.DataObject) -> None:
    whole = example(event_type)
    for name in data.draw(st.lists(st.sampled_from(sorted(whole)), max_size=4)):
        if data.draw(st.booleans()):
            whole.pop(name, None)
        elif not (event_type in FORGOTTEN and name == "persistentDisposition"):
            whole[name] = data.draw(JSON)
    assert (not ours(whole, check_event)) == EVENT.is_valid(whole)


def test_limits_on_numbers_are_stricter_than_the_schema_and_named() -> None:
    with pytest.raises(EpcisError) as refusal:
        parse_json(b'{"quantity": 1e401}')
    assert refusal.value.rule == "json.number"


def test_a_long_hostile_uri_costs_linear_time() -> None:
    for text in (
        "https://" + "a" * 100_000 + "\\",
        "ex:" + "%41" * 50_000 + "%",
        "http://" + "a." * 50_000 + "^/",
    ):
        assert not is_uri(text)
