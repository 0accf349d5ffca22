"""Workbooks: what is exported comes back as the same; an import changes what the oracle allows."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client

from shian.engines.sheets import Column, write_table
from shian.kernel.imports.models import SessionRow
from tests.oracle import COUNTY, OTHER

from . import declared
from .masking import Masking
from .openly import Openly
from .rows import undone
from .writing import Writing

BY_NAME = ("name", "username")
"""What a workbook calls a row by."""


class Books(Masking, Writing, Openly):
    @pytest.mark.needs("Importable")
    def test_an_exported_workbook_comes_back_as_the_same(self):
        self.lay()
        client = self.client_of(self.editor)
        shown = {name for name, _s in declared.columns(self.declared)}
        columns = [n for n in declared.form_fields(self.declared) if n in shown]
        response = client.get(f"{self.base}export.xlsx", {"cols": columns})
        data = b"".join(response.streaming_content)
        address = self.upload(client, data)
        tiles = {t["url"]: t["value"] for t in client.get(address).context["tiles"]}
        wrong = SessionRow.unscoped.exclude(kind="same").values_list("kind", "errors", "diff")
        assert list(wrong) == []
        assert tiles["?kind=same"] == len(self.seen(self.editor))

    @pytest.mark.needs("Importable")
    def test_an_import_changes_and_creates_what_the_oracle_allows(self):
        self.lay()
        name, value = self.common_change() or pytest.skip("every field tells rows apart")
        news = [self.values_at(x.spot)[0] for x in self.laid if not x.spot.kind]
        created = [v | {name: value} for v in news]
        for member, client in self.each_member():
            book = self.book([self.given_back(member, x) | {name: value} for x in self.laid] + created)
            if not self.oracle.may(member, "import"):
                assert client.get(f"{self.base}import/").status_code == 403, f"{member}: import page"
                upload = SimpleUploadedFile("导入.xlsx", book)
                assert client.post(f"{self.base}import/", {"file": upload}).status_code == 403, member
                continue
            before = {x.pk: self.snapshot(x.pk) for x in self.laid}
            with undone():
                self.take_in(client, book)
                for laid in self.laid:
                    if self.allowed(member, "import", laid.row):
                        assert self.holds(laid.pk, name, value), f"{member}: import changes {laid.spot}"
                    else:
                        assert self.snapshot(laid.pk) == before[laid.pk], (
                            f"{member}: import changes {laid.spot}"
                        )
                for values in news:
                    wanted = self.oracle.may(member, "import", self.built(values))
                    assert self.is_there(values) == wanted, (
                        f"{member}: import creates {self.where_is(values)}"
                    )

    @pytest.mark.needs("Importable")
    def test_an_import_takes_no_row_from_where_the_oracle_refuses(self):
        """Rows of another county found by their key and put into one's own: nothing may happen to them."""
        self.lay()
        if set(self.heads) & set(declared.import_key(self.declared)) or not self.heads:
            return
        own = next(x for x in self.laid if x.spot.place == COUNTY)
        taken = [x for x in self.laid if x.spot.place == OTHER]
        book = self.book([x.values | self.where(own.spot) for x in taken])
        for member, client in self.each_member():
            if self.oracle.may(member, "import"):
                before = {x.pk: self.snapshot(x.pk) for x in taken}
                with undone():
                    self.take_in(client, book)
                    for laid in taken:
                        after = self.built(laid.values | self.where(own.spot))
                        if not (
                            self.allowed(member, "import", laid.row)
                            and self.oracle.may(member, "import", after)
                        ):
                            assert self.snapshot(laid.pk) == before[laid.pk], f"{member} takes {laid.spot}"

    @pytest.mark.needs("Importable")
    def test_an_import_leaves_rows_alone_that_were_changed_since_its_preview(self):
        laid, client = self.first()
        name, value = self.common_change() or pytest.skip("every field tells rows apart")
        with undone():
            address = self.upload(client, self.book([laid.values | {name: value}]))
            for values in (self.changed(laid), laid.values):  # there and back: only the version tells
                assert self.edit(client, laid, values).status_code == 302
            now = self.snapshot(laid.pk)
            client.post(address)
            assert self.snapshot(laid.pk) == now

    @pytest.mark.needs("Importable")
    def test_an_undo_brings_back_what_the_oracle_allows(self):
        self.lay()
        name, value = self.common_change() or pytest.skip("every field tells rows apart")
        news = [self.values_at(x.spot)[0] for x in self.laid if not x.spot.kind]
        book = self.book([x.values | {name: value} for x in self.laid] + [v | {name: value} for v in news])
        before = {x.pk: self.known_of(x.pk) for x in self.laid}
        stranger, kept = None, set()
        for member, client in self.each_member():
            if not self.oracle.may(member, "import"):
                continue
            with undone():
                address = self.upload(client, book)
                client.post(address)
                taken = {x.pk for x in self.laid if self.holds(x.pk, name, value)}
                if stranger is not None:
                    assert stranger.post(f"{address}undo/").status_code == 404, f"somebody else undoes what {member} took in"
                    assert taken == {x.pk for x in self.laid if self.holds(x.pk, name, value)}
                client.post(f"{address}undo/")
                for laid in self.laid:
                    stays = laid.pk in taken and not self.oracle.may(member, "undo", laid.row)
                    kept.add(stays)
                    what = f"{member}: undo of {laid.spot}"
                    if stays:
                        assert self.holds(laid.pk, name, value), what
                    else:
                        assert self.known_of(laid.pk) == before[laid.pk], what
                for values in news:
                    made = self.oracle.may(member, "import", self.built(values))
                    wanted = made and not self.oracle.may(member, "undo", self.built(values))
                    assert self.is_there(values) == wanted, f"{member}: undo of a new row at {self.where_is(values)}"
            stranger = client
        assert True in kept or not self.oracle.may("editor_food", "import"), "nobody was refused"

    @pytest.mark.needs("Importable")
    def test_an_undo_leaves_alone_what_was_changed_since(self):
        laid, client = self.first()
        name, value = self.common_change() or pytest.skip("every field tells rows apart")
        with undone():
            address = self.upload(client, self.book([x.values | {name: value} for x in self.laid]))
            client.post(address)
            for values in (laid.values, laid.values | {name: value}):  # there and back: only the version tells
                assert self.edit(client, laid, values).status_code == 302
            now = self.snapshot(laid.pk)
            client.post(f"{address}undo/")
            assert self.snapshot(laid.pk) == now

    # -- helpers ----------------------------------------------------------------------------------
    def upload(self, client: Client, data: bytes) -> str:
        """Uploads a workbook and confirms the columns found; the address of the session."""
        response = client.post(
            f"{self.base}import/", {"file": SimpleUploadedFile("导入.xlsx", data), "again": "1"}
        )
        assert response.status_code == 302, response.context["form"].errors
        page = client.get(response["Location"])
        mapped = {c["field"].html_name: c["field"].value() for c in page.context["columns"]}
        client.post(response["Location"], mapped)
        return response["Location"]

    def take_in(self, client: Client, data: bytes) -> None:
        client.post(self.upload(client, data))

    def book(self, rows: list[dict]) -> bytes:
        """A workbook of these form values; references by name, and left out where a row has none."""
        fields = [(n, declared.field(self.model, n)) for n in declared.form_fields(self.declared)]
        fields = [
            (n, f) for n, f in fields if not f.many_to_many and (not f.is_relation or called(f.related_model))
        ]
        target = io.BytesIO()
        heads = [Column(str(f.verbose_name), 18) for _n, f in fields]
        write_table(target, heads, [[cell(f, row.get(n)) for n, f in fields] for row in rows])
        return target.getvalue()

    def known_of(self, pk: int) -> dict:
        """Everything stored of a row but how often and when it was written."""
        return {n: v for n, v in self.snapshot(pk).items() if n not in {"version", "updated_at"}}

    def is_there(self, values: dict) -> bool:
        key = {n: values.get(n) for n in declared.import_key(self.declared)}
        return self.model.unscoped.filter(retired_at=None, **key).exists()


def called(model: type[models.Model]) -> str:
    return next((n for n in BY_NAME if declared.field(model, n)), "")


def cell(found: models.Field, value) -> str:
    if value is None:
        return ""
    if found.is_relation:
        return getattr(found.related_model._base_manager.get(pk=value), called(found.related_model))
    if found.choices:
        return str(dict(found.flatchoices)[value])
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)
