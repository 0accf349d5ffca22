"""Every way to read rows shows the oracle's rows, narrowed and sorted as plain Python does it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shian.engines.sheets import open_table
from tests.oracle import COUNTY, MEMBERS, OTHER, key

from . import declared
from .rows import Suite, known, undone

LIST_QUERIES = 25
"""A list page asks at most this often, whatever its number of rows."""
CHIEF = "installer"
"""Sees the rows of every place; filters and sorts are judged on his list."""


class Reading(Suite):
    # -- who sees which rows ----------------------------------------------------------------------
    def seen(self, member: str) -> set[int]:
        return {row.pk for row in self.seen_rows(member)}

    def seen_rows(self, member: str) -> list[models.Model]:
        return [row for row in self.live() if self.oracle.sees(member, row)]

    def listed(self, client: Client, params: dict | None = None) -> list[int]:
        """Keys of the list page's rows, in order, all pages."""
        out: list[int] = []
        for number in range(1, 50):
            response = client.get(self.base, {"per_page": 200, "page": number} | (params or {}))
            assert response.status_code == 200, response.status_code
            out += [row.pk for row in response.context["table"].rows]
            if not response.context["page"].has_next():
                return out
        raise AssertionError("more than 50 pages")

    def api_listed(self, client: Client, params: dict | None = None) -> list[int]:
        response = client.get(self.api, {"size": 1000} | (params or {}))
        assert response.status_code == 200, response.content.decode()
        assert response.json()["next"] is None
        return [row["id"] for row in response.json()["results"]]

    def exported(self, client: Client, params: dict | None = None, kind: str = "csv") -> list[list]:
        """Rows of the workbook below its heading."""
        response = client.get(f"{self.base}export.{kind}", params or {})
        assert response.status_code == 200, response.status_code
        data = b"".join(response.streaming_content)
        if kind == "csv":
            return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))[1:]
        with open_table(io.BytesIO(data), "x.xlsx") as table:
            return [row for row in table.rows() if any(c is not None for c in row)][2:]

    def every_column(self) -> dict:
        return {"cols": [name for name, _shown in declared.columns(self.declared)]}

    def assert_marks(self, text: str, seen: set[int], where: str) -> None:
        """Of the laid rows, exactly those in ``seen`` have their mark in ``text``."""
        if self.marked_fields():
            wanted = {laid.mark for laid in self.laid if laid.pk in seen}
            assert {laid.mark for laid in self.laid if laid.mark in text} == wanted, where

    def test_list_and_api_show_what_the_oracle_allows(self):
        self.lay()
        for member, client in self.each_member():
            seen = self.seen(member)
            assert set(self.listed(client)) == seen, f"{member}: list"
            assert set(self.api_listed(client)) == seen, f"{member}: API"

    def test_exports_hold_what_the_oracle_allows_and_ask_the_right(self):
        self.lay()
        for member, client in self.each_member():
            for kind in ("csv", "xlsx") if member == self.editor else ("csv",):
                if not self.oracle.may(member, "export"):
                    response = client.get(f"{self.base}export.{kind}")
                    assert response.status_code == 403, f"{member} exports"
                    continue
                rows, seen = self.exported(client, self.every_column(), kind), self.seen(member)
                assert len(rows) == len(seen), f"{member}: {kind}"
                self.assert_marks("\n".join("\t".join(map(str, r)) for r in rows), seen, f"{member}: {kind}")

    def test_pages_of_single_rows_open_where_the_oracle_allows(self):
        self.lay()
        for member, client in self.each_member():
            for laid in self.laid:
                sees = self.oracle.sees(member, laid.row)
                page, api = client.get(f"{self.base}{laid.pk}/"), client.get(f"{self.api}{laid.pk}/")
                assert page.status_code in ({200, 302} if sees else {404}), f"{member}: page of {laid.spot}"
                assert api.status_code == (200 if sees else 404), f"{member}: API of {laid.spot}"

    def test_without_signing_in_nothing_is_read(self):
        self.lay()
        client = Client()
        for url in (
            self.base,
            f"{self.base}{self.laid[0].pk}/",
            f"{self.base}export.csv",
            f"{self.base}new/",
        ):
            assert client.get(url).status_code in {302, 403}, url
        for url in (self.api, f"{self.api}{self.laid[0].pk}/"):
            assert client.get(url).status_code in {401, 403}, url

    @pytest.mark.needs("search")
    def test_searches_find_exactly_the_rows_that_bear_the_word(self):
        self.lay()
        chosen = [self.laid[0], next(x for x in reversed(self.laid) if x.spot.place in {OTHER, ""})]
        for member, client in self.each_member():
            for laid in chosen:
                wanted = {x.pk for x in self.laid if x.mark == laid.mark and self.oracle.sees(member, x.row)}
                assert set(self.listed(client, {"q": laid.mark})) == wanted, f"{member}: list"
                assert set(self.api_listed(client, {"q": laid.mark})) == wanted, f"{member}: API"
                found = client.get("/search/", {"q": laid.mark}).content.decode()
                shown = f'href="{declared.url(self.declared, laid.row)}"' in found
                assert shown == (laid.pk in wanted), f"{member}: global search for {laid.spot}"

    def test_choices_offer_what_the_oracle_allows(self):
        """In the form and in the filter panel, of every field that points at rows with a suite of their own."""
        self.lay()
        others = {m: self.other_world(m) for m in self.targets() if known(m)}
        for member, client in self.each_member():
            pages = [client.get(self.base).context["filterset_form"]]
            if self.oracle.may(member, "create"):
                pages.append(client.get(f"{self.base}new/").context["form"])
            for name, queryset in offered(pages):
                suite = others.get(queryset.model)
                if suite is not None:
                    wanted = {r.pk for r in suite.live() if suite.oracle.sees(member, r)}
                    assert set(queryset.values_list("pk", flat=True)) == wanted, (
                        f"{member}: choices of {name}"
                    )

    def targets(self) -> set[type[models.Model]]:
        names = (*declared.form_fields(self.declared), *declared.filters(self.declared))
        fields = [declared.field(self.model, n) for n in names]
        return {f.related_model for f in fields if f.is_relation}

    def other_world(self, model) -> Suite:
        """The suite of ``model`` with rows in both counties."""
        suite = self._suites.get(model) or known(model)()
        if model not in self._suites:
            suite.prepare(self.cast)
            suite._count = 20
        for spot in suite.spots()[:4]:
            suite.lay_one(spot)
        suite.consult()
        return suite

    # -- filters ----------------------------------------------------------------------------------
    @pytest.mark.needs("filters")
    def test_every_filter_shows_the_rows_that_meet_it_and_no_others(self):
        self.lay()
        client, rows = self.client_of(CHIEF), self.seen_rows(CHIEF)
        for name in declared.filters(self.declared):
            telling = False
            for params, meets in self.questions(name, rows):
                wanted = {r.pk for r in rows if any(meets(v) for v in values_at(r, name))}
                assert set(self.listed(client, params)) == wanted, f"list: {params}"
                assert set(self.api_listed(client, params)) == wanted, f"API: {params}"
                assert len(self.exported(client, params)) == len(wanted), f"export: {params}"
                telling |= 0 < len(wanted) < len(rows)
            assert telling or name in self.uniform, f"let the rows of the sample differ in {name}"

    def questions(self, name: str, rows: list) -> Iterator[tuple[dict, Callable[[Any], bool]]]:
        """(query parameters, what a value must meet): two or three for each filter."""
        found = declared.field(self.model, name)
        kind = declared.shape(found)
        values = sorted({key(v) for r in rows for v in values_at(r, name)} - {None, ""})
        if kind == "place":
            yield from self._places_asked(name, values)
        elif kind in {"ref", "choice"}:
            for chosen in ([values[0]], [values[-1]], [values[0], values[-1]]) if values else ():
                yield {name: chosen}, lambda v, chosen=chosen: key(v) in chosen
        elif kind == "bool":
            yield {name: "true"}, lambda v: v is True
            yield {name: "false"}, lambda v: v is False
        elif kind in {"number", "date"}:
            low, high = ("_min", "_max") if kind == "number" else ("_after", "_before")
            middle = values[len(values) // 2]
            yield {f"{name}{low}": str(middle)}, lambda v: v is not None and v >= middle
            yield {f"{name}{high}": str(middle)}, lambda v: v is not None and v <= middle
            if kind == "date" and len(values) > 1:
                same = {f"{name}{low}": str(values[-1]), f"{name}{high}": str(values[-1])}
                yield same, lambda v: v == values[-1]
        else:
            words = [values[0][-2:], values[-1][-2:]] if values else []
            for word in words:
                yield {name: word}, lambda v, word=word: bool(v) and word.lower() in v.lower()

    def _places_asked(self, name: str, values: list[int]) -> Iterator[tuple[dict, Callable[[Any], bool]]]:
        """A county means itself and its townships; a chosen township only itself."""
        line, names = self.oracle.line, self.oracle.names
        for place in {names[COUNTY], names[OTHER], *values[-1:]}:
            yield {name: [place]}, lambda v, place=place: place in line(key(v))

    # -- order ------------------------------------------------------------------------------------
    def test_every_sortable_column_sorts_as_python_does(self):
        self.lay()
        client, rows = self.client_of(CHIEF), self.seen_rows(CHIEF)
        for name, _shown in declared.columns(self.declared):
            found = declared.field(self.model, name)
            if found is None or declared.to_many(self.model, name):
                continue
            if found.name in found.model.personal:  # an order tells what a mask hides
                assert self.listed(client, {"sort": name}) == self.listed(client, {"sort": f"-{name}"}), f"sort={name}"
                continue
            keyed = [(self.sort_value(r, name, found), r.pk) for r in rows]
            empty = {pk for value, pk in keyed if value is None}
            filled = sorted(pair for pair in keyed if pair[0] is not None)
            for sort, wanted in ((name, filled), (f"-{name}", filled[::-1])):
                shown = self.listed(client, {"sort": sort})
                assert [pk for pk in shown if pk not in empty] == [pk for _v, pk in wanted], f"sort={sort}"
                where = [n for n, pk in enumerate(shown) if pk in empty]
                assert not where or where[-1] - where[0] == len(where) - 1, f"sort={sort}: empty ones apart"
            assert len({v for v, _pk in keyed}) > 1 or name in self.uniform, f"let the rows differ in {name}"

    def sort_value(self, row, name: str, found: models.Field):
        """References sort as their own lists do; everything else by its stored value."""
        value = next(iter(values_at(row, name)), None)
        if found.is_relation and value is not None:
            return sort_key(value, found.related_model._meta.ordering[:1])
        return value

    # -- the pages themselves ---------------------------------------------------------------------
    def test_list_queries_do_not_grow_with_rows(self):
        for _n in range(2):
            self.lay()
        client = self.client_of(CHIEF)
        client.get(self.base)
        counted = []
        for size in (25, 200):
            with CaptureQueriesContext(connection) as asked:
                client.get(self.base, {"per_page": size})
            counted.append(len(asked))
        assert counted[1] <= counted[0] + 1
        assert counted[1] <= LIST_QUERIES

    def test_exports_have_the_columns_of_the_list(self):
        self.lay()
        for kind, heading in (("xlsx", 1), ("csv", 0)):
            response = self.client_of(self.editor).get(f"{self.base}export.{kind}")
            data = b"".join(response.streaming_content)
            with open_table(io.BytesIO(data), f"x.{kind}") as table:
                rows = [row for row in table.rows() if any(c is not None for c in row)]
            assert [str(c) for c in rows[heading]] == declared.column_labels(self.declared)
            assert len(rows) - heading - 1 == len(self.seen(self.editor))

    def test_retired_rows_leave_every_list(self):
        self.lay()
        gone = self.laid[0]
        client = self.client_of(CHIEF)
        with undone():
            assert client.delete(f"{self.api}{gone.pk}/").status_code == 204
            assert gone.pk not in self.listed(client) + self.api_listed(client)
            assert len(self.exported(client)) == len(self.seen(CHIEF))


def sort_key(obj, order) -> Any:
    """What a list of ``obj``'s kind sorts by; a reference in it sorts as its own lists do. None: nothing there."""
    values = [getattr(obj, name.lstrip("-")) for name in order or ("pk",)]
    keys = [sort_key(v, v._meta.ordering) if isinstance(v, models.Model) else v for v in values]
    return None if None in keys else keys[0] if len(keys) == 1 else tuple(keys)


def offered(pages) -> Iterator[tuple[str, models.QuerySet]]:
    for form in pages:
        for name, field in form.fields.items() if form else ():
            if (queryset := getattr(field, "queryset", None)) is not None:
                yield name, queryset


def values_at(row, path: str) -> list:
    """The values at a lookup path; more than one over a to-many relation, rows that live only."""
    values = [row]
    for part in path.replace(".", "__").split("__"):
        found = [getattr(v, part, None) for v in values if v is not None]
        values = []
        for value in found:
            if hasattr(value, "all"):
                values += [v for v in value.all() if getattr(v, "retired_at", None) is None]
            else:
                values.append(value)
    return values


__all__ = ["CHIEF", "MEMBERS", "Reading"]
