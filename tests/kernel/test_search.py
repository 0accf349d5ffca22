"""The index: words, single characters, pinyin; scope; freshness; bulk; rebuild."""

import pytest
from django.utils import timezone

from shian.kernel import search
from shian.kernel.changes.writer import change
from shian.kernel.jobs.models import Job
from shian.kernel.jobs.worker import run_worker
from shian.kernel.people.actions import save_unit, save_user
from shian.kernel.people.models import Unit, User
from shian.kernel.places.models import Place
from shian.kernel.scopes import SYSTEM, system
from shian.kernel.search import actions, registry
from shian.kernel.search.models import SearchEntry, SearchToken
from shian.kernel.search.queries import matching_ids
from shian.kernel.search.queries import search as find


@pytest.fixture
def index(cast, monkeypatch):
    """Units, places and users searchable, and indexed."""
    monkeypatch.setattr(registry, "_searchables", {})
    search.register(
        Unit, ("short_name", "credit_code"), lambda u: f"/units/{u.pk}/", "place__name", weight=60
    )
    search.register(User, ("username", "title"), lambda u: f"/users/{u.pk}/", lambda u: u.unit.name)
    search.register(Place, ("code",), lambda p: f"/places/{p.pk}/", "kind", weight=40)
    actions.rebuild(SYSTEM)
    run_worker(once=True)
    return cast


def titles(actor, q, **options):
    return [hit.title for hit in find(actor, q, **options)]


@pytest.mark.parametrize(
    ("q", "wanted"),
    [
        ("财政", "演示县财政局"),
        ("财政局", "演示县财政局"),
        ("演示县财政局", "演示县财政局"),
        ("czj", "演示县财政局"),
        ("ysxczj", "演示县财政局"),
        ("caizheng", "演示县财政局"),
        ("财", "演示县财政局"),
        ("局", "演示县财政局"),
        ("县财政 局", "演示县财政局"),
        ("財政", "演示县财政局"),
        ("990121003", "南湾乡"),
        ("９９０１２１００３", "南湾乡"),
    ],
)
def test_ways_to_find_a_name(index, q, wanted):
    assert wanted in titles(SYSTEM, q, limit=100)


@pytest.mark.parametrize(
    "q", ["", "  ", "，。", "不存在的单位", "财政 卫生", "政财", "'; DROP TABLE", "%", "_", "😀"]
)
def test_what_finds_nothing(index, q):
    assert titles(SYSTEM, q) == []


def test_best_title_first_and_kinds_can_be_chosen(index):
    hits = find(SYSTEM, "东河镇", 10)
    assert (hits[0].title, hits[0].kind, hits[0].subtitle) == ("东河镇", "区域", "乡镇街道")
    assert titles(SYSTEM, "东河镇", types=["people.unit"]) == ["东河镇人民政府"]
    assert titles(SYSTEM, "东河", types=[]) == []
    assert len(titles(SYSTEM, "演示", limit=3)) == 3


def test_only_what_the_actor_may_see(index):
    assert titles(index.actor("shianban"), "孙丽") == ["孙丽"]
    assert titles(index.actor("xiling"), "孙丽") == []
    assert titles(index.actor("donghe"), "sunli") == ["孙丽"], "oneself"
    nobody = type(SYSTEM)(user_id=None, name="")
    assert titles(nobody, "财政") == []


def test_the_index_follows_a_write_in_its_own_transaction(index):
    unit = Unit.unscoped.get(pk=index.units["财政局"].pk)
    unit.name = "演示县金库管理中心"
    save_unit(actor=SYSTEM, unit=unit)
    assert titles(SYSTEM, "金库") == ["演示县金库管理中心"]
    assert "演示县金库管理中心" in titles(SYSTEM, "县财政局"), "the short name is a field of its own"
    with change(SYSTEM, "unit.retire") as w:
        w.retire(unit)
    assert titles(SYSTEM, "金库") == [] and not SearchEntry.unscoped.filter(
        object_id=unit.pk, title__contains="金库"
    )
    with change(SYSTEM, "unit.restore") as w:
        w.restore(unit)
    assert titles(SYSTEM, "金库") == ["演示县金库管理中心"]


def test_failed_write_leaves_the_index_alone(index):
    with pytest.raises(RuntimeError), change(SYSTEM, "x") as w:
        w.save(Unit(name="昙花一现局", kind="other", place=index.county))
        w.flush()
        raise RuntimeError
    assert titles(SYSTEM, "昙花") == []


def test_write_that_changes_no_word_writes_no_token(index):
    unit = Unit.unscoped.get(pk=index.units["财政局"].pk)
    before = list(SearchToken.unscoped.filter(entry__object_id=unit.pk).values_list("pk", flat=True))
    unit.sort = 77
    save_unit(actor=SYSTEM, unit=unit)
    assert list(SearchToken.unscoped.filter(entry__object_id=unit.pk).values_list("pk", flat=True)) == before


def test_bulk_write_leaves_the_tokens_to_one_job(index):
    new = [
        Unit(name=f"第{n}号批量企业", kind="business", place=index.county) for n in range(actions.BULK + 1)
    ]
    for _ in range(2):
        with change(SYSTEM, "unit.import") as w:
            w.save_all(new)
            for unit in new:
                unit.sort += 1
    assert Job.unscoped.filter(kind="search.index").count() == 1
    assert SearchEntry.unscoped.filter(fingerprint=None).count() == len(new)
    run_worker(once=True)
    assert len(titles(SYSTEM, "批量企业", limit=500)) == len(new)
    assert not SearchEntry.unscoped.filter(fingerprint=None).exists()
    assert Job.unscoped.get(kind="search.index").state == "done"


def test_job_drops_entries_whose_row_was_retired_meanwhile(index):
    pk = index.units["财政局"].pk
    SearchEntry.unscoped.filter(object_id=pk, object_type="people.unit").update(fingerprint=None)
    with system("arranged by the test"):
        Unit.unscoped.filter(pk=pk).update(retired_at=timezone.now())
        Job.unscoped.create(kind="search.index", title="x", run_at=timezone.now())
    run_worker(once=True)
    assert not SearchEntry.unscoped.filter(object_id=pk, object_type="people.unit").exists()


def test_rebuild_repairs_a_damaged_index(index):
    SearchToken.unscoped.all().delete()
    SearchEntry.unscoped.filter(object_type="people.user").delete()
    SearchEntry.unscoped.create(object_type="gone.model", object_id=1, title="孤儿", url="/")
    SearchEntry.unscoped.create(
        object_type="people.unit", object_id=10**9, title="幽灵", url="/", fingerprint=1
    )
    SearchEntry.unscoped.exclude(object_id=10**9).update(fingerprint=None)
    actions.rebuild(SYSTEM)
    run_worker(once=True)
    assert "演示县财政局" in titles(SYSTEM, "财政") and titles(SYSTEM, "孙丽") == ["孙丽"]
    assert not SearchEntry.unscoped.filter(title__in=["孤儿", "幽灵"]).exists()


def test_ids_for_a_list_page(index):
    rows = Unit.objects.for_actor(index.actor("donghe")).filter(pk__in=matching_ids(Unit, "czj"))
    assert [u.name for u in rows] == ["演示县财政局"]
    assert not Place.unscoped.filter(pk__in=matching_ids(Place, "czj")).exists()


def test_personal_and_secret_fields_are_refused():
    for field in ["phone", "email", "password"]:
        with pytest.raises(ValueError, match=field):
            search.register(User, (field,))


def test_renamed_user_is_found_by_the_new_name_only(index):
    user = User.unscoped.get(username="donghe")
    user.name = "欧阳静"
    save_user(actor=SYSTEM, user=user)
    assert titles(SYSTEM, "oyj", types=["people.user"]) == ["欧阳静"]
    assert titles(SYSTEM, "孙丽") == []


def test_pages(index, client):
    assert client.get("/search/?q=财政").status_code == 302
    client.force_login(index.users["donghe"])
    page = client.get("/search/", {"q": "财政"}).content.decode()
    assert "演示县财政局" in page or "演示县<mark>财政</mark>局" in page
    assert f"/units/{index.units['财政局'].pk}/" in page
    part = client.get("/search/suggest/", {"q": "czj"}).content.decode()
    assert "财政局" in part and "<html" not in part
    empty = client.get("/search/", {"q": "<script>不存在</script>"}).content.decode()
    assert "没有找到" in empty and "<script>不存在" not in empty
    assert client.get("/search/", {"q": "长" * 5000}).status_code == 200
    assert "孙丽" not in client.get("/search/", {"q": "周敏"}).content.decode().split("<main")[1]
