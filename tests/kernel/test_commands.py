"""The commands a deployer runs, called in this process."""

import datetime as dt

import pytest
from click.testing import CliRunner
from django.utils import timezone

from shian.kernel.changes.models import Change
from shian.kernel.clock import actions as clock
from shian.kernel.clock.models import CalendarDay
from shian.kernel.day import today_is
from shian.kernel.jobs.actions import load_schedules
from shian.kernel.jobs.models import Job, Schedule
from shian.kernel.people.models import Unit, User
from shian.kernel.scopes import SYSTEM, system
from shian.site import demo
from shian.site.cli import main
from shian.site.commands import _django, check, serve


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


def shian(*args):
    return CliRunner().invoke(main, args)


def levels():
    return {item.name: item for item in check.look()}


@pytest.fixture
def ready(cast):
    clock.load_package(actor=SYSTEM)
    load_schedules(SYSTEM)
    return cast


def test_every_command_is_listed_with_chinese_help():
    said = shian("--help").output
    for name in ("migrate", "demo", "serve", "worker", "check"):
        assert f"  {name} " in said
        assert any("\u4e00" <= c <= "\u9fff" for c in shian(name, "--help").output)


def test_migrate_prepares_roles_calendar_and_schedules_and_keeps_edits(cast):
    first = shian("migrate")
    assert first.exit_code == 0, first.output
    assert "食安办工作人员" in first.output and "2017–2026" in first.output and "封存变更记录" in first.output
    with system("arranged by the test"):
        Schedule.unscoped.filter(kind="changes.seal").update(every_minutes=7)
    again = shian("migrate").output
    assert "已是最新" in again and "已载入，未改动" in again and "已就绪" in again
    assert Schedule.unscoped.get(kind="changes.seal").every_minutes == 7


def test_demo_data_goes_into_an_empty_database_only(cast, settings):
    before = Unit.unscoped.count()
    assert demo.load(if_empty=True) is False
    with pytest.raises(demo.NotEmpty, match="只能载入空数据库"):
        demo.load(if_empty=False)
    assert "数据库已有数据，未改动" in shian("demo", "--if-empty").output
    refused = shian("demo")
    assert refused.exit_code == 1 and "只能载入空数据库" in refused.output
    assert Unit.unscoped.count() == before
    settings.SHIAN_MODE = "production"
    assert "正式环境" in shian("demo", "--if-empty").output


def test_half_loaded_demo_is_not_kept(db, monkeypatch):
    """The power fails after the first rows were written to a database that looks empty."""
    from shian.site.demo import cast

    def broken(**options):
        with system("arranged by the test"):
            Unit.unscoped.create(name="半途", kind="other", place=Unit.unscoped.first().place)
        raise RuntimeError("断电")

    monkeypatch.setattr(cast, "make_cast", broken)
    monkeypatch.setattr("shian.kernel.people.models.User.unscoped", User.unscoped.none())
    with pytest.raises(RuntimeError):
        demo.load()
    assert not Unit.unscoped.filter(name="半途").exists()


def test_commands_ask_for_migrate_first(db, monkeypatch):
    monkeypatch.setattr(_django, "unapplied", lambda: ["jobs.0001_initial"])
    for command in (["serve"], ["worker", "--once"], ["check", "log"]):
        done = shian(*command)
        assert done.exit_code == 1 and "请先运行 shian migrate" in done.output
    checked = shian("check")
    assert checked.exit_code == 1 and "请运行 shian migrate" in checked.output


def test_worker_once_says_what_it_did(ready):
    with system("arranged by the test"):
        Schedule.unscoped.filter(kind="changes.seal").update(next_run_at=timezone.now())
    done = shian("worker", "--once")
    assert done.exit_code == 0 and "步，没有待办的后台任务" in done.output
    assert Job.unscoped.get(kind="changes.seal").state == "done"


@pytest.mark.parametrize(
    "args", [["--port", "0"], ["--port", "70000"], ["--workers", "0"], ["--port", "八千"]]
)
def test_serve_refuses_bad_options(args):
    assert shian("serve", *args).exit_code == 2


def test_serve_prints_address_and_cast_in_demo_mode_only(cast, settings):
    settings.DEMO = False
    assert serve._welcome("0.0.0.0", 80) == ["食安 已启动：http://127.0.0.1:80/   （Ctrl-C 结束）"]
    settings.DEMO = True
    assert any("shianban" in line for line in serve._welcome("127.0.0.1", 80))
    with system("arranged by the test"):
        User.unscoped.update(is_demo=False)
    assert len(serve._welcome("127.0.0.1", 80)) == 1


# -- check ----------------------------------------------------------------------------------------
def test_check_of_a_sound_installation(ready):
    with today_is(dt.date(2026, 3, 1)):
        items = levels()
        assert {n: i.level for n, i in items.items() if n != "页面资源"} == {
            "磁盘": "ok", "数据库": "ok", "运行模式": "warn", "工作日历": "ok", "后台任务": "ok", "封存": "ok", "静态检查": "ok",
        }  # fmt: skip


def test_check_names_each_trouble_and_exits_with_1(ready):
    old = timezone.now() - dt.timedelta(hours=1)
    Change.unscoped.update(at=old)
    with system("arranged by the test"):
        CalendarDay.unscoped.filter(year__gte=2024).delete()
        Schedule.unscoped.update(next_run_at=old)
    done = shian("check")
    assert done.exit_code == 1
    for text in ("问题  工作日历：", "问题  后台任务：", "问题  封存："):
        assert text in done.output
    assert f"{timezone.localtime(old):%Y-%m-%d %H:%M}" in done.output


def test_check_warns_of_the_coming_year_and_of_failed_jobs(ready):
    with system("arranged by the test"):
        Job.unscoped.create(
            kind="x", title="x", state="failed", run_at=timezone.now(), finished_at=timezone.now()
        )
    with today_is(dt.date(2026, 11, 5)):
        items = levels()
    assert items["工作日历"].level == "warn" and "2027年未载入" in items["工作日历"].text
    assert items["后台任务"].level == "warn"


def test_check_in_production_is_what_serve_refuses(ready, settings):
    settings.SHIAN_MODE = "production"
    texts = [i.text for i in check.look() if i.level == "bad"]
    assert any("演示账号" in t for t in texts) and any("SHIAN_SECRET_KEY" in t for t in texts)
    settings.SECRET_KEY, settings.DEBUG = "k" * 50, False
    with system("arranged by the test"):
        User.unscoped.update(is_demo=False)
    assert [i.text for i in check.look() if i.name == "正式环境"] == ["可以启动"]


def test_full_disk_is_a_trouble(ready, monkeypatch):
    monkeypatch.setattr(check, "LEAST_FREE", 1 << 60)
    assert levels()["磁盘"].level == "bad"


def test_check_log_names_an_altered_row(ready):
    with system("arranged by the test"):
        Schedule.unscoped.filter(kind="changes.seal").update(next_run_at=timezone.now())
    shian("worker", "--once")
    good = shian("check", "log")
    assert good.exit_code == 0 and "尚未封存 0 条" in good.output and "未发现改动" in good.output
    Change.unscoped.filter(seq=8).update(actor_name="别人")
    bad = shian("check", "log")
    assert bad.exit_code == 1 and "第 8 条" in bad.output and "别人" in bad.output
