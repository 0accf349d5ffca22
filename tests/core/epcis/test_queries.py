"""Queries as documents: parameters and values by the ratified query schema, in JSON and in XML."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

from shian.core.epcis import validate
from shian.core.epcis.jsonld.read import parse_json
from shian.core.epcis.schema import check_query

SCHEMA_FILE = Path(__file__).parents[3] / "../shared/data/epcis/query-schema.json"
CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/query-schema.json"

VALUES: tuple[Any, ...] = (
    ["ADD"], ["shipping"], ["in_transit"], ["ObjectEvent"], ["Temperature"], ["did_not_occur"], ["urn:x:1"], ["a b"],
    [1], [1.5], [True], [], "ASC", "2026-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "urn:x:1", "x y", 1, 1.5, True,
)  # fmt: skip
EXAMPLES = {
    r"[a-z][a-zA-Z0-9]*\:\w+": "ex:crop_1",
    r"[A-Z0-9]{2,4}": "CEL",
    r"[a-z][a-zA-Z0-9_]+": "owning_party",
}


def names(schema: dict[str, Any]) -> list[str]:
    """Every parameter called by name, and one of every family."""
    found = [name for name in schema["properties"] if name != "@context"]
    for pattern in schema["patternProperties"]:
        name = pattern.strip("^$")
        for part, instance in EXAMPLES.items():
            name = name.replace(part, instance)
        found.append(name.replace(r"\w+_\w+", "ex_a"))
        assert re.search(pattern, found[-1])
    return found


def test_parameters_and_values_are_those_of_the_ratified_schema() -> None:
    if not SCHEMA_FILE.exists():
        pytest.skip(f"ratified query schema not found at {SCHEMA_FILE}")
    text = SCHEMA_FILE.read_text("utf-8-sig").replace("\\\\\\\\", "\\\\")  # its patterns are escaped twice
    whole = json.loads(text)
    oracle = Draft7Validator(whole, format_checker=FormatChecker())
    known = names(whole["definitions"]["EPCIS-Query"])
    assert len(known) > 150
    strange = [
        "GE_eventDate",
        "EQ_ilmd_ex:a",
        "GE_value_cel",
        "GT_value_CELSI",
        "WD_epc",
        "EQ_ex:a-b",
        "EXISTS_x",
    ]
    verdicts = {True: 0, False: 0}
    for name in known + strange:
        for value in VALUES:
            expected = oracle.is_valid({name: value})
            found = check_query(parse_json(json.dumps({name: value}).encode()))
            assert (not found) == expected, (name, value, found)
            verdicts[expected] += 1
            assert all(problem.path.startswith(name) and problem.message for problem in found)
    assert min(verdicts.values()) > 500


def test_exists_says_all_in_its_name() -> None:
    """The schema says ``nullable``, a word of OpenAPI that JSON Schema does not know."""
    assert not check_query({"EXISTS_ILMD_ex:crop": None, "EXISTS_errorDeclaration": None})


def test_a_query_is_checked_as_such_and_an_unknown_parameter_gets_a_proposal() -> None:
    query = {"@context": CONTEXT, "eventType": ["ObjectEvent"], "GE_eventTime": "2026-01-01T00:00:00+08:00"}
    assert validate(json.dumps(query).encode()) == ()
    (problem,) = validate(json.dumps({**query, "GE_eventDate": "2026-01-01T00:00:00+08:00"}).encode())
    assert (problem.path, problem.rule) == ("GE_eventDate", "query.parameter")
    assert "GE_eventTime" in problem.message


POLL = """<q:EPCISQueryDocument xmlns:q="urn:epcglobal:epcis-query:xsd:2" schemaVersion="2.0"
  creationDate="2026-08-04T10:00:00Z"><EPCISBody><q:Poll><queryName>SimpleEventQuery</queryName><params>
  <param><name>eventType</name><value><string>ObjectEvent</string></value></param>
  <param><name>GE_quantity</name><value>12.5</value></param>
  <param><name>EQ_value_CEL</name><value><string>4</string><string>4.5</string></value></param>
  <param><name>EQ_booleanValue</name><value>true</value></param>
  <param><name>EXISTS_errorDeclaration</name><value/></param>
  </params></q:Poll></EPCISBody></q:EPCISQueryDocument>"""


@pytest.mark.parametrize(
    ("old", "new", "path", "rule"),
    [
        ("<queryName>SimpleEventQuery</queryName>", "", "queryName", "schema.required"),
        ("<value>12.5</value>", "", "params[1].value", "schema.required"),
        ("12.5", "twelve", "params[1].value", "schema.type"),
        ("<string>ObjectEvent", "<string>Objectevent", "params[0].value", "schema.vocabulary"),
        ("GE_quantity", "GE_quantities", "params[1].value", "query.parameter"),
        ("<name>GE_quantity</name>", "", "params[1].name", "schema.required"),
    ],
)
def test_a_poll_in_xml(old: str, new: str, path: str, rule: str) -> None:
    assert validate(POLL.encode()) == ()
    assert old in POLL
    (problem,) = validate(POLL.replace(old, new).encode())
    assert (problem.path, problem.rule) == (f"epcisBody.Poll.{path}", rule)


def test_bytes_that_only_mention_a_query_are_refused_as_the_document_they_are() -> None:
    (problem, *_) = validate(json.dumps({"type": "ObjectEvent", "x": CONTEXT}).encode())
    assert problem.rule.startswith("schema.")
    assert validate(b"<Poll/>")[0].rule == "xml.namespace"
