"""Tags, deadlines, navigation and the committed front end."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from hypothesis import given, settings
from hypothesis import strategies as st

from shian.kernel.app import Item
from shian.kernel.scopes import Actor
from shian.kernel.ui import context, deadlines, nav, rows, samples
from shian.kernel.ui.templatetags import ui

UI = Path(ui.__file__).parents[1]
SRC = UI.parents[1]
TODAY = dt.date(2026, 11, 20)
BUILT = UI / "static" / "ui"


def render(text: str, **values) -> str:
    return Template("{% load ui %}" + text).render(Context({"today": TODAY, **values}))


@pytest.mark.parametrize(
    ("days", "done", "text", "tone"),
    [
        (-3, None, "逾期 3 天", "danger"),
        (0, None, "今日到期", "danger"),
        (3, None, "剩 3 天", "warning"),
        (7, None, "剩 7 天", "info"),
        (8, None, "剩 8 天", "neutral"),
        (-3, TODAY - dt.timedelta(3), "按期完成", "success"),
        (-3, TODAY, "逾期 3 天完成", "warning"),
    ],
)
def test_deadline_says_what_remains(days, done, text, tone):
    verdict = deadlines.judge(TODAY + dt.timedelta(days), TODAY, done=done)
    assert (verdict.text, verdict.tone) == (text, tone)


@given(st.integers(-400, 400), st.none() | st.integers(0, 200))
@settings(deadline=None, max_examples=60)
def test_deadline_is_never_told_by_colour_alone(days, working_days):
    verdict = deadlines.judge(TODAY + dt.timedelta(days), TODAY, working_days=working_days)
    assert verdict.text and verdict.icon
    assert (verdict.tone == "danger") == (days <= 0)


def test_working_days_are_named_as_such():
    assert "剩 5 个工作日" in render("{% due date None 5 %}", date=TODAY + dt.timedelta(7))


@given(st.text(max_size=30), st.text(max_size=5))
@settings(deadline=None, max_examples=100)
def test_marking_a_match_never_lets_markup_through(text, query):
    shown = ui.marked(text, query)
    bare = shown.replace("<mark>", "").replace("</mark>", "")
    assert "<" not in bare and ">" not in bare


@pytest.mark.parametrize(
    "tag", ["{% chip bad %}", "{% state bad %}", "{% unit bad bad %}", "{% progress 5 10 '' bad %}"]
)
def test_tags_escape_what_they_show(tag):
    assert "<script" not in render(tag, bad='"><script>alert(1)</script>')


def test_qr_is_readable_markup_without_styles():
    svg = ui.qr("http://example.test/t/37?a=1&b=2")
    assert svg.startswith("<svg") and "style=" not in svg and "viewBox" in svg


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://a.gov.cn/t/37/", "https://a<wbr>.gov<wbr>.cn/<wbr>t/<wbr>37/"),
        ("JY1<b>", "JY1&lt;b&gt;"),
    ],
)
def test_an_address_breaks_after_a_slash_and_before_a_dot(address, shown):
    assert ui.wrappable(address) == shown


def test_number_tells_what_the_viewer_may_not_see():
    shown = ui.number(312, "/rows/", "条", 47)
    assert 'href="/rows/"' in shown and "您可查看 47 条" in shown


def test_address_tags_keep_the_other_filters():
    request = RequestFactory().get("/", {"q": "牛肉", "page": "3", "state": ["a", "b"]})
    assert ui.url_with({"request": request}, page=4).count("state=") == 2
    hidden = ui.keep_params({"request": request}, "q page")
    assert hidden.count("<input") == 2 and "牛肉" not in hidden


def test_navigation_shows_what_the_actor_may_open(monkeypatch):
    items = [
        Item("work", "登录", "account_login"),
        Item("work", "退出", "account_logout", permission="unit.edit"),
    ]
    monkeypatch.setattr(nav, "declared", lambda: items)
    request = RequestFactory().get("/accounts/login/")
    request.actor = Actor(user_id=1, name="无授权")
    sections = nav.build(request)
    assert [(line["label"], line["current"]) for line in sections[0]["lines"]] == [("登录", True)]


def test_unknown_look_falls_back_to_the_default():
    request = RequestFactory().get("/")
    request.COOKIES = {"shian_theme": "dark", "shian_print": "<script>"}
    assert context.look(request) == {"theme": "dark", "print": "normal", "nav": "open"}


@pytest.mark.parametrize("name", list(samples.PAGES))
@pytest.mark.urls("tests.browser.ui_urls")
def test_every_sample_renders_without_inline_code(name, rf):
    from django.contrib.auth.models import AnonymousUser
    from django.shortcuts import render as page

    request = rf.get(f"/ui/styleguide/{name}/")
    request.user = AnonymousUser()
    template, values = samples.PAGES[name](request)
    text = page(request, template, {"pages": list(samples.PAGES), **values}).content.decode()
    assert not re.search(r"\sstyle=|\son[a-z]+=\"|<style|javascript:", text)
    assert not re.search(r"<script(?![^>]*(src=|type=\"application/json\"))", text)


def templates() -> list[Path]:
    return [p for p in SRC.rglob("*.html") if "templates" in p.parts]


def test_every_icon_named_anywhere_is_in_the_sprite():
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (BUILT / "icons.svg").read_text()))
    named = {
        (path.name, icon)
        for path in templates()
        for icon in re.findall(r'{% icon "([\w-]+)"|icon_name="([\w-]+)"', path.read_text("utf-8"))
        for icon in icon
        if icon
    }
    named |= {
        (path.name, icon)
        for path in SRC.rglob("*.py")
        for icon in re.findall(r'["\']?icon["\']?[:=] ?"([\w-]+)"', path.read_text("utf-8"))
    }
    named |= {("navigation", item.icon) for item in nav.declared()}
    assert {pair for pair in named if pair[1] not in drawn} == set()


def test_no_template_carries_a_style_or_a_script():
    found = [
        str(path)
        for path in templates()
        if re.search(
            r'\sstyle="|<style|\son(click|change|submit|load|input)="|hx-on', path.read_text("utf-8")
        )
    ]
    assert found == []


def test_stylesheet_uses_nothing_younger_than_chromium_86():
    css = (BUILT / "shell.css").read_text("utf-8")
    for feature in (
        ":has(",
        ":is(",
        ":where(",
        "color-mix(",
        "@container",
        "@layer",
        "light-dark(",
        ";inset:",
        "data:",
    ):
        assert feature not in css, feature


def test_what_is_vendored_names_its_licence():
    text = (BUILT / "LICENSES.txt").read_text("utf-8")
    for name in ("bootstrap 5", "htmx.org 2", "@alpinejs/csp 3", "echarts 6", "@tabler/icons 3", "zrender"):
        assert name in text


@pytest.mark.django_db
def test_error_pages_are_chinese_and_say_what_to_do(client):
    from django.template.loader import render_to_string

    for status in (400, 403, 404, 429, 500):
        text = render_to_string(f"{status}.html", {"request_id": "abc123"})
        assert str(status) in text and "<li>" in text and 'lang="zh' in text
    assert "abc123" in render_to_string("500.html", {"request_id": "abc123"})


@pytest.mark.urls("tests.browser.ui_urls")
def test_look_is_switched_without_scripts_and_never_leads_elsewhere(client):
    answer = client.post("/ui/appearance/", {"name": "theme", "next": "https://example.test/"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.cookies["shian_theme"].value == "dark"
    client.post("/ui/appearance/", {"name": "theme", "next": "/"})
    assert client.cookies["shian_theme"].value == "light"
    assert client.post("/ui/appearance/", {"name": "admin"}).status_code == 404


def test_table_body_escapes_and_draws_by_kind():
    nasty = '"><script>alert(1)</script>'
    cells = [
        {"label": "任务", "text": nasty, "kind": "long"},
        {"label": "状态", "text": "已退回", "kind": "state", "value": "returned"},
        {"label": "时限", "text": TODAY - dt.timedelta(2), "kind": "due"},
        {"label": "进度", "text": 40, "kind": "progress"},
        {"label": nasty, "text": None, "kind": "text"},
    ]
    shown = rows.body([{"pk": 7, "url": f"/t/{nasty}", "cells": cells}], TODAY, pick=True)
    assert "<script" not in shown and 'value="7"' in shown
    assert "chip-danger" in shown and "逾期 2 天" in shown and 'value="40"' in shown
    assert shown.count("<td") == 6 and 'kind-text blank">' in shown


def test_a_finished_row_is_never_overdue():
    late = {"label": "时限", "text": "2026-01-01", "value": dt.date(2026, 1, 1), "kind": "due"}
    for settled in (False, True):
        shown = rows.body([{"pk": 1, "url": "", "cells": [late], "settled": settled}], TODAY)
        assert ("逾期" in shown) == (not settled) and "2026-01-01" in shown


def test_nothing_chosen_is_said_in_words():
    class Form(forms.Form):
        kind = forms.ChoiceField(choices=[("", "---------"), ("a", "甲")], required=False)

        known = forms.NullBooleanField()

    shown = ui.control(Form()["kind"]) + ui.control(Form()["known"])
    assert "请选择" in shown and "---" not in shown and "不限" in shown


@pytest.mark.parametrize(
    ("second", "title"),
    [({"kind": "title"}, "乙"), ({"kind": "text", "url": "/t/1"}, "乙"), ({"kind": "text"}, "甲")],
)
def test_one_cell_of_a_row_is_its_title_and_links_to_it(second, title):
    cells = [{"label": "序号", "text": "甲"}, {"label": "任务", "text": "乙", **second}]
    shown = rows.body([{"pk": 1, "url": "/t/1", "cells": cells}], TODAY)
    assert re.findall(r' title">(.*?)</td>', shown) == [f'<a href="/t/1">{title}</a>']
    assert shown.count("<a ") == 1


def test_a_paused_deadline_counts_nothing():
    for days in (-3, 0, 2, 40):
        verdict = deadlines.judge(TODAY + dt.timedelta(days), TODAY, paused=True)
        assert (verdict.text, verdict.tone, verdict.icon) == ("已暂停", "neutral", "clock-pause")
    assert deadlines.judge(TODAY, TODAY, done=True, paused=True).text == "按期完成"
