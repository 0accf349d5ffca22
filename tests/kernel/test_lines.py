"""Children in their parent's form: written together, guarded together, refused together."""

import dataclasses
import io
import re

import openpyxl
import pytest
from tests.bench_app.models import Fault, Visit
from tests.bench_app.resources import LINES, VISITS
from tests.cast import client_of

from shian.kernel.changes.models import Change
from shian.kernel.changes.writer import change
from shian.kernel.lines.feature import Children
from shian.kernel.resources.forms import ResourceForm
from shian.kernel.scopes import SYSTEM, system


@pytest.fixture(autouse=True)
def other(cast):
    """Another visit, of 西岭, with 鼠迹."""
    row = Visit(title="夏季检查", place=cast.places["西岭镇"])
    with change(SYSTEM, "visit.create") as w:
        w.save(row)
        w.save(Fault(visit=row, text="鼠迹", person="王小明"))
    return row


def finding(text: str) -> Fault:
    return Fault.unscoped.get(text=text)


def posted(visit: Visit, *lines: dict, **more) -> dict:
    """What a browser sends: each of ``lines`` has id, text, and what differs from one count and no order."""
    data = {"title": visit.title, "place": visit.place_id, "state": visit.state, "version": visit.version,
            "findings-count": len(lines)} | more  # fmt: skip
    for n, line in enumerate(lines):
        row = {"id": "", "order": n, "remove": "", "count": 1, "unit": "", "person": ""} | line
        data |= {f"findings-{n}-{name}": value for name, value in row.items()}
    return data


def texts(visit: Visit) -> list[tuple]:
    rows = Fault.unscoped.live().filter(visit=visit).order_by("sort")
    return list(rows.values_list("text", "count"))


def stored(visit: Visit, cast, *lines: dict, **more):
    return client_of(cast).post(f"/visits/{visit.pk}/edit/", posted(visit, *lines, **more))


# -- the form ------------------------------------------------------------------------------------------
def test_a_new_parent_is_stored_with_its_lines(visit, cast):
    new = Visit(title="秋季检查", place=cast.places["东河镇"])
    data = posted(new, {"text": "发霉", "count": 3}, {"text": ""}, {"text": "过期"})
    del data["version"]
    assert client_of(cast).post("/visits/new/", data).status_code == 302
    assert texts(Visit.unscoped.get(title="秋季检查")) == [("发霉", 3), ("过期", 1)], (
        "a blank line is no line"
    )


def test_lines_are_added_changed_removed_and_ordered_in_one_batch(visit, cast):
    answer = stored(
        visit, cast,
        {"id": finding("积水").pk, "text": "积水", "count": 5, "order": 2},
        {"id": finding("无证").pk, "text": "无证", "remove": "1", "order": 0},
        {"text": "油污", "order": 1},
    )  # fmt: skip
    assert answer.status_code == 302
    assert texts(visit) == [("油污", 1), ("积水", 5)]
    assert finding("无证").retired_at is not None
    visit.refresh_from_db()
    assert visit.version == 2, "a child that changes raises the version of its parent"
    written = Change.unscoped.filter(batch__isnull=False)
    assert len(set(written.values_list("batch", flat=True))) == 1
    assert {c.object_label for c in written} == {"春季检查", "积水", "无证", "油污"}
    page = client_of(cast).get(f"/visits/{visit.pk}/").content.decode()
    changes = page[page.index('id="panel-changes"') :]
    assert "问题样例：积水" in changes and "<del>2</del> <ins>5</ins>" in changes, (
        "the change tab tells of the lines"
    )


def test_nothing_changed_is_no_change(visit, cast):
    same = [
        {"id": finding("积水").pk, "text": "积水", "count": 2},
        {"id": finding("无证").pk, "text": "无证"},
    ]
    assert stored(visit, cast, *same).status_code == 302  # positions 3 and 7 become 1 and 2
    visit.refresh_from_db()
    before, version = Change.unscoped.count(), visit.version
    assert stored(visit, cast, *same).status_code == 302
    visit.refresh_from_db()
    assert visit.version == version and Change.unscoped.count() == before


def test_an_older_page_overwrites_nothing(visit, cast):
    line = {"id": finding("积水").pk, "text": "积水", "count": 9}
    assert stored(visit, cast, line).status_code == 302
    late = stored(visit, cast, line | {"count": 7})
    assert late.status_code == 409 and 'value="7"' in late.content.decode(), "what was typed stays"
    assert texts(visit)[0] == ("积水", 9)


def test_a_line_the_page_does_not_name_is_left_alone(visit, cast):
    assert stored(visit, cast, {"text": "油污"}).status_code == 302
    assert {t for t, _n in texts(visit)} == {"积水", "无证", "油污"}


def test_a_child_of_another_parent_is_refused_and_not_written(visit, cast):
    answer = stored(visit, cast, {"id": finding("鼠迹").pk, "text": "改写", "count": 9})
    assert answer.status_code == 422 and "第 1 行不属于这条记录" in answer.content.decode()
    assert finding("鼠迹").count == 1 and not Fault.unscoped.filter(text="改写").exists()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"text": ""}, "该字段是必填项"),
        ({"text": "长" * 61}, "60"),
        ({"text": "甲", "count": "-1"}, "0"),
        ({"text": "甲", "count": "9" * 40}, "9"),
        ({"text": "甲", "count": "²"}, "整数"),
        ({"text": "积水"}, "第 2 行与已有的“积水”重复"),
        ({"text": "甲", "unit": "999999"}, "没有选定"),
    ],
)
def test_a_wrong_line_is_said_and_nothing_is_written_or_lost(visit, cast, line, words):
    answer = stored(visit, cast, {"text": "油污", "person": "李四"}, {"count": 3} | line)
    page = answer.content.decode()
    assert answer.status_code == 422 and words in page and 'value="油污"' in page and 'value="李四"' in page
    assert texts(visit) == [("积水", 2), ("无证", 1)]


def test_the_summary_counts_the_faults_of_the_lines_and_leads_to_them(visit, cast):
    page = stored(visit, cast, {"text": "油污"}, {"text": "", "count": "-1"}, title="").content.decode()
    summary = page[page.index("error-summary") : page.index("form-section")]
    assert "有 3 处需要修改" in summary
    links = re.findall(r'<a href="#([^"]+)">([^<]+)</a>', summary)
    assert links == [("id_title", "检查名称"), ("id_findings-1-text", "问题样例 第 2 行 问题"),
                     ("id_findings-1-count", "问题样例 第 2 行 数量")]  # fmt: skip
    assert all(f'id="{at}"' in page for at, _label in links)


def test_the_summary_stands_where_only_lines_are_wrong_and_tells_of_the_list_itself(visit, cast):
    page = stored(visit, cast, {"text": "积水"}).content.decode()
    summary = page[page.index("error-summary") : page.index("form-section")]
    assert "有 1 处需要修改" in summary and 'href="#id_findings-0-text">问题样例 第 1 行<' in summary
    page = stored(visit, cast, {"text": "油污"}, **{"findings-count": "x"}).content.decode()
    assert 'href="#lines-findings">问题样例<' in page and 'id="lines-findings"' in page


def faster(monkeypatch, visit: Visit) -> None:
    """A rival adds the line 油污 after the parent's form was checked."""
    checks = ResourceForm._post_clean

    def checked(form):
        checks(form)
        with system("the rival was faster"):
            Fault.unscoped.get_or_create(visit=visit, text="油污", defaults={"count": 9})

    monkeypatch.setattr(ResourceForm, "_post_clean", checked)


def test_a_line_that_another_added_meanwhile_is_said_at_its_field(visit, cast, monkeypatch):
    faster(monkeypatch, visit)
    answer = stored(visit, cast, {"text": "霉变"}, {"text": "油污", "person": "李四"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "问题为“油污”的问题样例" in page and 'value="李四"' in page
    assert 'href="#id_findings-1-text"' in page and "one_live" not in page
    assert finding("油污").count == 9 and not Fault.unscoped.filter(text="霉变").exists()


def test_the_api_names_the_line_that_another_added_meanwhile(visit, cast, monkeypatch):
    faster(monkeypatch, visit)
    answer = patch(cast, visit, [{"id": finding("积水").pk}, {"text": "油污"}])
    assert answer.status_code == 409 and "油污" in answer.json()["errors"]["findings[1].text"][0]
    assert texts(visit)[-2:] == [("积水", 2), ("无证", 1)]


def test_two_equal_lines_of_one_page_are_refused(visit, cast):
    answer = stored(visit, cast, {"text": "油污"}, {"text": "油污"})
    assert answer.status_code == 422 and "第 2 行与第 1 行重复" in answer.content.decode()


def test_more_lines_than_allowed_are_refused(visit, cast):
    answer = stored(visit, cast, *({"text": f"问题{n}"} for n in range(21)))
    assert answer.status_code == 422 and "最多 20 行" in answer.content.decode() and len(texts(visit)) == 2


@pytest.mark.parametrize("count", ["-1", "x", "9" * 40, "²", "100000"])
def test_a_forged_count_is_refused(visit, cast, count):
    answer = stored(visit, cast, {"text": "油污"}, **{"findings-count": count})
    assert answer.status_code == 422 and len(texts(visit)) == 2


def test_who_may_not_edit_the_parent_may_not_edit_its_lines(visit, cast):
    data = posted(visit, {"id": finding("积水").pk, "text": "改写"})
    assert client_of(cast, "donghe").post(f"/visits/{visit.pk}/edit/", data).status_code in (403, 404)
    assert texts(visit)[0] == ("积水", 2)


@pytest.mark.parametrize(
    ("what", "order"),
    [("add", ["积水", "无证", ""]), ("up:1", ["无证", "积水"]), ("down:0", ["无证", "积水"]), ("up:0", ["积水", "无证"]),
     ("remove:7", ["积水", "无证"]), ("up:²", ["积水", "无证"]), ("nonsense", ["积水", "无证"])],
)  # fmt: skip
def test_without_script_the_buttons_bring_the_form_back_changed(visit, cast, what, order):
    lines = [
        {"id": finding("积水").pk, "text": "积水", "count": 8},
        {"id": finding("无证").pk, "text": "无证"},
    ]
    answer = stored(visit, cast, *lines, **{"findings-do": what})
    part = answer.context["parts"][0]
    assert answer.status_code == 422 and [line.form["text"].value() or "" for line in part.lines] == order
    assert 'value="8"' in answer.content.decode() and texts(visit)[0] == ("积水", 2), "nothing is written yet"


def test_enter_in_a_line_saves_and_moves_nothing(visit, cast):
    page = client_of(cast).get(f"/visits/{visit.pk}/edit/").content.decode()
    form = page[page.index("data-primary") :]
    first = form[form.index('type="submit"') - 60 : form.index('type="submit"')]
    assert "visually-hidden" in first, "the first submit button of a form is the one Enter presses"


# -- the API -------------------------------------------------------------------------------------------
def patch(cast, visit: Visit, findings, **more):
    body = {"version": visit.version, "findings": findings} | more
    return client_of(cast).patch(f"/api/v1/visits/{visit.pk}/", body, content_type="application/json")


def test_lines_are_nested_and_the_list_given_is_the_whole_list(visit, cast):
    got = client_of(cast).get(f"/api/v1/visits/{visit.pk}/").json()["findings"]
    assert [(f["text"], f["count"]) for f in got] == [("积水", 2), ("无证", 1)]
    answer = patch(cast, visit, [{"text": "油污"}, {"id": got[0]["id"], "count": 4}])
    assert answer.status_code == 200 and answer.json()["version"] == 2
    assert [(f["text"], f["count"]) for f in answer.json()["findings"]] == [("油污", 1), ("积水", 4)]
    assert finding("无证").retired_at is not None


def test_without_the_key_lines_stay(visit, cast):
    body = {"version": 1, "title": "改名"}
    client_of(cast).patch(f"/api/v1/visits/{visit.pk}/", body, content_type="application/json")
    assert len(texts(visit)) == 2


@pytest.mark.parametrize("findings", ["x", 3, {"text": "甲"}, [3], [{"id": "x"}], [{"id": True, "text": "甲"}], [{}],
                                      [{"text": {"a": 1}, "count": []}], [{"text": "甲", "count": 10**40}],
                                      [{"text": "甲"}, {"text": "甲"}]])  # fmt: skip
def test_malformed_lines_are_a_problem_and_not_an_error(visit, cast, findings):
    assert patch(cast, visit, findings).status_code == 400
    assert texts(visit) == [("积水", 2), ("无证", 1)]


def test_the_api_refuses_another_s_child_and_an_old_version(visit, cast):
    answer = patch(cast, visit, [{"id": finding("鼠迹").pk, "text": "改写"}])
    assert answer.status_code == 400 and "findings[0].id" in answer.json()["errors"]
    assert finding("鼠迹").count == 1
    assert patch(cast, visit, [{"text": "甲"}]).status_code == 200
    assert patch(cast, visit, [{"text": "乙"}]).status_code == 409


# -- export and declaration ----------------------------------------------------------------------------
def test_the_flat_export_has_a_line_a_child(visit, cast):
    with change(SYSTEM, "visit.create") as w:
        w.save(Visit(title="冬季检查", place=cast.places["东河镇"]))
    answer = client_of(cast).get("/visits/export.xlsx", {"lines": "findings"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = [[c if c is not None else "" for c in row] for row in sheet.iter_rows(values_only=True)]
    head = next(n for n, row in enumerate(rows) if "问题" in row)
    assert rows[head][-4:] == ["问题", "数量", "责任单位", "责任人"]
    assert [(r[0], r[-4], str(r[-3])) for r in rows[head + 1 :]] == [
        ("冬季检查", "", ""), ("夏季检查", "鼠迹", "1"), ("春季检查", "积水", "2"), ("春季检查", "无证", "1")
    ]  # fmt: skip
    assert "lines=findings" in client_of(cast).get("/visits/").content.decode()


@pytest.mark.parametrize("wrong", [Children("nothing", ("text",)), Children("findings", ("nothing",)),
                                   Children("findings", ("visit",)), Children("place", ("name",)),
                                   Children("findings", ("text",), sort="nothing")])  # fmt: skip
def test_a_declaration_that_does_not_fit_is_named(visit, wrong):
    with pytest.raises(ValueError, match="Children"):
        wrong.check(VISITS)


def test_a_child_scoped_elsewhere_is_refused(visit, monkeypatch):
    monkeypatch.setattr(Fault, "scope", dataclasses.replace(Fault.scope, place="unit__place__path"))
    with pytest.raises(ValueError, match="must follow 'visit'"):
        LINES.check(VISITS)
