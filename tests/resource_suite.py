"""The generated suite of a resource: inherit, name the resource, give one valid sample.

    class TestUnits(ResourceTests):
        resource = "units"

        def sample(self, cast):
            return {"name": "演示县新设局", "kind": "department", "place": cast.county.pk, "sort": 100}

``sample`` gives the form values of a new row; ``change`` is one field and another valid value for it.
"""

from __future__ import annotations

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shian.engines.sheets import open_table
from shian.kernel.changes.models import Change
from shian.kernel.imports.models import SessionRow
from shian.kernel.resources import registry, tables
from shian.kernel.resources.api import Schema
from shian.kernel.resources.resource import kind_of

LIST_QUERIES = 25
"""A list page asks at most this often, whatever its number of rows."""


class ResourceTests:
    resource = ""
    editor = "guanliyuan"
    """Of the cast: may create, edit, retire, import and export this resource."""
    stranger = "donghe"
    """Of the cast: signed in, without any of these rights."""
    change: tuple[str, object] = ("name", "改后的名称")

    def sample(self, cast) -> dict:
        raise NotImplementedError

    # -- helpers ----------------------------------------------------------------------------------
    @pytest.fixture(autouse=True)
    def _use(self, cast):
        self.cast = cast
        self.declared = registry.get(self.resource)
        self.base = f"/{self.resource}/"

    def client_of(self, username: str) -> Client:
        client = Client()
        client.force_login(self.cast.users[username])
        return client

    def rows(self):
        return self.declared.visible(self.cast.actor(self.editor))

    def create(self, client: Client | None = None, **values):
        client = client or self.client_of(self.editor)
        return client.post(f"{self.base}new/", self._posted(self.sample(self.cast) | values))

    @staticmethod
    def _posted(values: dict) -> dict:
        return {k: v for k, v in values.items() if v is not None and v is not False}

    def made(self):
        before = set(self.rows().values_list("pk", flat=True))
        response = self.create()
        assert response.status_code == 302, response.context["form"].errors
        return self.rows().exclude(pk__in=before).get()

    # -- list -------------------------------------------------------------------------------------
    def test_list_shows_what_the_viewer_may_see_and_no_more(self):
        for username in (self.editor, self.stranger):
            response = self.client_of(username).get(self.base, {"per_page": 200})
            assert response.status_code == 200
            shown = {row.pk for row in response.context["table"].rows}
            allowed = set(self.declared.visible(self.cast.actor(username)).values_list("pk", flat=True))
            assert shown <= allowed
            assert len(shown) == min(200, len(allowed))

    def test_list_queries_do_not_grow_with_rows(self):
        self.made()
        client = self.client_of(self.editor)
        client.get(self.base)
        with CaptureQueriesContext(
            connection,
        ) as few:
            client.get(self.base, {"per_page": 25})
        with CaptureQueriesContext(connection) as many:
            client.get(self.base, {"per_page": 200})
        assert len(many) <= len(few) + 1
        assert len(many) <= LIST_QUERIES

    def test_every_sortable_column_sorts_both_ways(self):
        client = self.client_of(self.editor)
        for column in self.declared.columns:
            if tables.sortable(self.declared, column):
                for sort in (column.name, f"-{column.name}"):
                    assert client.get(self.base, {"sort": sort}).status_code == 200

    def test_every_filter_is_offered_and_a_wrong_value_shows_nothing(self):
        client = self.client_of(self.editor)
        form = client.get(self.base).context["filterset_form"]
        offered = set(form.fields) if form else set()
        assert set(self.declared.filters) <= offered
        for name in self.declared.filters:
            kind = kind_of(self.declared.model_field(name))
            if kind in {"ref", "choice"}:
                response = client.get(self.base, {name: "999999999"})
                assert response.status_code == 200
                assert not response.context["table"].rows

    @pytest.mark.needs("search")
    def test_quick_search_finds_the_row(self):
        obj = self.made()
        values = (str(getattr(obj, s, "") or "") for s in self.declared.search)
        text = next((v for v in values if len(v) >= 2), None)
        assert text, "give the sample a value for a searched field"
        response = self.client_of(self.editor).get(self.base, {"q": text[:4], "per_page": 200})
        assert obj.pk in {row.pk for row in response.context["table"].rows}

    # -- one row ----------------------------------------------------------------------------------
    def test_detail_shows_the_row_and_its_changes(self):
        obj = self.made()
        response = self.client_of(self.editor).get(self.declared.url(obj))
        assert response.status_code == 200
        assert str(obj) in response.content.decode()
        assert Change.unscoped.filter(object_type=obj._meta.label_lower, object_id=obj.pk).exists()

    def test_a_form_sent_twice_creates_once(self):
        client, before = self.client_of(self.editor), self.rows().count()
        first, second = (self.create(client, once_key="same-key") for _n in range(2))
        assert (first.status_code, second.status_code) == (302, 302)
        assert first["Location"] == second["Location"]
        assert self.rows().count() == before + 1

    def test_without_the_right_nothing_is_written(self):
        obj = self.made()
        client, before = self.client_of(self.stranger), self.rows().count()
        assert self.create(client).status_code == 403
        for verb in ("edit", "retire"):
            assert client.post(f"{self.base}{obj.pk}/{verb}/", {}).status_code in {403, 404}
        assert client.post(f"/api/v1{self.base}", "{}", content_type="application/json").status_code == 403
        assert client.get(f"{self.base}export.xlsx").status_code in {200, 403}
        assert self.rows().count() == before

    def test_edit_writes_one_change_and_a_stale_form_is_refused_with_the_difference(self):
        obj, (name, value) = self.made(), self.change
        client = self.client_of(self.editor)
        url = f"{self.base}{obj.pk}/edit/"
        posted = self._posted(self.sample(self.cast) | {name: value})
        assert client.post(url, posted | {"version": obj.version, "reason": "核对"}).status_code == 302
        last = Change.unscoped.filter(object_type=obj._meta.label_lower, object_id=obj.pk).first()
        assert name in last.diff and last.reason == "核对"
        stale = client.post(url, self._posted(self.sample(self.cast)) | {"version": obj.version})
        assert stale.status_code == 409
        assert stale.context["conflict"]["rows"]
        assert getattr(self.rows().get(pk=obj.pk), name) == value or name in last.diff

    def test_retire_takes_it_off_the_list_and_restore_brings_it_back(self):
        obj, client = self.made(), self.client_of(self.editor)
        assert client.post(f"{self.base}{obj.pk}/retire/").status_code == 302
        assert not self.rows().filter(pk=obj.pk).exists()
        assert client.post(f"{self.base}{obj.pk}/restore/").status_code == 302
        assert self.rows().filter(pk=obj.pk).exists()

    # -- workbooks --------------------------------------------------------------------------------
    def exported(self, kind: str, **params) -> list[list]:
        response = self.client_of(self.editor).get(f"{self.base}export.{kind}", params)
        assert response.status_code == 200
        data = b"".join(response.streaming_content)
        with open_table(io.BytesIO(data), f"x.{kind}") as table:
            return [row for row in table.rows() if any(c is not None for c in row)]

    def test_export_is_what_the_list_shows(self):
        self.made()
        wanted = [self.declared.column_label(c) for c in self.declared.columns if c.shown]
        for kind, heading in (("xlsx", 1), ("csv", 0)):
            rows = self.exported(kind)
            assert [str(c) for c in rows[heading]] == wanted
            assert len(rows) - heading - 1 == self.rows().count()

    @pytest.mark.needs("Importable")
    def test_an_exported_workbook_comes_back_as_the_same(self):
        self.made()
        client = self.client_of(self.editor)
        columns = [n for n in self.declared.form_fields if any(c.name == n for c in self.declared.columns)]
        response = client.get(f"{self.base}export.xlsx", {"cols": columns})
        data = b"".join(response.streaming_content)
        upload = SimpleUploadedFile("回传.xlsx", data)
        response = client.post(f"{self.base}import/", {"file": upload})
        assert response.status_code == 302, response.context["form"].errors
        page = client.get(response["Location"])
        mapped = {c["field"].html_name: c["field"].value() for c in page.context["columns"]}
        client.post(response["Location"], mapped)
        tiles = {t["url"]: t["value"] for t in client.get(response["Location"]).context["tiles"]}
        wrong = SessionRow.unscoped.exclude(kind="same").values_list("kind", "errors", "diff")
        assert list(wrong) == []
        assert tiles["?kind=error"] == tiles["?kind=new"] == tiles["?kind=changed"] == 0
        assert tiles["?kind=same"] == self.rows().count()

    # -- API --------------------------------------------------------------------------------------
    def test_api_reads_writes_and_refuses_a_stale_version(self):
        client, api = self.client_of(self.editor), f"/api/v1{self.base}"
        made = client.post(
            api, json.dumps(self.sample(self.cast), default=str), content_type="application/json"
        )
        assert made.status_code == 201, made.content.decode()
        row = made.json()
        assert client.get(f"{api}{row['id']}/").json()["version"] == row["version"]
        name, value = self.change
        body = json.dumps({name: value, "version": row["version"]}, default=str)
        assert client.patch(f"{api}{row['id']}/", body, content_type="application/json").status_code == 200
        old = json.dumps({name: self.sample(self.cast)[name], "version": row["version"]}, default=str)
        stale = client.patch(f"{api}{row['id']}/", old, content_type="application/json")
        assert stale.status_code == 409, stale.content.decode()
        assert stale.json()["difference"]
        assert client.delete(f"{api}{row['id']}/").status_code == 204
        assert client.get(f"{api}{row['id']}/").status_code == 404

    def test_api_key_makes_a_repeat_harmless(self):
        client, before = self.client_of(self.editor), self.rows().count()
        body = json.dumps(self.sample(self.cast), default=str)
        for _n in range(2):
            client.post(
                f"/api/v1{self.base}", body, content_type="application/json", HTTP_IDEMPOTENCY_KEY="k1"
            )
        assert self.rows().count() == before + 1

    def test_api_lists_within_scope(self):
        for username in (self.editor, self.stranger):
            seen, url = set(), f"/api/v1{self.base}?size=1000"
            page = self.client_of(username).get(url).json()
            seen = {row["id"] for row in page["results"]}
            assert seen <= set(self.declared.visible(self.cast.actor(username)).values_list("pk", flat=True))

    def test_endpoints_stand_in_openapi(self):
        document = Schema.generator_class().get_schema(request=None, public=True)
        assert f"/api/v1/{self.resource}/" in document["paths"]
