"""Each planted mistake must turn the generated suite red; without one it is green.

A mistake is planted in the product by monkeypatch, the test that should notice runs in this process, and only an
assertion of the suite counts: a mistake that merely crashes has not been noticed.
"""

import sys
from dataclasses import replace

import pytest
from django.db.models import Q
from tests.bench_app.models import Finding, Plain
from tests.kernel import test_bench
from tests.suite.rows import undone

from shian.kernel.changes import writer
from shian.kernel.imports import pages, session
from shian.kernel.public import actions as projection
from shian.kernel.public.feature import Public
from shian.kernel.resources import api, filters, forms, registry, tables, views
from shian.kernel.resources.resource import Resource
from shian.kernel.scopes import Scope, detail, rights, roads, veil

pytestmark = pytest.mark.full
PLAIN, CHILD, CASES = test_bench.TestPlain, test_bench.TestFindings, test_bench.TestCases
LISTS, EXPORTS = (
    "test_list_and_api_show_what_the_oracle_allows",
    "test_exports_hold_what_the_oracle_allows_and_ask_the_right",
)
FILTERS, SORTS = (
    "test_every_filter_shows_the_rows_that_meet_it_and_no_others",
    "test_every_sortable_column_sorts_as_python_does",
)
CHOICES, CREATES = (
    "test_choices_offer_what_the_oracle_allows",
    "test_rows_are_created_where_the_oracle_allows",
)
EDITS, MOVES = (
    "test_rows_are_edited_where_the_oracle_allows",
    "test_rows_move_only_from_and_to_where_the_oracle_allows",
)
RETIRES, BULK = (
    "test_rows_are_retired_and_restored_where_the_oracle_allows",
    "test_bulk_edits_change_the_rows_the_oracle_allows",
)
BULK_MOVES = "test_bulk_edits_move_no_row_over_a_border_the_oracle_closes"
IMPORTS, TAKES = (
    "test_an_import_changes_and_creates_what_the_oracle_allows",
    "test_an_import_takes_no_row_from_where_the_oracle_refuses",
)
STALE_FORM, STALE_API = (
    "test_a_stale_form_is_refused_with_the_difference",
    "test_a_stale_api_write_is_refused_with_the_difference",
)
STALE_IMPORT = "test_an_import_leaves_rows_alone_that_were_changed_since_its_preview"
SEARCHES, PAGES = (
    "test_searches_find_exactly_the_rows_that_bear_the_word",
    "test_pages_of_single_rows_open_where_the_oracle_allows",
)
PUBLIC = "test_the_public_reads_the_named_fields_of_published_rows_and_nothing_else"
PERSONAL = "test_personal_values_are_shown_as_the_oracle_allows"
UNDO, UNDO_CHANGED = "test_an_undo_brings_back_what_the_oracle_allows", "test_an_undo_leaves_alone_what_was_changed_since"


def unasked(monkeypatch, module: str, *verbs: str) -> None:
    """The named module of the product no longer asks for these verbs (default: for none at all)."""
    asks = Resource.may

    def may(self, actor, verb, obj=None):
        caller = sys._getframe(1).f_globals["__name__"]
        if caller == f"shian.kernel.{module}" and (not verbs or verb in verbs):
            return True
        return asks(self, actor, verb, obj)

    monkeypatch.setattr(Resource, "may", may)


def scope_everyone(m):
    m.setattr(Plain, "scope", Scope(everyone=True, home="place__path"))


def list_right(m):
    visible = Resource.visible
    m.setattr(
        Resource,
        "visible",
        lambda self, actor, _verb="view", *a, **how: visible(self, actor, "export", *a, **how),
    )


def list_of_the_api(m):
    visible = Resource.visible

    def open_to_all(self, *args, **how):
        caller = sys._getframe(1).f_globals["__name__"]
        return self.model.unscoped.live() if caller == api.__name__ else visible(self, *args, **how)

    m.setattr(Resource, "visible", open_to_all)


def page_of_a_row(m):
    m.setattr(views, "find", lambda _request, resource, pk, _verb="view": resource.model.unscoped.get(pk=pk))


def export_right(m):
    unasked(m, "listing.export")


def form_right(m):
    unasked(m, "resources.views")


def api_right(m):
    unasked(m, "resources.api")


def bulk_right(m):
    unasked(m, "listing.bulk")


def import_right(m):
    unasked(m, "imports.pages")


def retire_right(m):
    unasked(m, "resources.views", "retire", "restore")
    require = writer.require
    m.setattr(
        writer,
        "require",
        lambda actor, verb, rows: None if verb.endswith(".retire") else require(actor, verb, rows),
    )


def choices(m):
    def unscoped(form, _actor):
        for field in form.fields.values():
            if hasattr(field, "queryset"):
                field.queryset = field.queryset.model.unscoped.live()

    m.setattr(forms, "scope_choices", unscoped)


def any_filter(m):
    m.setattr(filters, "where", lambda *_args, **_lookups: Q())


def place_filter(m):
    m.setattr(filters, "_places", lambda *_args: Q())


def place_filter_without_townships(m):
    m.setattr(filters, "_places", lambda _model, path, chosen: Q(**{f"{path}__in": list(chosen)}))


def date_filter(m):
    m.setattr(filters, "_range", lambda *_args: Q())


def range_without_its_ends(m):
    def narrower(model, path, value, part):
        given = {f"{part}gt": value.start, f"{part}lt": value.stop}
        return filters.where(model, path, **{k: v for k, v in given.items() if v is not None})

    m.setattr(filters, "_range", narrower)


def search_ignored(m):
    m.setattr(filters, "quick_search", lambda _resource, rows, *_how: rows)


def sort_ignored(m):
    m.setattr(tables, "order", lambda resource, rows, _sort, **_more: rows.order_by(*resource.ordering))


def sort_direction_ignored(m):
    order = tables.order
    m.setattr(
        tables,
        "order",
        lambda resource, rows, sort, **more: order(resource, rows, sort.lstrip("-"), **more),
    )


def place_before_the_write(m):
    asks, states = Resource.may, roads._states
    m.setattr(Resource, "may", lambda self, actor, verb, obj=None: asks(self, actor, verb))
    m.setattr(roads, "_states", lambda *args: states(*args)[:1])


def place_after_the_write(m):
    states = roads._states
    m.setattr(roads, "_states", lambda *args: states(*args)[-1:])


def domain_of_the_row(m):
    opens = rights._open
    m.setattr(
        rights, "_open", lambda actor, verb, grants, *rest: opens(actor, verb, [replace(g, domains=frozenset()) for g in grants], *rest)
    )  # fmt: skip


def grants_of_numbers_only(m):
    m.setattr(rights, "counting", lambda actor, verb: [g for g in actor.grants if g.allows(verb)])


def own_unit_without_the_verb(m):
    m.setattr(rights, "counting", lambda actor, _verb: [g for g in actor.grants if g.detail != "counts"])


def stale_version(m):
    update = writer.Writer._update

    def blind(self, pairs, since):
        for obj, _diff in pairs:
            obj.version = type(obj).unscoped.get(pk=obj.pk).version
        update(self, pairs, since)

    m.setattr(writer.Writer, "_update", blind)


def stale_preview(m):
    prepare = session._prepare

    def blind(resource, actor, rows):
        for row in rows:
            if row.object_id:
                row.version = resource.model.unscoped.get(pk=row.object_id).version
        return prepare(resource, actor, rows)

    m.setattr(session, "_prepare", blind)


def parent_of_the_child(m):
    judge = rights._of_model
    m.setattr(rights, "_of_model", lambda *args: {} if args[3] is Finding else judge(*args))


def public_side(name: str) -> dict:
    return registry.get(name).feature(Public).__dict__


def public_field_that_is_not_named(m):
    side = public_side("bench-cases")
    m.setitem(side, "fields", (*side["fields"], "phone"))


def public_field_left_out(m):
    side = public_side("bench-plain")
    m.setitem(side, "fields", side["fields"][1:])


def public_whatever_the_condition(m):
    m.setitem(public_side("bench-cases"), "when", Q())


def public_after_retiring(m):
    hooks = list(writer.after_write)
    hooks[hooks.index(projection.follow)] = lambda rows: projection.follow([r for r in rows if r.retired_at is None])
    m.setattr(writer, "after_write", hooks)


def public_once_for_all(m):
    hooks = list(writer.after_write)
    hooks[hooks.index(projection.follow)] = lambda rows: projection.follow([r for r in rows if r.version == 1])
    m.setattr(writer, "after_write", hooks)


def personal_in(*modules):
    """A mistake: these modules show personal values to everybody."""

    def shown(m):
        for module in modules:
            m.setattr(module, "sees_personal", lambda *_args: True)

    shown.__name__ = "_".join(["personal_in", *(module.__name__.rpartition(".")[2] for module in modules)])
    return shown


def personal_for_nobody(m):
    m.setattr(tables, "sees_personal", lambda *_args: False)


def personal_in_the_change_tab(m):
    described = views.described
    m.setattr(views, "described", lambda changes, **how: described(changes, **how | {"personal": True}))


def personal_of_the_masked(m):
    m.setattr(detail, "can", lambda *_args: True)


def undo_right(m):
    require = writer.require
    m.setattr(
        writer, "require", lambda actor, verb, rows: None if verb.endswith(".undo") else require(actor, verb, rows)
    )


def undo_of_others(m):
    m.setattr(pages, "_session", lambda _request, _resource, pk: pages.Session.unscoped.get(pk=pk))


def undo_whatever_changed_since(m):
    undo = session._undo

    def blind(resource, actor, its, rows):
        for row in rows:
            row.version = resource.model.unscoped.get(pk=row.object_id).version
        undo(resource, actor, its, rows)

    m.setattr(session, "_undo", blind)


@pytest.mark.parametrize(
    ("mistake", "suite", "test"),
    [
        (scope_everyone, PLAIN, LISTS),
        (scope_everyone, PLAIN, EXPORTS),
        (scope_everyone, PLAIN, SEARCHES),
        (list_right, PLAIN, LISTS),
        (list_of_the_api, PLAIN, LISTS),
        (page_of_a_row, PLAIN, PAGES),
        (any_filter, PLAIN, FILTERS),
        (place_filter, PLAIN, FILTERS),
        (place_filter_without_townships, PLAIN, FILTERS),
        (date_filter, PLAIN, FILTERS),
        (range_without_its_ends, PLAIN, FILTERS),
        (search_ignored, PLAIN, SEARCHES),
        (sort_ignored, PLAIN, SORTS),
        (sort_direction_ignored, PLAIN, SORTS),
        (export_right, PLAIN, EXPORTS),
        (form_right, PLAIN, CREATES),
        (form_right, PLAIN, EDITS),
        (api_right, PLAIN, CREATES),
        (choices, PLAIN, CHOICES),
        (bulk_right, PLAIN, BULK),
        (import_right, PLAIN, IMPORTS),
        (retire_right, PLAIN, RETIRES),
        (place_before_the_write, PLAIN, MOVES),
        (place_before_the_write, PLAIN, BULK_MOVES),
        (place_before_the_write, PLAIN, TAKES),
        (place_after_the_write, PLAIN, MOVES),
        (place_after_the_write, PLAIN, BULK_MOVES),
        (domain_of_the_row, PLAIN, EDITS),
        (domain_of_the_row, PLAIN, IMPORTS),
        (grants_of_numbers_only, PLAIN, CREATES),
        (own_unit_without_the_verb, PLAIN, RETIRES),
        (stale_version, PLAIN, STALE_FORM),
        (stale_version, PLAIN, STALE_API),
        (stale_preview, PLAIN, STALE_IMPORT),
        (parent_of_the_child, CHILD, CREATES),
        (parent_of_the_child, CHILD, EDITS),
        (public_field_that_is_not_named, CASES, PUBLIC),
        (public_field_left_out, PLAIN, PUBLIC),
        (public_whatever_the_condition, CASES, PUBLIC),
        (public_after_retiring, PLAIN, PUBLIC),
        (public_once_for_all, PLAIN, PUBLIC),
        (personal_in(tables), CASES, PERSONAL),
        (personal_in(views), CASES, PERSONAL),
        (personal_in(api), CASES, PERSONAL),
        (personal_in(veil), CASES, PERSONAL),
        (personal_for_nobody, CASES, PERSONAL),
        (personal_in_the_change_tab, CASES, PERSONAL),
        (personal_of_the_masked, CASES, PERSONAL),
        (undo_right, PLAIN, UNDO),
        (undo_of_others, PLAIN, UNDO),
        (undo_whatever_changed_since, PLAIN, UNDO_CHANGED),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_the_suite_notices(mistake, suite, test, cast, monkeypatch):
    one = suite()
    one.prepare(cast)
    mistake(monkeypatch)
    with undone(), pytest.raises(AssertionError):
        getattr(one, test)()
