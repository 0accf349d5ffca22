"""A workbook with several rows a key: a parent and its children, checked, written, refused and undone together."""

import dataclasses
import io

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.bench_app.models import Fault, Visit
from tests.bench_app.resources import LINES, VISITS

from shian.kernel.changes.models import Change
from shian.kernel.changes.writer import change
from shian.kernel.imports import check
from shian.kernel.imports.fields import known_headings
from shian.kernel.imports.models import Session, SessionRow
from shian.kernel.jobs.worker import run_worker
from shian.kernel.lines.feature import Children
from shian.kernel.lines.sheet import SheetLines
from shian.kernel.people import actions as people
from shian.kernel.resources import registry
from shian.kernel.scopes import SYSTEM
from shian.kernel.scopes.models import Role

HEAD = ["检查名称", "区域", "问题", "数量"]


def sheet(*rows, head=HEAD):
    book = openpyxl.Workbook()
    for row in (head, *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("检查.xlsx", out.getvalue())


def upload(client, *rows, head=HEAD, file=None) -> str:
    response = client.post("/visits/import/", {"file": file or sheet(*rows, head=head), "again": "on"})
    assert response.status_code == 302, response.context["form"].errors
    return response["Location"]


def preview(client, url):
    page = client.get(url)
    client.post(url, {c["field"].html_name: c["field"].value() for c in page.context["columns"]})
    return client.get(url)


def looked_at(client, *rows, head=HEAD):
    url = upload(client, *rows, head=head)
    return url, preview(client, url)


def kinds(page) -> dict:
    return {r["number"]: r["kind"] for r in page.context["preview_rows"]}


def errors(page) -> dict:
    return {r["number"]: "；".join(r["errors"]) for r in page.context["preview_rows"] if r["errors"]}


def told(page, number: int) -> list[tuple]:
    row = next(r for r in page.context["preview_rows"] if r["number"] == number)
    return [(d["label"], str(d["old"]), str(d["new"])) for d in row["diff"]]


def texts(visit: Visit) -> list[tuple]:
    rows = Fault.unscoped.live().filter(visit=visit).order_by("sort")
    return list(rows.values_list("text", "count", "sort"))


def visit_of(title: str) -> Visit:
    return Visit.unscoped.get(title=title)


A, B = ["春季检查", "东河镇", "积水", 2], ["春季检查", "东河镇", "无证", 1]


# -- columns -------------------------------------------------------------------------------------------
def test_the_headings_of_lines_are_known_and_offered(admin):
    url = upload(admin, A)
    assert Session.unscoped.get().mapping == {"title": 0, "place": 1, "findings.text": 2, "findings.count": 3}
    choices = dict(admin.get(url).context["columns"][2]["field"].field.choices)
    assert choices["findings.text"] == "问题样例：问题" and choices["title"] == "检查名称 *"


def test_a_label_that_the_parent_has_too_needs_the_childs_name_before_it(visit, cast):
    clash = dataclasses.replace(
        VISITS, features=(*VISITS.features[:2], dataclasses.replace(LINES, fields=("text", "unit")))
    )
    try:
        Fault._meta.get_field("unit").verbose_name = "单位"
        known = known_headings(clash)
        assert "单位" in known["unit"] and "单位" not in known["findings.unit"]
        assert "问题样例：单位" in known["findings.unit"] and "问题" in known["findings.text"]
        assert clash.features[2].spreads(clash)[0].headings == ("问题", "问题样例：单位")
    finally:
        Fault._meta.get_field("unit").verbose_name = "责任单位"


def test_without_a_column_of_theirs_the_lines_are_left_alone(admin, visit):
    url, page = looked_at(admin, ["春季检查", "西岭镇"], head=HEAD[:2])
    assert kinds(page) == {2: "changed"}
    admin.post(url)
    assert texts(visit) == [("积水", 2, 3), ("无证", 1, 7)]


# -- what a list does ----------------------------------------------------------------------------------
def test_rows_of_one_key_are_a_parent_with_several_children(admin, cast):
    url, page = looked_at(
        admin,
        ["秋季检查", "东河镇", "发霉", 3], ["秋季检查", "东河镇", "过期", 1], ["冬季检查", "西岭镇", "", ""],
    )  # fmt: skip
    assert kinds(page) == {2: "new", 3: "new", 4: "new"}
    assert page.context["apply_label"] == "写入 2 条（连同明细）"
    assert not Visit.unscoped.filter(title="秋季检查").exists(), "the preview writes nothing"
    admin.post(url)
    assert texts(visit_of("秋季检查")) == [("发霉", 3, 1), ("过期", 1, 2)]
    assert texts(visit_of("冬季检查")) == []
    written = Change.unscoped.filter(batch=Session.unscoped.get().batch)
    assert sorted(written.values_list("object_label", flat=True)) == ["冬季检查", "发霉", "秋季检查", "过期"]
    assert set(written.values_list("verb", flat=True)) == {"visit.import"}


def test_new_changed_and_gone_are_shown_and_written_in_one_batch(admin, visit):
    url, page = looked_at(
        admin,
        ["春季检查", "东河镇", "积水", 5],
        ["春季检查", "东河镇", "油污", 1],
        ["春季检查", "东河镇", "鼠迹", 4],
    )
    assert kinds(page) == dict.fromkeys((2, 3, 4), "changed")
    assert told(page, 2) == [("数量", "2", "5")]
    assert told(page, 3) == [("问题", "无证", "油污")], "what is left is matched in order"
    assert told(page, 4) == [("问题样例", "", "新增")]
    admin.post(url)
    assert texts(visit) == [("积水", 5, 3), ("油污", 1, 7), ("鼠迹", 4, 8)]
    visit.refresh_from_db()
    assert visit.version == 2, "a line that changes raises the version of its parent"
    labels = Change.unscoped.filter(batch=Session.unscoped.get().batch).values_list("object_label", flat=True)
    assert sorted(labels) == ["春季检查", "油污", "积水", "鼠迹"]


def test_a_list_that_is_given_is_the_whole_list(admin, visit):
    url, page = looked_at(admin, B)
    assert kinds(page) == {2: "changed"} and told(page, 2) == [("移除问题样例", "积水", "表中没有这一行")]
    assert "1 行明细将被移除" in page.context["apply_question"]
    admin.post(url)
    assert texts(visit) == [("无证", 1, 7)]
    assert Fault.unscoped.get(text="积水").retired_at is not None


def test_another_order_is_a_change_and_needs_no_new_lines(admin, visit):
    keys = set(Fault.unscoped.values_list("pk", flat=True))
    url, page = looked_at(admin, B, A)
    assert told(page, 2) == [("顺序", "7", "1")] and told(page, 3) == [("顺序", "3", "2")]
    admin.post(url)
    assert texts(visit) == [("无证", 1, 1), ("积水", 2, 2)]
    assert set(Fault.unscoped.values_list("pk", flat=True)) == keys


def test_a_line_with_a_key_of_its_own_is_matched_by_it(admin, visit, monkeypatch):
    monkeypatch.setattr(Fault, "natural_key", ("visit", "text"))
    page = looked_at(admin, ["春季检查", "东河镇", "油污", 2], ["春季检查", "东河镇", "无证", 9])[1]
    assert told(page, 2) == [("问题样例", "", "新增"), ("移除问题样例", "积水", "表中没有这一行")]
    assert told(page, 3) == [("数量", "1", "9"), ("顺序", "7", "2")], "the new line stands before it"


def test_what_is_exported_with_lines_comes_back_as_the_same(admin, visit, cast):
    with change(SYSTEM, "visit.create") as w:
        other = Visit(title="夏季检查", place=cast.places["西岭镇"])
        w.save_all([other, Visit(title="冬季检查", place=cast.places["西岭镇"], unit=cast.units["office"])])
        w.save(Fault(visit=other, text="鼠迹", person="王小明", unit=cast.units["neighbour"]))
    answer = admin.get("/visits/export.xlsx", {"lines": "findings"})
    file = SimpleUploadedFile("导出.xlsx", b"".join(answer.streaming_content))
    page = preview(admin, upload(admin, file=file))
    assert [r["errors"] for r in page.context["preview_rows"]] == [[]] * 4
    assert set(kinds(page).values()) == {"same"} and Session.unscoped.get().counts == {"same": 3}


def test_lines_whose_values_change_places_are_not_in_each_others_way(admin, visit):
    url, _page = looked_at(admin, ["春季检查", "东河镇", "无证", 2], ["春季检查", "东河镇", "积水", 1])
    admin.post(url)
    assert [t[:2] for t in texts(visit)] == [("无证", 2), ("积水", 1)]
    assert Session.unscoped.get().counts == {"changed": 1}


# -- what is wrong -------------------------------------------------------------------------------------
def test_a_contradiction_names_field_values_and_rows_and_refuses_the_group(admin, visit):
    url, page = looked_at(admin, A, ["春季检查", "西岭镇", "无证", 1], ["秋季检查", "东河镇", "发霉", 3])
    assert kinds(page) == {2: "error", 3: "error", 4: "new"}
    assert errors(page)[3] == "区域：第 2 行是“东河镇”，第 3 行是“西岭镇”，同一条的各行必须一致"
    assert errors(page)[2] == "同一条的第 3 行有误"
    admin.post(url)
    visit.refresh_from_db()
    assert visit.version == 1 and texts(visit) == [("积水", 2, 3), ("无证", 1, 7)]


def test_a_child_without_its_parent_is_named_and_spoils_the_list_above_it(admin, visit):
    url, page = looked_at(admin, ["秋季检查", "东河镇", "发霉", 3], A, ["", "", "无证", 1])
    assert kinds(page) == {2: "new", 3: "error", 4: "error"}
    assert errors(page)[4] == "检查名称：没有写明这条问题样例属于哪条检查样例"
    admin.post(url)
    assert texts(visit) == [("积水", 2, 3), ("无证", 1, 7)], "the list above was short of it"
    assert kinds(looked_at(admin, ["", "", "无证", 1], ["", "", "油污", 1])[1]) == {2: "error", 3: "error"}


@pytest.mark.parametrize("line", [["积水", "很多"], ["", 3], ["积" * 61, 1], ["积水", "9" * 40]])
def test_a_wrong_line_refuses_its_group(admin, visit, line):
    page = looked_at(admin, ["春季检查", "东河镇", *line], B)[1]
    assert kinds(page) == {2: "error", 3: "error"} and errors(page)[3] == "同一条的第 2 行有误"
    assert errors(page)[2].startswith("问题" if line[1] in (3, 1) else "数量")


def test_lines_that_say_the_same_refuse_each_other(admin, visit):
    page = looked_at(admin, A, ["春季检查", "东河镇", "积水", 8])[1]
    assert errors(page)[3] == "与第 2 行的明细重复"


def test_more_lines_than_a_parent_may_have(admin, visit):
    page = looked_at(admin, *(["秋季检查", "东河镇", f"第{n}处", 1] for n in range(21)))[1]
    assert set(kinds(page).values()) == {"error"} and errors(page)[2] == "一条最多 20 行明细"


def test_an_unknown_parent_place_is_an_error_of_the_group(admin, visit):
    page = looked_at(admin, ["秋季检查", "没有这个镇", "发霉", 1], ["秋季检查", "没有这个镇", "过期", 1])[1]
    assert kinds(page) == {2: "error", 3: "error"} and errors(page)[2].startswith("区域：没有这个镇")


def test_a_row_whose_key_is_half_readable_spoils_the_list_beside_it(admin, visit, monkeypatch):
    monkeypatch.setattr(Visit, "natural_key", ("place", "title"))
    wrong = ["春季检查", "东何镇", "积水", 2]
    assert kinds(looked_at(admin, wrong, B)[1]) == {2: "error", 3: "error"}
    assert kinds(looked_at(admin, B, wrong)[1]) == {2: "error", 3: "error"}
    apart = looked_at(admin, wrong, B, ["春季检查", "西岭镇", "油污", 1], A)[1]
    assert kinds(apart) == {2: "error", 3: "error", 4: "new", 5: "error"}


@pytest.mark.parametrize("chunk", [2, 250])
def test_rows_of_one_key_that_stand_apart_refuse_each_other(admin, visit, monkeypatch, chunk):
    monkeypatch.setattr(check, "CHUNK", chunk)
    url, page = looked_at(admin, A, ["秋季检查", "东河镇", "发霉", 3], ["秋季检查", "东河镇", "过期", 3], B)
    assert kinds(page) == {2: "error", 3: "new", 4: "new", 5: "error"}
    assert "第 5 行也是这一条" in errors(page)[2] and "第 2 行也是这一条" in errors(page)[5]
    admin.post(url)
    assert texts(visit) == [("积水", 2, 3), ("无证", 1, 7)], "half a list takes nothing away"


@pytest.mark.parametrize("chunk", [1, 2, 3, 4])
def test_a_chunk_does_not_cut_a_group(admin, visit, monkeypatch, chunk):
    monkeypatch.setattr(check, "CHUNK", chunk)
    new = [[f"第{n}次", "东河镇", f"问题{k}", k] for n in range(4) for k in range(1, 4)]
    url, page = looked_at(admin, A, B, *new)
    assert list(kinds(page).values()) == ["same"] * 2 + ["new"] * 12
    admin.post(url)
    assert Session.unscoped.get().state == "applied"
    for n in range(4):
        assert texts(visit_of(f"第{n}次")) == [(f"问题{k}", k, k) for k in range(1, 4)]
    admin.post(f"{url}undo/")
    assert Session.unscoped.get().counts["retired"] == 4
    assert Fault.unscoped.live().count() == 2


def test_the_error_file_gives_back_all_rows_of_a_refused_group(admin, visit):
    url, _page = looked_at(admin, A, ["春季检查", "西岭镇", "无证", 1], ["秋季检查", "东河镇", "发霉", 3])
    answer = admin.get(f"{url}errors.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = [[str(c or "") for c in row] for row in book.iter_rows(values_only=True)]
    assert [row[2] for row in rows if row[0] == "春季检查"] == ["积水", "无证"]
    assert not [row for row in rows if row[0] == "秋季检查"]


def test_a_group_overtaken_since_the_preview_is_refused_whole(admin, visit):
    url, _page = looked_at(admin, ["春季检查", "东河镇", "积水", 5], B)
    line = Fault.unscoped.get(text="积水")
    line.count = 9
    with change(SYSTEM, "visit.edit") as w:
        w.save(line)
    admin.post(url)
    assert list(SessionRow.unscoped.values_list("kind", flat=True)) == ["refused"] * 2
    assert texts(visit) == [("积水", 9, 3), ("无证", 1, 7)]
    book = openpyxl.load_workbook(
        io.BytesIO(b"".join(admin.get(f"{url}errors.xlsx").streaming_content))
    ).active
    assert sum(row[0] == "春季检查" for row in book.iter_rows(values_only=True)) == 2


# -- undo ----------------------------------------------------------------------------------------------
def test_undo_brings_lines_back_and_takes_new_ones_out(admin, visit):
    url, _page = looked_at(admin, ["春季检查", "东河镇", "无证", 6], ["春季检查", "东河镇", "油污", 1],
                          ["春季检查", "东河镇", "鼠迹", 1], ["秋季检查", "东河镇", "发霉", 3])  # fmt: skip
    admin.post(url)
    assert len(texts(visit)) == 3
    admin.post(f"{url}undo/")
    assert texts(visit) == [("积水", 2, 3), ("无证", 1, 7)]
    assert visit_of("秋季检查").retired_at and Fault.unscoped.get(text="发霉").retired_at
    counts = Session.unscoped.get().counts
    assert (counts["restored"], counts["retired"]) == (1, 1)


def test_undo_restores_a_line_that_went(admin, visit):
    url, _page = looked_at(admin, B)
    admin.post(url)
    admin.post(f"{url}undo/")
    assert texts(visit) == [("积水", 2, 3), ("无证", 1, 7)]


def test_undo_leaves_a_parent_whose_line_was_changed_since(admin, visit):
    url, _page = looked_at(admin, ["春季检查", "东河镇", "积水", 5], ["秋季检查", "东河镇", "发霉", 3])
    admin.post(url)
    line = Fault.unscoped.get(text="积水")
    line.count = 6
    with change(SYSTEM, "visit.edit") as w:
        w.save(line)
    admin.post(f"{url}undo/")
    assert texts(visit) == [("积水", 6, 3)], "one version guards a parent and its lines"
    counts = Session.unscoped.get().counts
    assert (counts["left"], counts["retired"]) == (1, 1)


# -- rights --------------------------------------------------------------------------------------------
def test_the_rights_are_those_of_the_parent(admin, visit, cast):
    with change(SYSTEM, "visit.create") as w:
        theirs = Visit(title="邻县检查", place=cast.other_county)
        w.save(theirs)
        w.save(Fault(visit=theirs, text="秘密", sort=1))
    url, page = looked_at(
        admin,
        ["邻县检查", "邻演示县", "公开", 1],
        ["邻县检查", "邻演示县", "过期", 1],
        ["秋季检查", "东河镇", "发霉", 1],
    )
    assert kinds(page) == {2: "error", 3: "error", 4: "new"} and "秘密" not in page.content.decode()
    admin.post(url)
    assert texts(theirs) == [("秘密", 1, 1)] and Visit.unscoped.filter(title="邻县检查").count() == 1
    assert texts(visit_of("秋季检查")) == [("发霉", 1, 1)]


def test_a_visit_moved_to_the_neighbour_after_the_preview_stays_as_it_is(admin, visit, cast):
    url, _page = looked_at(admin, ["春季检查", "东河镇", "积水", 5], B)
    visit.place = cast.other_county
    with change(SYSTEM, "visit.edit") as w:
        w.save(visit)
    admin.post(url)
    assert texts(visit) == [("积水", 2, 3), ("无证", 1, 7)]
    assert set(SessionRow.unscoped.values_list("kind", flat=True)) == {"refused"}


def test_who_may_not_import_sees_nothing_of_it(visit, cast):
    client = Client()
    client.force_login(cast.users["shianban"])
    assert client.get("/visits/import/").status_code == 403


def test_a_masked_value_that_comes_back_is_no_change(admin, visit, monkeypatch):
    with change(SYSTEM, "visit.edit") as w:
        line = Fault.unscoped.get(text="积水")
        line.person = "王小明"
        w.save(line)
    monkeypatch.setattr("shian.kernel.lines.sheet.sees_personal", lambda actor, obj: False)
    head = [*HEAD, "责任人"]
    page = looked_at(admin, [*A, "王*明"], [*B, ""], head=head)[1]
    assert kinds(page) == {2: "same", 3: "same"}


@pytest.fixture
def neighbour(visit, cast):
    """西岭's clerk, who also administers the neighbouring county."""
    user, admin = cast.users["xiling"], Role.unscoped.get(code="admin")
    people.grant(actor=SYSTEM, user=user, role=admin, places=[cast.other_county])
    client = Client()
    client.force_login(user)
    return client


def test_each_county_writes_its_own_lines(neighbour, visit, cast):
    with change(SYSTEM, "visit.create") as w:
        theirs = Visit(title="邻县检查", place=cast.other_county)
        w.save(theirs)
        w.save(Fault(visit=theirs, text="旧账", sort=1))
    url, page = looked_at(
        neighbour,
        ["邻县检查", "邻演示县", "旧账", 7],
        ["春季检查", "东河镇", "油污", 1],
        ["春季检查", "东河镇", "积水", 1],
    )
    assert kinds(page) == {2: "changed", 3: "error", 4: "error"}
    neighbour.post(url)
    assert texts(theirs) == [("旧账", 7, 1)]
    assert (
        texts(visit) == [("积水", 2, 3), ("无证", 1, 7)]
        and Visit.unscoped.filter(title="春季检查").count() == 1
    )


# -- large sheets, templates ---------------------------------------------------------------------------
def test_a_job_writes_what_a_request_writes(admin, visit, monkeypatch):
    monkeypatch.setattr("shian.kernel.imports.session.INLINE", 3)
    monkeypatch.setattr(check, "CHUNK", 2)
    rows = [[f"第{n}次", "东河镇", f"问题{k}", k] for n in range(3) for k in (1, 2)]
    url = upload(admin, *rows, ["春季检查", "东河镇", "无证", 1])
    preview(admin, url)
    run_worker(once=True)
    assert Session.unscoped.get().counts == {"new": 3, "changed": 1, "gone": 1}
    admin.post(url)
    run_worker(once=True)
    assert [t[:2] for t in texts(visit_of("第2次"))] == [("问题1", 1), ("问题2", 2)]
    assert texts(visit) == [("无证", 1, 7)]


def test_a_refusal_while_writing_refuses_one_group(admin, visit, monkeypatch):
    """What only the writing finds out: the chunk is worked off parent by parent."""
    url, _page = looked_at(
        admin,
        ["秋季检查", "东河镇", "发霉", 1],
        ["秋季检查", "东河镇", "过期", 1],
        ["春季检查", "东河镇", "积水", 5],
    )
    stored = SheetLines._store

    def refusing(self, w, gone, lines):
        if any(line.text == "过期" for line in lines):
            raise ValidationError("过期的不收")
        return stored(self, w, gone, lines)

    monkeypatch.setattr(SheetLines, "_store", refusing)
    admin.post(url)
    rows = {r.number: (r.kind, "".join(e[2] for e in r.errors)) for r in SessionRow.unscoped.all()}
    assert rows == {
        2: ("refused", "未写入：过期的不收"),
        3: ("refused", "未写入：过期的不收"),
        4: ("changed", ""),
    }
    assert not Visit.unscoped.filter(title="秋季检查").exists() and texts(visit) == [("积水", 5, 3)]


def test_a_template_with_lines_has_their_headings(admin, visit):
    link = "/visits/import/template.xlsx?lines=findings"
    assert link in admin.get("/visits/import/").content.decode()
    book = openpyxl.load_workbook(io.BytesIO(b"".join(admin.get(link).streaming_content))).active
    assert [c.value for c in book[1]] == [
        "检查名称",
        "区域",
        "单位",
        "状态",
        "问题",
        "数量",
        "责任单位",
        "责任人",
    ]
    plain = openpyxl.load_workbook(
        io.BytesIO(b"".join(admin.get(link.partition("?")[0]).streaming_content))
    ).active
    assert [c.value for c in plain[1]] == ["检查名称", "区域", "单位", "状态"]


class Again(Children):
    """The same lines under a second name."""

    def relation(self, resource):
        return resource.model._meta.get_field("findings")

    def check(self, resource):
        """The name is no relation."""


def test_two_kinds_of_lines_in_one_sheet_are_refused(admin, visit, monkeypatch):
    second = Again("others", fields=("person",))
    twice = dataclasses.replace(VISITS, features=(*VISITS.features, second))
    monkeypatch.setitem(registry._resources, "visits", twice)
    url = upload(admin, A)
    answer = admin.post(
        url,
        {"column_0": "title", "column_1": "place", "column_2": "findings.text", "column_3": "others.person"},
        follow=True,
    )
    assert Session.unscoped.get().state == "mapping" and "只能带一种明细" in answer.content.decode()
