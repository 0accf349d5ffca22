"""Whatever arrives is read or refused with a rule; nothing else ever escapes."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.epcis.schema_cases import EVENTS, example
from tests.core.epcis.test_jsonld import CONTEXT, MILK, document
from tests.core.epcis.test_xml import OLD
from tests.engines.journal.mutations import mutate_bytes

from shian.core.epcis import (
    EpcisError,
    canonical_bytes,
    event_hash,
    read_document,
    validate,
    write_json,
    write_xml,
)

SEEDS = [document(example(kind)) for kind in EVENTS] + [OLD.encode(), document(MILK)]


def survives(data: bytes) -> bool:
    """Read ``data``; if it is read, everything else must work on it. True if it was read."""
    problems = validate(data)
    assert all(p.rule and p.message for p in problems)
    try:
        found = read_document(data)
    except EpcisError as refusal:
        assert refusal.rule and refusal.message and refusal.problems
        return False
    for event in found.events:
        event_hash(event)
        event_hash(event, "CBV2.1")
        canonical = canonical_bytes(event)
        again = read_document(canonical) if b'"@context"' in canonical else None
        assert again is None or canonical_bytes(again.events[0]) == canonical
    assert [canonical_bytes(e) for e in read_document(write_json(found)).events] == [
        canonical_bytes(e) for e in found.events
    ]
    for version in ("1.2", "2.0"):
        try:
            written = write_xml(found, version)
        except EpcisError:
            continue
        assert len(read_document(written).events) == len(found.events)
    return True


@pytest.mark.parametrize("seed", range(len(SEEDS)))
def test_bytes_changed_at_random(seed: int) -> None:
    rng = random.Random(seed)
    read = sum(survives(mutate_bytes(SEEDS[seed], rng)) for _ in range(40))
    assert read > 0


@pytest.mark.full
@pytest.mark.parametrize("seed", range(len(SEEDS)))
def test_bytes_changed_at_random_at_length(seed: int) -> None:
    rng = random.Random(1000 + seed)
    for _ in range(5000):
        survives(mutate_bytes(SEEDS[seed], rng))


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8) | st.just("ex:a"), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(st.sampled_from(list(EVENTS)), st.data())
@settings(max_examples=80, deadline=None)
def test_values_of_any_shape_in_any_field(kind: str, data: st.DataObject) -> None:
    event = example(kind)
    for name in data.draw(st.lists(st.sampled_from([*event, "ex:x", "ilmd"]), min_size=1, max_size=3)):
        event[name] = data.draw(TREES)
    survives(json.dumps({**json.loads(document()), "epcisBody": {"eventList": [event]}}).encode())


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@settings(max_examples=120, deadline=None)
def test_any_bytes(data: bytes) -> None:
    survives(data)


@pytest.mark.parametrize("text", [
    "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.9999-14:00", "2026-02-29T00:00:00Z",
    "9999-12-31T23:59:59.9999Z",
])  # fmt: skip
def test_impossible_dates_are_refused_with_their_field(text: str) -> None:
    problems = validate(document({**MILK, "eventTime": text}))
    assert problems and problems[0].path.startswith("epcisBody.eventList[0]") and text in problems[0].message


@pytest.mark.parametrize("where", ["sensorMetadata", "sensorReport"])
def test_impossible_sensor_times_are_refused(where: str) -> None:
    event: dict[str, Any] = json.loads(json.dumps(MILK))
    element = event["sensorElementList"][0]
    part = element[where] if where == "sensorMetadata" else element[where][0]
    part["time"] = "0001-01-01T00:00:00+14:00"
    if where == "sensorReport":
        del element["sensorMetadata"]
    assert not survives(document(event))


def test_a_long_list_of_mistakes_is_bounded() -> None:
    problems = validate(document(*[{"type": "ObjectEvent"}] * 5000))
    assert 0 < len(problems) <= 200


REPEATED = [f"urn:ex:{n}" for n in range(300_000)]
SPACES = "".join(f'<x:a xmlns:x="urn:{n}"/>' for n in range(100_000))


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (document({**MILK, "epcList": [*REPEATED, REPEATED[1]]}), "schema.unique"),
        (document({**MILK, "epcList": [*REPEATED, REPEATED[-1]]}), "schema.unique"),
        (json.dumps(dict.fromkeys(REPEATED, 1)).encode()[:-1] + b', "urn:ex:299999": 1}', "json.duplicate"),
        (OLD.replace("<ex:note>", f"{SPACES}<ex:note>").replace("<action>", "<action>x", 1).encode(), "schema.enum"),
    ],
    ids=["repeated at the start", "repeated at the end", "last name twice", "a namespace an element"],
)  # fmt: skip
def test_length_costs_linear_time(data: bytes, rule: str) -> None:
    """With a quadratic step anywhere each of these takes minutes."""
    assert [p.rule for p in validate(data)] == [rule]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"[" + b"0," * 6_000_000 + b"0]", "limit.values"),
        (b"[" + b"[[[[]]]]," * 1_500_000 + b"0]", "limit.values"),
        (b"<x>" + b"<a/>" * 6_000_000 + b"</x>", "limit.elements"),
    ],
    ids=["numbers", "lists", "elements"],
)
def test_short_text_that_would_fill_the_memory_is_refused(data: bytes, rule: str) -> None:
    assert [p.rule for p in validate(data)] == [rule]


def test_thousands_of_prefixes_are_refused() -> None:
    """Each is looked for in each event that is written: a few megabytes of them would take days."""
    many = {f"p{n}": f"urn:p:{n}" for n in range(1001)}
    few = dict(list(many.items())[:1000])
    own = {**MILK, "@context": [many]}
    found = [validate(document(MILK, **{"@context": [CONTEXT[0], many]})), validate(document(MILK, own))]
    assert [[(p.path, p.rule) for p in problems] for problems in found] == [
        [("@context", "limit.prefixes")],
        [("epcisBody.eventList[1].@context", "limit.prefixes")],
    ]
    assert survives(document(MILK, **{"@context": [CONTEXT[0], few]}))
