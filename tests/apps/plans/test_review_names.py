"""Names of the document and the units they mean: chosen, remembered, created in place."""

import json

import pytest
from django.utils import timezone

from shian.apps.plans.models import Draft
from shian.kernel.changes.writer import change
from shian.kernel.people.models import Unit, UnitAlias
from shian.kernel.scopes import SYSTEM, system

from .review_steps import draft_of


def index_of(draft: Draft, name: str) -> int:
    return next(n for n, p in enumerate(draft.parties) if p["name"] == name)


def test_names_without_a_unit_are_counted_and_marked(strange_page, strange):
    html = strange_page.client.get(f"/documents/{strange.pk}/review/").content.decode()
    assert "未识别单位 2" in html and "演示火车站" in html
    draft = draft_of(strange, "（二）")
    assert "1个单位名称未识别" in html and f'data-id="{draft.pk}"' in html
    assert html.count('data-flags="pending problem"') == 2


def test_chosen_unit_is_remembered_and_applied_to_every_item(cast, strange_page, strange):
    draft = draft_of(strange, "（二）")
    unit = cast.units["交通运输局"]
    at = index_of(draft, "演示火车站")
    status, answer = strange_page("resolve", draft, index=at, choice=f"u:{unit.pk}")
    assert status == 200 and len(answer["items"]) == 2 and "另有1条" in answer["message"]
    assert UnitAlias.unscoped.get(name="演示火车站").unit == unit
    assert draft_of(strange, "（四）").parties[0]["unit_id"] == unit.pk


def test_set_stays_a_set(strange_page, strange):
    draft = draft_of(strange, "（二）")
    assert strange_page("resolve", draft, index=index_of(draft, "演示火车站"), choice="s:townships")[0] == 200
    draft.refresh_from_db()
    assert draft.parties[index_of(draft, "演示火车站")]["set"] == "townships"


def test_unit_is_created_in_place(cast, strange_page, strange):
    draft = draft_of(strange, "（二）")
    at = index_of(draft, "演示火车站")
    assert strange_page("resolve", draft, index=at, choice="new:other")[0] == 200
    made = Unit.unscoped.get(name="演示火车站")
    assert made.place == cast.county and made.kind == "other"
    draft.refresh_from_db()
    assert draft.parties[at]["unit_id"] == made.pk


def test_a_name_with_unseen_characters_becomes_no_unit(strange_page, strange):
    draft = draft_of(strange, "（二）")
    at = index_of(draft, "演示火车站")
    with system("arranged by the test"):
        draft.parties[at]["name"] = "演示\u200b火车站"
        Draft.unscoped.filter(pk=draft.pk).update(parties=draft.parties)
    status, answer = strange_page("resolve", draft, index=at, choice="new:department")
    assert status == 422 and "看不见的字符（U+200B）" in json.dumps(answer, ensure_ascii=False)
    assert not Unit.unscoped.filter(name__contains="火车站").exists()


def test_all_missing_units_are_created_at_once(cast, strange_page, strange):
    status, answer = strange_page("units")
    assert status == 200 and 'data-unknown="0"' in answer["head"]
    assert set(Unit.unscoped.filter(name__in=["演示火车站", "县数据局"]).values_list("place", flat=True)) == {
        cast.county.pk
    }


@pytest.mark.parametrize("choice", ["u:999999", "s:everybody", "new:palace", "", "u:x"])
def test_unknown_choice_is_refused(strange_page, strange, choice):
    draft = draft_of(strange, "（二）")
    status, answer = strange_page("resolve", draft, index=0, choice=choice)
    assert status == 422 and answer["error"]
    assert strange_page("resolve", draft, index=77, choice="s:members")[0] == 422


def test_candidates_come_with_their_reason(strange_page, strange):
    answer = strange_page.client.get(
        f"/documents/{strange.pk}/review/candidates/", {"name": "县食品药品监督管理局"}
    ).json()
    assert "市场监督管理局" in answer["candidates"][0]["name"] and answer["candidates"][0]["reason"]
    kinds = {
        name: strange_page.client.get(f"/documents/{strange.pk}/review/candidates/", {"name": name}).json()[
            "kind"
        ]
        for name in ("老王坡管委会", "县委宣传部", "县数据局", "某某食品有限公司")
    }
    assert kinds == {
        "老王坡管委会": "township",
        "县委宣传部": "party",
        "县数据局": "department",
        "某某食品有限公司": "business",
    }


# -- many units: the kernel's choice service ----------------------------------------------------------
@pytest.fixture
def many_units(cast):
    """560 more bodies of the county, one of a neighbour and a business: neither may be meant here."""
    rows = [Unit(name=f"演示县第{n}专班", kind="department", place=cast.county) for n in range(560)]
    rows.append(Unit(name="演示县第7专班食堂", kind="business", place=cast.county))
    rows.append(Unit(name="邻演示县第7专班", kind="department", place=cast.other_county))
    for at in range(0, len(rows), 100):  # more at once are indexed by a job
        with change(SYSTEM, "unit.save") as w:
            w.save_all(rows[at : at + 100])
    return rows


def sent(page, document) -> dict:
    html = page.client.get(f"/documents/{document.pk}/review/").content.decode()
    return json.loads(html.split('id="review-choices" type="application/json">')[1].split("</script>")[0])


def test_few_units_stand_in_the_page_and_many_are_asked_for(cast, strange_page, strange, many_units):
    many = sent(strange_page, strange)
    assert many["units"] == [] and many["ask"] and len(many["sets"]) == 4
    with system("the county has few units"):
        Unit.unscoped.filter(pk__in=[u.pk for u in many_units]).update(retired_at=timezone.now())
    few = sent(strange_page, strange)
    assert few["ask"] == "" and {u["name"] for u in few["units"]} >= {"演示县公安局", "东河镇人民政府"}


def test_the_service_offers_the_units_a_document_may_name_by_name_and_pinyin(cast, strange_page, strange, many_units, sign_in):
    ask = sent(strange_page, strange)["ask"]

    def found(q: str, who: str = "shianban") -> list[str]:
        answer = sign_in(who).get(ask, {"of": ask.partition("of=")[2], "q": q})
        assert answer.status_code == 200
        return [row["text"] for row in answer.json()["results"]]

    assert len(found("专班")) == 20 and len(found("")) == 20
    assert found("第7专班")[0] == "演示县第7专班" and "食堂" not in "".join(found("第7专班食堂"))
    assert "演示县交通运输局" in found("ysxjtysj") and found("邻演示县第7专班") == []
    for stranger in ("shichangju", "shishianban"):  # they read the plan or its place, and review nothing
        assert sign_in(stranger).get(ask).status_code == 404
    for wrong in ("plans.review:999999", "plans.review:x", "plans.review:" + "9" * 40, "plans.other:1", "plans.review:"):
        assert sign_in("shianban").get("/choices/people.unit/", {"of": wrong}).status_code == 404
    assert sign_in("shianban").get("/choices/people.user/", {"of": f"plans.review:{strange.pk}"}).status_code == 404


def test_a_unit_that_is_not_offered_cannot_be_chosen(cast, strange_page, strange, many_units):
    draft = draft_of(strange, "（二）")
    at = index_of(draft, "演示火车站")
    for unit in many_units[-2:]:
        assert strange_page("resolve", draft, index=at, choice=f"u:{unit.pk}")[0] == 422
    assert strange_page("resolve", draft, index=at, choice=f"u:{many_units[0].pk}")[0] == 200
