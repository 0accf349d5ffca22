"""The generated suite of a flow-driven resource: inherit, say how rows are reached, make a row in any state.

    class TestPetitions(FlowTests):
        resource = "petitions"
        roads = Roads(place="place")
        said = {"close": {"result": "已调解"}}

        def make(self, cast, state): ...

What must happen is worked out from the table (sources, target, needs) and from the grants of the cast
(``tests/oracle.py``): nothing here asks the code under test who may.
"""

from __future__ import annotations

import json

import pytest
from django.test import Client

from shian.kernel.changes.models import Change
from shian.kernel.resources import registry
from shian.kernel.resources.api import Schema
from tests.cast import oracle
from tests.oracle import Roads


class FlowTests:
    resource = ""
    roads = Roads()
    """How its rows are reached, as in ``ResourceTests``."""
    people: tuple[str, ...] = (
        "editor_a", "editor_b", "inspector", "veiled", "counts", "clerk", "viewer", "participant", "owner",
    )  # fmt: skip
    """Of the oracle's members, those who try every verb."""
    said: dict[str, dict] = {}
    """Verb → what its form must be given."""

    def make(self, cast, state: str):
        """A stored row in ``state``."""
        raise NotImplementedError

    def stands(self, member: str, obj) -> set[str]:
        """In which capacities of the table the member stands to the row; in all, where the right alone decides."""
        return {actor for row in self.declared.flow.transitions for actor in row.actors}

    @pytest.fixture(autouse=True)
    def _use(self, cast):
        self.prepare(cast)

    def prepare(self, cast) -> None:
        self.cast = cast
        self.declared = registry.get(self.resource)
        self.case = self.declared.case

    # -- helpers ----------------------------------------------------------------------------------
    def rows(self) -> list:
        """The table, less what nobody can ask for."""
        hidden = {v for v, look in self.declared.verbs.items() if look is None}
        return [t for t in self.declared.flow.transitions if t.verb not in hidden and t.actors != ("system",)]

    def client_of(self, username: str) -> Client:
        client = Client()
        client.force_login(self.cast.users[username])
        return client

    def state_of(self, obj) -> str:
        return getattr(type(obj).unscoped.get(pk=obj.pk), self.case.field)

    def call(self, client: Client, obj, verb: str, key: str = "", **more):
        body = json.dumps(self.said.get(verb, {}) | more, default=str)
        headers = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
        address = f"/api/v1/{self.resource}/{obj.pk}/{verb}/"
        return client.post(address, body, content_type="application/json", **headers)

    def made(self, state: str):
        """A row in ``state``; afterwards the oracle knows who takes part in it."""
        obj = self.make(self.cast, state)
        self.oracle = oracle(self.cast, self.roads, self.declared.flow.transitions[0].verb)
        return obj

    def may(self, member: str, row, obj) -> bool:
        """Whether the member holds the verb of this line of the table for the row."""
        return self.oracle.may(member, row.verb, obj) and bool(self.stands(member, obj) & set(row.actors))

    def able(self, row, obj) -> str:
        """Somebody who sees the row and holds the verb."""
        return next(m for m in self.people if self.oracle.sees(m, obj) and self.may(m, row, obj))

    def changes(self, obj, verb: str) -> int:
        label = obj._meta.label_lower
        name = f"{obj._meta.model_name}.{verb}"
        return Change.unscoped.filter(object_type=label, object_id=obj.pk, verb=name).count()

    # -- the oracle: every verb, everyone, every state ---------------------------------------------
    def expected(self, member: str, row, obj, state: str) -> tuple[int, str]:
        """(status of the API, state afterwards)."""
        if not self.oracle.sees(member, obj):
            return 404, state
        if not self.may(member, row, obj):
            return 403, state
        if state not in row.sources:
            return 400, state
        return 200, row.target or state

    def test_every_verb_by_everyone_in_every_state(self):
        wrong, answers = [], set()
        clients = {u: self.client_of(u) for u in self.people}
        for row in self.rows():
            for state in self.declared.flow.state:
                obj = None
                for member, client in clients.items():
                    obj = obj or self.made(state)  # a refused verb has left it as it was
                    wanted = self.expected(member, row, obj, state)
                    answer = self.call(client, obj, row.verb)
                    got = (answer.status_code, self.state_of(obj))
                    done = self.changes(obj, row.verb)
                    answers.add(wanted[0])
                    if got != wanted or done != (wanted[0] == 200):
                        wrong.append((row.verb, state, member, got, wanted, done, answer.content.decode()[:200]))
                    if answer.status_code == 200:
                        obj = None
        assert wrong == []
        assert answers == {200, 400, 403, 404}, "let the cast try rows it sees and rows it does not"

    def test_pages_offer_what_the_table_allows_and_no_more(self):
        for state in self.declared.flow.state:
            obj = self.made(state)
            for member in filter(lambda m: self.oracle.sees(m, obj), self.people):
                page = self.client_of(member).get(self.declared.url(obj)).content.decode()
                for row in self.rows():
                    address = f'"/{self.resource}/{obj.pk}/{row.verb}/"'
                    wanted = state in row.sources and self.may(member, row, obj)
                    assert (address in page) == wanted, (row.verb, state, member)

    def test_a_need_left_out_is_named_and_nothing_happens(self):
        for row in self.rows():
            for name in row.needs:
                obj = self.made(row.sources[0])
                answer = self.call(self.client_of(self.able(row, obj)), obj, row.verb, **{name: ""})
                assert answer.status_code == 400 and name in answer.json()["errors"], (row.verb, name)
                assert self.changes(obj, row.verb) == 0

    def test_twice_with_one_key_is_once(self):
        for row in self.rows():
            obj = self.made(row.sources[0])
            client = self.client_of(self.able(row, obj))
            for _n in range(2):
                assert self.call(client, obj, row.verb, key=f"k-{row.verb}").status_code == 200
            assert self.changes(obj, row.verb) == 1, row.verb

    def test_the_page_sent_twice_is_once(self):
        for row in self.rows():
            obj = self.made(row.sources[0])
            client = self.client_of(self.able(row, obj))
            form = self.said.get(row.verb, {}) | {"version": obj.version, "once_key": f"p-{row.verb}"}
            for _n in range(2):
                assert client.post(f"/{self.resource}/{obj.pk}/{row.verb}/", form).status_code == 302, row.verb
            assert self.changes(obj, row.verb) == 1, row.verb

    def test_a_stale_version_is_refused(self):
        for row in self.rows():
            look = self.declared.verbs.get(row.verb)
            if look is not None and look.adds:
                continue
            obj = self.made(row.sources[0])
            client = self.client_of(self.able(row, obj))
            assert self.call(client, obj, row.verb, version=obj.version + 1).status_code == 409
            for bad in ("7", -1, True, 10**40):
                assert self.call(client, obj, row.verb, version=bad).status_code == 400, bad
            assert self.changes(obj, row.verb) == 0

    def test_a_selection_reports_row_by_row(self):
        for row in self.rows():
            look = self.declared.verbs.get(row.verb)
            others = [s for s in self.declared.flow.state if s not in row.sources]
            if (look is not None and not look.bulk) or not others:
                continue
            good = [self.made(row.sources[0]) for _n in range(2)]
            bad = self.made(others[0])
            keys = ",".join(str(o.pk) for o in (*good, bad))
            form = self.said.get(row.verb, {}) | {"apply": "1", "keys": f"{keys},999999999,²,x"}
            page = self.client_of(self.able(row, good[0])).post(f"/{self.resource}/bulk/{row.verb}/", form)
            assert page.status_code == 200, row.verb
            assert page.context["done"] == 2 and len(page.context["refused"]) == 2
            assert [self.state_of(o) for o in (*good, bad)] == [row.target or row.sources[0]] * 2 + [others[0]]

    def test_an_unknown_verb_is_not_found(self):
        obj, client = self.made(self.declared.flow.initial), self.client_of(self.people[0])
        assert self.call(client, obj, "burn").status_code == 404
        assert client.get(f"/{self.resource}/{obj.pk}/burn/").status_code == 404
        assert client.post(f"/{self.resource}/bulk/burn/", {"pk": obj.pk}).status_code == 404

    def test_verbs_stand_in_openapi(self):
        paths = Schema.generator_class().get_schema(request=None, public=True)["paths"]
        for row in self.rows():
            operation = paths[f"/api/v1/{self.resource}/{{id}}/{row.verb}/"]["post"]
            assert any(p["name"] == "Idempotency-Key" for p in operation["parameters"])
            body = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
            assert body

    def test_the_flow_has_its_page(self):
        client = self.client_of(self.people[0])
        page = client.get(f"/flows/{self.declared.model._meta.model_name}/").content.decode()
        assert "stateDiagram-v2" in page
        for row in self.rows():
            assert row.label in page and row.article in page


__all__ = ["FlowTests", "Roads"]
