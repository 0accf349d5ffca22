"""What apps declare: put together in the order of the settings, and checked when the server starts."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.core.checks import run_checks
from django.core.management import CommandError, call_command

from shian.kernel import app as declared
from shian.kernel.app import Item, Part
from shian.kernel.people.roles import load_roles, starter
from shian.kernel.scopes.models import Role
from shian.site.cli import main

NAV = {"section": "work", "label": "演练", "url_name": "jobs", "icon": "bell"}


@pytest.fixture
def ledgers():
    return next(a for a in declared.installed() if a.label == "ledgers")


@pytest.fixture
def jobs():
    return next(a for a in declared.installed() if a.label == "jobs")


def faults():
    return [m.msg for m in run_checks() if m.id and m.id.startswith("shian.")]


def test_the_installed_apps_declare_nothing_that_is_not_there():
    assert faults() == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"icon": "no-such-icon"}, "图标 'no-such-icon' 不在"),
        ({"section": "nowhere"}, "栏目 'nowhere' 不存在"),
        ({"permission": "drill.dance"}, "权限 'drill.dance' 没有声明"),
        ({"url_name": "no-such-page"}, "地址 'no-such-page' 不存在"),
        ({"url_name": "listing:list", "args": ("no-such-ledger",)}, "地址 'listing:list no-such-ledger' 不存在"),
    ],
)
def test_a_line_of_the_navigation_that_leads_nowhere_is_named(jobs, monkeypatch, wrong, said):
    monkeypatch.setattr(jobs, "nav", (Item(**NAV | wrong),))
    assert len(faults()) == 1
    assert faults()[0].startswith("应用 jobs：导航“演练”") and said in faults()[0]


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (Part("admin", ("job.mange",)), "应用 jobs：角色 'admin' 的权限 'job.mange' 不对应"),
        (Part("admin", ("nosuch.*",)), "应用 jobs：角色 'admin' 的权限 'nosuch.*' 不对应"),
        (Part("adnim", ("job.manage",)), "应用 jobs：角色 'adnim' 没有名称"),
        (Part("admin", ("job.manage",), "管理者"), "应用 ledgers：角色 'admin' 又名 '系统管理员'，已定义为 '管理者'"),
    ],
)
def test_a_role_or_permission_that_does_not_exist_is_named(jobs, monkeypatch, part, said):
    monkeypatch.setattr(jobs, "roles", (part,))
    assert len(faults()) == 1 and faults()[0].startswith(said)


@pytest.mark.parametrize("wrong", [{"demo": "nodemo.load"}, {"demo": "actions.nothing"}, {"inbox": ("pages.nothing",)}])
def test_a_function_that_does_not_exist_is_named(jobs, monkeypatch, wrong):
    for name, value in wrong.items():
        monkeypatch.setattr(jobs, name, value)
    assert len(faults()) == 1 and faults()[0].startswith("应用 jobs：函数 ")


def test_a_page_of_the_manual_that_does_not_exist_is_named(jobs, monkeypatch):
    monkeypatch.setattr(jobs, "manual", ("manual/none.md",))
    assert faults() == ["应用 jobs：手册页 'none.md' 不存在"]


@pytest.mark.parametrize("command", [["serve"], ["migrate"], ["check"]])
def test_serve_migrate_and_check_say_it_in_one_line(db, jobs, monkeypatch, command, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(jobs, "nav", (Item(**NAV | {"icon": "no-such-icon"}),))
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 1
    assert "应用 jobs：导航“演练”的图标 'no-such-icon' 不在 ui/icons.svg 中" in done.output
    assert "Traceback" not in done.output
    with pytest.raises(CommandError, match="no-such-icon"):
        call_command("check")


def test_parts_of_a_role_are_put_together_once_each(jobs, ledgers, monkeypatch):
    monkeypatch.setattr(declared, "installed", lambda: [jobs, ledgers])
    monkeypatch.setattr("shian.kernel.people.roles.installed", lambda: [jobs, ledgers])
    monkeypatch.setattr(jobs, "roles", (Part("a", ("job.manage", "unit.view")), Part("b", ("job.cancel",), "乙")))
    monkeypatch.setattr(ledgers, "roles", (Part("a", ("unit.view", "unit.edit"), "甲"),))
    assert starter() == {
        "a": ("甲", ["job.manage", "unit.view", "unit.edit"]),
        "b": ("乙", ["job.cancel"]),
    }


def test_loading_roles_brings_them_up_to_date_and_adds_none_twice(db, jobs, monkeypatch):
    before = Role.unscoped.count()
    monkeypatch.setattr(jobs, "roles", (*jobs.roles, Part("driller", ("unit.view",), "演练员")))
    for _twice in range(2):
        load_roles()
    assert Role.unscoped.count() == before + 1
    assert Role.unscoped.get(code="driller").permissions == ["unit.view"]
    assert "job.manage" in Role.unscoped.get(code="admin").permissions


SRC = Path(declared.__file__).parents[1]


def test_nothing_below_the_apps_names_one():
    """An app is known by its line in the settings and by nothing else."""
    apps = [p.name for p in (SRC / "apps").iterdir() if (p / "apps.py").is_file()]
    if not apps:
        return  # the delete test runs this, too
    named = re.compile("|".join(rf"\bapps[./]{n}\b|[\"']{n}[.:]" for n in apps))
    guilty = [
        f"{path.relative_to(SRC)}:{n}"
        for folder in ("kernel", "site")
        for path in sorted((SRC / folder).rglob("*"))
        if path.suffix in {".py", ".html", ".yaml", ".js"}
        for n, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if named.search(line) and line.strip() not in {f'"shian.apps.{n}",' for n in apps}
    ]
    assert guilty == []
