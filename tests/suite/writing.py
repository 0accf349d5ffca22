"""Every way to write succeeds exactly where the oracle allows, and leaves the row alone elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.test import Client

from shian.kernel.changes.models import Change
from tests.oracle import COUNTY, OTHER

from . import declared
from .rows import Laid, Suite, posted, undone

REFUSED = {400, 403, 404, 422}
NO_RIGHT = {403, 404}
"""Who holds a verb nowhere is told so before anything he sent is looked at."""


def as_json(values: dict) -> str:
    return json.dumps({k: v for k, v in values.items() if v is not None}, default=str)


class Writing(Suite):
    def assert_told(self, status: int, done: int, allowed: bool, member: str, verb: str, what: str) -> None:
        """The status of an answer: done where allowed, else refused; plainly so without the verb."""
        refusals = REFUSED if self.oracle.may(member, verb) else NO_RIGHT
        assert status in ({done} if allowed else refusals), f"{member}: {what} answered {status}"

    def patch(self, client: Client, pk: int, values: dict):
        body = as_json(values | {"version": self.stored(pk).version})
        return client.patch(f"{self.api}{pk}/", body, content_type="application/json")

    def post_api(self, client: Client, values: dict, **headers):
        return client.post(self.api, as_json(values), content_type="application/json", **headers)

    def edit(self, client: Client, laid: Laid, values: dict, **more):
        sent = posted(values) | {"version": self.stored(laid.pk).version} | more
        return client.post(f"{self.base}{laid.pk}/edit/", sent)

    # -- create -----------------------------------------------------------------------------------
    def test_rows_are_created_where_the_oracle_allows(self):
        self.lay()
        corners = [self.values_at(spot)[0] for spot in self.spots()]
        for member, client in self.each_member():
            may = self.oracle.may(member, "create")
            page = client.get(f"{self.base}new/").status_code
            assert page == (200 if may else 403), f"{member}: form answered {page}"
            for values in corners:
                allowed = self.oracle.may(member, "create", self.built(values))
                for way, done in (("form", 302), ("API", 201)):
                    before = self.model.unscoped.count()
                    with undone():
                        if way == "form":
                            status = client.post(f"{self.base}new/", posted(values)).status_code
                        else:
                            status = self.post_api(client, values).status_code
                        self.assert_told(
                            status, done, allowed, member, "create", f"{way} at {self.where_is(values)}"
                        )
                        assert self.model.unscoped.count() == before + allowed

    def where_is(self, values: dict) -> dict:
        return {head: values[head] for head in self.heads}

    # -- edit -------------------------------------------------------------------------------------
    def test_rows_are_edited_where_the_oracle_allows(self):
        self.lay()
        for member, client in self.each_member():
            for laid in self.laid:
                allowed = self.allowed(member, "edit", laid.row)
                page = client.get(f"{self.base}{laid.pk}/edit/").status_code
                assert page in ({200} if allowed else NO_RIGHT), f"{member}: form of {laid.spot}: {page}"
                name, value = self.change
                self.try_both_ways(member, client, laid, {name: value}, allowed)

    def test_rows_move_only_from_and_to_where_the_oracle_allows(self):
        self.lay()
        for member, client in self.each_member():
            if self.oracle.may(member, "edit"):
                for laid, target in self.moves():
                    after = self.built(laid.values | target)
                    allowed = self.allowed(member, "edit", laid.row) and self.oracle.may(
                        member, "edit", after
                    )
                    self.try_both_ways(member, client, laid, target, allowed)

    def moves(self) -> Iterator[tuple[Laid, dict]]:
        """(row, the values that put it elsewhere): over the county's border, to another domain, out of a unit."""
        corners = [x for x in self.laid if x.spot.place in {COUNTY, OTHER} and not x.spot.kind]
        for laid in corners:
            for other in corners:
                if other.spot != laid.spot:
                    yield laid, self.where(other.spot)
        for laid in self.laid:
            if laid.spot.kind == "owned" and "." not in self.roads.units[0]:
                yield laid, {self.roads.units[0]: self.cast.units["office"].pk}

    def given_back(self, member: str, laid: Laid) -> dict:
        """What the form showed him: a value he may not read came masked, and locked."""
        opened = self.oracle.opens(member, laid.row)
        return {n: v for n, v in laid.values.items() if opened or n not in self.model.personal}

    def try_both_ways(self, member: str, client: Client, laid: Laid, change: dict, allowed: bool) -> None:
        """By form and by API: the change is made if ``allowed``; otherwise nothing is."""
        before = self.snapshot(laid.pk)
        for way, done in (("form", 302), ("API", 200)):
            with undone():
                answer = (
                    self.edit(client, laid, self.given_back(member, laid) | change)
                    if way == "form"
                    else self.patch(client, laid.pk, change)
                )
                what = f"{way} sets {change} on {laid.spot}"
                self.assert_told(answer.status_code, done, allowed, member, "edit", what)
                if allowed:
                    assert all(self.holds(laid.pk, n, v) for n, v in change.items()), what
                    assert self.stored(laid.pk).version > before["version"]
                else:
                    assert self.snapshot(laid.pk) == before, f"{member}: {what}"

    # -- retire and restore -----------------------------------------------------------------------
    def test_rows_are_retired_and_restored_where_the_oracle_allows(self):
        self.lay()
        for member, client in self.each_member():
            for laid in self.laid:
                retires = self.allowed(member, "retire", laid.row)
                with undone():
                    status = client.post(f"{self.base}{laid.pk}/retire/").status_code
                    self.assert_told(status, 302, retires, member, "retire", f"retire {laid.spot}")
                    assert (self.stored(laid.pk).retired_at is not None) == retires
                with undone():
                    status = client.delete(f"{self.api}{laid.pk}/").status_code
                    self.assert_told(status, 204, retires, member, "retire", f"DELETE {laid.spot}")
                    assert (self.stored(laid.pk).retired_at is not None) == retires
        for laid in self.laid:
            declared.retire(self.declared, self.stored(laid.pk))
        for member, client in self.each_member():
            for laid in self.laid:
                restores = self.allowed(member, "restore", laid.row)
                with undone():
                    status = client.post(f"{self.base}{laid.pk}/restore/").status_code
                    self.assert_told(status, 302, restores, member, "restore", f"restore {laid.spot}")
                    assert (self.stored(laid.pk).retired_at is None) == restores

    # -- many at once -----------------------------------------------------------------------------
    def common_change(self) -> tuple[str, object] | None:
        """A field that may be set alike on many rows, and a value; None where every field tells rows apart."""
        taken = declared.unique_fields(self.model) | set(self.heads) | set(declared.import_key(self.declared))
        if self.change[0] not in taken:
            return self.change
        taken |= {*self.fixed, *(path.split(".")[0] for path in self.roads.units)}
        values = {"text": "批改", "date": "2026-12-31", "number": 77, "ref": self.cast.units["office"].pk}
        for kind, value in values.items():
            for name in declared.form_fields(self.declared):
                found = declared.field(self.model, name)
                unit = found.is_relation and found.related_model._meta.label == "people.Unit"
                if name not in taken and declared.shape(found) == kind and (unit or kind != "ref"):
                    return name, value
        return None

    def bulk(self, client: Client, rows: list[Laid], change: dict):
        sent = posted(change) | {"pk": [x.pk for x in rows], "set": list(change), "apply": "1"}
        return client.post(f"{self.base}bulk/", sent)

    def test_bulk_edits_change_the_rows_the_oracle_allows(self):
        self.lay()
        change = self.common_change()
        rows = self.laid if change else self.laid[:1]
        name, value = change or self.change
        for member, client in self.each_member():
            right = self.oracle.may(member, "edit")
            asked = client.post(f"{self.base}bulk/", {"pk": [x.pk for x in rows]}).status_code
            assert asked == (200 if right else 403), f"{member}: bulk form answered {asked}"
            before = {x.pk: self.snapshot(x.pk) for x in rows}
            with undone():
                answer = self.bulk(client, rows, {name: value})
                assert answer.status_code == (200 if right else 403), (
                    f"{member}: bulk answered {answer.status_code}"
                )
                for laid in rows:
                    what = f"{member}: bulk edit of {laid.spot}"
                    if self.allowed(member, "edit", laid.row):
                        assert self.holds(laid.pk, name, value), what
                    else:
                        assert self.snapshot(laid.pk) == before[laid.pk], what

    def test_bulk_edits_move_no_row_over_a_border_the_oracle_closes(self):
        self.lay()
        for member, client in self.each_member():
            if self.oracle.may(member, "edit"):
                for laid, target in self.moves():
                    after = self.built(laid.values | target)
                    allowed = self.allowed(member, "edit", laid.row) and self.oracle.may(
                        member, "edit", after
                    )
                    before = self.snapshot(laid.pk)
                    with undone():
                        self.bulk(client, [laid], target)
                        if allowed:
                            assert all(self.holds(laid.pk, n, v) for n, v in target.items()), (member, target)
                        else:
                            assert self.snapshot(laid.pk) == before, (
                                f"{member}: bulk moves {laid.spot}: {target}"
                            )

    # -- versions, keys, traces -------------------------------------------------------------------
    def first(self) -> tuple[Laid, Client]:
        """The first laid row and the editor, who may do everything to it."""
        self.lay()
        laid, client = self.laid[0], self.client_of(self.editor)
        assert self.allowed(self.editor, "edit", laid.row), (
            f"{self.editor} cannot edit the sample: name another editor"
        )
        return laid, client

    def test_a_stale_form_is_refused_with_the_difference(self):
        laid, client = self.first()
        version = laid.row.version
        assert self.edit(client, laid, self.changed(laid), reason="核对").status_code == 302
        last = Change.unscoped.filter(object_type=self.model._meta.label_lower, object_id=laid.pk).first()
        assert self.change[0] in last.diff and last.reason == "核对"
        now = self.snapshot(laid.pk)
        stale = client.post(f"{self.base}{laid.pk}/edit/", posted(laid.values) | {"version": version})
        assert stale.status_code == 409
        assert stale.context["conflict"]["rows"]
        assert self.snapshot(laid.pk) == now

    def test_a_stale_api_write_is_refused_with_the_difference(self):
        laid, client = self.first()
        name, value = self.change
        assert self.patch(client, laid.pk, {name: value}).status_code == 200
        now = self.snapshot(laid.pk)
        body = as_json(
            {name: laid.values.get(name, self.sample(self.cast).get(name)), "version": laid.row.version}
        )
        stale = client.patch(f"{self.api}{laid.pk}/", body, content_type="application/json")
        assert stale.status_code == 409, stale.content.decode()
        assert stale.json()["difference"]
        without = client.patch(
            f"{self.api}{laid.pk}/", as_json({name: value}), content_type="application/json"
        )
        assert without.status_code == 400, "a write without a version"
        assert self.snapshot(laid.pk) == now

    def test_detail_shows_the_row_and_its_changes(self):
        laid, client = self.first()
        self.edit(client, laid, self.changed(laid), reason="核对原因")
        response = client.get(declared.url(self.declared, laid.row))
        page = response.content.decode()
        assert response.status_code == 200
        assert str(self.stored(laid.pk)) in page and "核对原因" in page

    def test_a_form_sent_twice_creates_once(self):
        _laid, client = self.first()
        values, before = self.values_at(self.spots()[0])[0], self.model.unscoped.count()
        sent = posted(values) | {"once_key": "same-key"}
        first, second = (client.post(f"{self.base}new/", sent) for _n in range(2))
        assert (first.status_code, second.status_code) == (302, 302)
        assert first["Location"] == second["Location"]
        assert self.model.unscoped.count() == before + 1

    def test_api_key_makes_a_repeat_harmless(self):
        _laid, client = self.first()
        values, before = self.values_at(self.spots()[0])[0], self.model.unscoped.count()
        answers = [self.post_api(client, values, HTTP_IDEMPOTENCY_KEY="k1") for _n in range(2)]
        assert answers[0].status_code == 201 and answers[1].json()["id"] == answers[0].json()["id"]
        assert self.model.unscoped.count() == before + 1

    def test_without_signing_in_nothing_is_written(self):
        laid, _client = self.first()
        before, client = self.snapshot(laid.pk), Client()
        for verb in ("edit", "retire", "restore"):
            assert client.post(f"{self.base}{laid.pk}/{verb}/", posted(self.changed(laid))).status_code in {
                302,
                403,
            }
        assert self.patch(client, laid.pk, dict([self.change])).status_code in {401, 403}
        assert client.delete(f"{self.api}{laid.pk}/").status_code in {401, 403}
        assert self.snapshot(laid.pk) == before
