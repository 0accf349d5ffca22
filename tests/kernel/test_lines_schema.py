"""OpenAPI of nested lines: what the API answers and takes fits the document, what does not fit the API refuses too."""

import pytest
from django.test import Client
from jsonschema import Draft202012Validator
from tests.bench_app.models import Fault, Visit

from shian.kernel.changes.writer import change
from shian.kernel.resources.api import Schema
from shian.kernel.scopes import SYSTEM


@pytest.fixture
def visit(cast):
    row = Visit(title="春季检查", place=cast.places["东河镇"])
    with change(SYSTEM, "visit.create") as w:
        w.save(row)
        w.save(Fault(visit=row, text="积水", count=2, unit=cast.units["市场监督管理局"], person="王某某"))
        w.save(Fault(visit=row, text="无证", sort=1))
    return row


@pytest.fixture
def client(cast):
    client = Client()
    client.force_login(cast.users["guanliyuan"])
    return client


def json_schema(node, *, sent: bool):
    """OpenAPI 3.0 says ``nullable`` where JSON Schema has a second type; what is read only is not asked of the sender."""
    if isinstance(node, list):
        return [json_schema(each, sent=sent) for each in node]
    if not isinstance(node, dict):
        return node
    out = {key: json_schema(value, sent=sent) for key, value in node.items()}
    if sent and "required" in out and "properties" in out:
        out["required"] = [n for n in out["required"] if not out["properties"][n].get("readOnly")]
    if out.pop("nullable", False) and "type" in out:
        out["type"] = [out["type"], "null"]
    return out


@pytest.fixture
def fits(visit):
    """(method, what) → whether a body fits what the served document says of it."""
    served_as = Schema.generator_class().get_schema(request=None, public=True)

    def fits(method: str, body, *, answer: str = "") -> bool:
        document = json_schema(served_as, sent=not answer)
        path = "/api/v1/visits/" if method == "post" else "/api/v1/visits/{id}/"
        found = next(p for p in document["paths"] if p.startswith("/api/v1/visits/") and ("{" in p) == ("{" in path))
        said = document["paths"][found][method]
        part = said["responses"][answer] if answer else said["requestBody"]
        schema = part["content"]["application/json"]["schema"]
        return Draft202012Validator(schema | {"components": document["components"]}).is_valid(body)

    return fits


def test_what_the_api_answers_fits_and_the_lines_are_described(visit, client, fits):
    told = client.get(f"/api/v1/visits/{visit.pk}/").json()
    assert len(told["findings"]) == 2 and fits("get", told, answer="200")
    for wrong in ({"id": "1"}, {"text": 3}, {"count": -1}, {"unit": "市监"}):
        assert not fits("get", told | {"findings": [told["findings"][0] | wrong]}, answer="200"), wrong
    assert not fits("get", told | {"findings": told["findings"][0]}, answer="200")


def test_what_fits_is_taken(visit, client, fits, cast):
    first = visit.findings.first().pk
    made = {"title": "夏季检查", "place": visit.place_id, "findings": [{"text": "油污", "count": 3, "unit": None}]}
    changed = {"version": 1, "findings": [{"id": first, "count": 5}, {"text": "鼠迹", "person": "李某"}]}
    assert fits("post", made) and fits("patch", changed)
    answer = client.post("/api/v1/visits/", made, content_type="application/json")
    assert answer.status_code == 201 and fits("post", answer.json(), answer="201")
    answer = client.patch(f"/api/v1/visits/{visit.pk}/", changed, content_type="application/json")
    assert answer.status_code == 200 and fits("patch", answer.json(), answer="200")
    assert [(line["text"], line["count"]) for line in answer.json()["findings"]] == [("积水", 5), ("鼠迹", 1)]


@pytest.mark.parametrize(
    "lines",
    [
        "油污", {"text": "油污"}, ["油污"], [{}], [{"count": 2}], [{"text": ""}], [{"text": "油" * 61}],
        [{"text": "油污", "count": -1}], [{"text": "油污", "count": "多"}], [{"text": "油污", "unit": "市监"}],
        [{"text": "油污", "person": "王" * 21}], [{"id": "一", "text": "油污"}], [{"id": 0, "text": "油污"}],
        [{"text": f"油污{n}"} for n in range(21)],
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_both(visit, client, fits, lines):
    body = {"version": 1, "findings": lines}
    assert not fits("patch", body)
    answer = client.patch(f"/api/v1/visits/{visit.pk}/", body, content_type="application/json")
    assert answer.status_code == 400 and any(key.startswith("findings") for key in answer.json()["errors"])
    assert fits("patch", {"version": 1, "findings": [{"text": "油污"}]})
