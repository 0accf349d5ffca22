"""The published projection: what is refused, what follows a write, what a stranger gets. Rows are the bench app's."""

import datetime as dt
import json

import pytest
from click.testing import CliRunner
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.bench_app.models import Case, Plain
from tests.bench_app.resources import CASES

from shian.kernel.changes.writer import change
from shian.kernel.files.models import StoredFile
from shian.kernel.jobs.models import Job
from shian.kernel.jobs.worker import run_worker
from shian.kernel.people.models import User
from shian.kernel.public import actions
from shian.kernel.public.export import NotOurs, export
from shian.kernel.public.feature import Public
from shian.kernel.public.models import PublicRow
from shian.kernel.resources.declare import Column, Resource
from shian.kernel.scopes import SYSTEM, system
from shian.site.cli import main

LIST = "/public/bench-plain/"


def plain(cast, *codes, **more):
    values = {"place": cast.county, "domain": "food", "unit": cast.units["财政局"], "day": dt.date(2026, 3, 2)} | more
    rows = [Plain(title=f"内部{code}", code=code, note="不公开", **values) for code in codes]
    with change(SYSTEM, "plain.create") as w:
        w.save_all(rows)
    return rows


def read(address, **headers):
    return Client().get(address, **headers)


def rebuild():
    cursor = {}
    while cursor is not None:
        cursor = actions.rebuild(cursor)


def resource(model, feature):
    return Resource(name="tried", model=model, columns=(Column("pk"),), features=(feature,))


@pytest.mark.parametrize(
    ("model", "feature", "words"),
    [
        (Case, Public(("phone",)), "personal"),
        (Case, Public(("colour",)), "no column"),
        (Case, Public(("owner__name",)), "no column"),
        (Case, Public(("findings",)), "no column"),
        (Case, Public(("pk",)), "no column"),
        (Case, Public(()), "at least one"),
        (Case, Public(("title", "title")), "each once"),
        (Plain, Public(("case",)), "not everybody"),
        (StoredFile, Public(("lat",)), "personal"),
        (StoredFile, Public(("name", "lon")), "personal"),
        (StoredFile, Public(("uploaded_by",)), "not everybody"),
        (User, Public(("password",)), "secret"),
        (Case, Public(("title",), when=Q(owner__kind="office")), "own columns"),
        (Case, Public(("title",), when=Q(kind="routine") | ~Q(findings__count=1)), "own columns"),
    ],
)
def test_what_must_not_be_public_is_refused_when_it_is_declared(model, feature, words):
    with pytest.raises(ValueError, match=words):
        feature.check(resource(model, feature))


def test_what_fits_is_taken():
    Public(("title", "place"), when=Q(kind__in=["routine"], owner=3) & ~Q(place__isnull=True)).check(CASES)


def test_a_write_and_what_is_public_stand_and_fall_together(cast):
    with pytest.raises(RuntimeError), transaction.atomic():
        plain(cast, "A1")
        assert PublicRow.unscoped.count() == 1
        raise RuntimeError
    assert not PublicRow.unscoped.exists()
    (row,) = plain(cast, "A1")
    found = PublicRow.unscoped.get()
    assert found.title == "A1" and found.data == {
        "code": {"code": "A1", "label": "A1"}, "day": {"code": "2026-03-02", "label": "2026-03-02"},
        "unit": {"code": None, "label": "演示县财政局"}, "urgent": {"code": False, "label": "否"},
    }  # fmt: skip
    row.note = "改了不公开的"
    with change(SYSTEM, "plain.edit") as w:
        w.save(row)
    same = PublicRow.unscoped.get()
    assert (same.changed_at, same.slug) == (found.changed_at, found.slug)
    row.urgent = True
    with change(SYSTEM, "plain.edit") as w:
        w.save(row)
    after = PublicRow.unscoped.get()
    assert after.changed_at > found.changed_at and after.published_at == found.published_at
    assert after.data["urgent"] == {"code": True, "label": "是"}


def test_many_rows_cost_as_many_queries_as_few(cast):
    asked = []
    for size in (3, 400):
        rows = plain(cast, *(f"{size}-{n}" for n in range(size)))
        with CaptureQueriesContext(connection) as queries, transaction.atomic():
            actions.follow(rows)
        asked.append(len(queries))
        for row in rows:
            row.retired_at = dt.datetime(2026, 3, 3, tzinfo=dt.UTC)
        with CaptureQueriesContext(connection) as queries, change(SYSTEM, "plain.retire") as w:
            w.save_all(rows)
        about = [q for q in queries if "public_publicrow" in q["sql"]]
        assert len(about) <= 4 and PublicRow.unscoped.count() == 0
    assert asked[0] == asked[1] <= 5


def test_a_renamed_reference_reaches_the_public_side_by_a_job(cast):
    plain(cast, "A1")
    unit = cast.units["财政局"]
    unit.name = "演示县财政和国资局"
    with change(SYSTEM, "unit.edit") as w:
        w.save(unit)
    assert "演示县财政局" in read(LIST).content.decode()
    run_worker(once=True)
    assert Job.unscoped.get(kind="public.rebuild").state == "done"
    assert "演示县财政和国资局" in read(LIST).content.decode()


def test_rebuilding_mends_what_was_lost_and_forgets_what_should_not_stand(cast):
    first, second = plain(cast, "A1", "A2")
    slug = PublicRow.unscoped.get(object_id=first.pk).slug
    PublicRow.unscoped.filter(object_id=first.pk).delete()
    with system("arranged by the test"):
        Plain.unscoped.filter(pk=second.pk).update(retired_at=dt.datetime(2026, 3, 3, tzinfo=dt.UTC))
    now = dt.datetime(2026, 3, 3, tzinfo=dt.UTC)
    PublicRow.unscoped.create(resource="gone", object_id=1, slug="x", title="旧", published_at=now, changed_at=now)
    rebuild()
    assert [(r.object_id, r.slug) for r in PublicRow.unscoped.all()] == [(first.pk, slug)]


def test_pages_are_small_whatever_the_rows_hold(cast):
    plain(cast, *(f"{n:03d}{'长' * 57}" for n in range(120)))
    pages = {n: read(f"{LIST}page/{n}/") for n in (1, 2, 3)}
    assert [p.content.count(b"<li>") for p in pages.values()] == [50, 50, 20]
    for page in pages.values():
        assert page.status_code == 200 and len(page.content) < 60_000 and not page.cookies
        assert b"<script" not in page.content and b"style=" not in page.content
    assert read(f"{LIST}page/4/").status_code == read(f"{LIST}page/0/").status_code == 404
    assert read(f"{LIST}page/{'9' * 40}/").status_code == 404
    assert read(LIST, data={"q": "\x00' OR 1=1 --" + "x" * 9999}).status_code == 200
    found = json.loads(read(f"{LIST}index.json", data={"q": "007"}).content)
    assert (found["count"], found["pages"], found["rows"][0]["data"]["unit"]["label"]) == (1, 1, "演示县财政局")
    detail = read(found["rows"][0]["url"])
    assert detail.status_code == 200 and "财政局" in detail.content.decode()
    assert json.loads(read(f"{found['rows'][0]['url']}index.json").content) == found["rows"][0]


def test_the_english_reader_and_the_signed_in_get_the_same_page(cast):
    plain(cast, "A1")
    plainly = read(LIST).content
    other = Client()
    other.force_login(cast.users["guanliyuan"])
    other.cookies["shian_language"] = "en"
    assert other.get(LIST).content == plainly


def test_what_has_no_public_side_is_not_there_and_nothing_is_written(cast):
    for address in ("/public/visits/", "/public/units/index.json", f"{LIST}aaaaaaaaaaaaa/", "/public/no/"):
        assert read(address).status_code == 404, address
    assert Client().post(LIST).status_code == 405
    assert "/public/bench-plain/" in read("/public/").content.decode()


def test_an_unchanged_page_is_not_sent_twice_and_caches_may_keep_it(cast):
    plain(cast, "A1")
    first = read(LIST)
    assert "public" in first["Cache-Control"] and "max-age=300" in first["Cache-Control"]
    again = read(LIST, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304 and not again.content
    plain(cast, "A2")
    assert read(LIST, headers={"if-none-match": first["ETag"]}).status_code == 200


def test_somebody_who_asks_too_often_is_told_so(cast, settings):
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = {"public": "3/m/ip"}
    assert [read(LIST).status_code for _n in range(4)] == [200, 200, 200, 429]
    cache.clear()


# -- as files ------------------------------------------------------------------------------------------
def test_the_files_say_what_the_pages_say(cast, tmp_path):
    plain(cast, *(f"A{n:02d}" for n in range(60)))
    assert export(tmp_path) == 60
    row = PublicRow.unscoped.first()
    for address in (f"{LIST}page/2/index.json", f"{LIST}index.json", f"{LIST}{row.slug}/index.json"):
        assert (tmp_path / address[1:]).read_bytes() == read(address).content, address
    for address in (f"{LIST}{row.slug}/", "/public/"):
        assert (tmp_path / address[1:] / "index.html").read_bytes() == read(address).content, address
    listed = (tmp_path / "public/bench-plain/index.html").read_text("utf-8")
    assert "A59" in listed and "<form" not in listed
    assert (tmp_path / "static/public/public.css").is_file()
    with change(SYSTEM, "plain.retire") as w:
        w.retire(Plain.unscoped.get(pk=row.object_id))
    export(tmp_path)
    assert not (tmp_path / "public/bench-plain" / row.slug).exists()
    assert not (tmp_path / "public.new").exists() and not (tmp_path / "public.old").exists()


def test_the_export_replaces_nothing_that_is_not_its_own(cast, tmp_path):
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "年度报告.docx").write_bytes(b"x")
    with pytest.raises(NotOurs):
        export(tmp_path)
    assert (tmp_path / "public" / "年度报告.docx").exists()


def test_the_commands_do_both(cast, tmp_path):
    plain(cast, "A1")
    PublicRow.unscoped.all().delete()
    done = CliRunner().invoke(main, ["public", "rebuild"])
    assert done.exit_code == 0 and "1 条" in done.output, done.output
    done = CliRunner().invoke(main, ["public", "export", str(tmp_path / "out")])
    assert done.exit_code == 0 and (tmp_path / "out/public/bench-plain/index.html").is_file(), done.output
    (tmp_path / "other" / "public").mkdir(parents=True)
    done = CliRunner().invoke(main, ["public", "export", str(tmp_path / "other")])
    assert done.exit_code == 1 and "不是此前导出" in done.output
