"""Notices: to whom, once, read, by e-mail, as a short text; nobody reads another's."""

import smtplib

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.utils import timezone

from shian.kernel.jobs import kinds
from shian.kernel.jobs.actions import enqueue, retry
from shian.kernel.jobs.kinds import JobFailed, Step, job
from shian.kernel.jobs.worker import run_worker
from shian.kernel.notices.actions import mark_read, notify
from shian.kernel.notices.models import Notice
from shian.kernel.notices.queries import mine, short_text, unread_count
from shian.kernel.notices.steps import unsent
from shian.kernel.people.models import User
from shian.kernel.scopes import SYSTEM, system


def test_a_unit_means_its_active_people(cast):
    office = cast.units["office"]
    assert notify(office, "新任务") == 2
    with system("arranged by the test"):
        User.unscoped.filter(username="guanliyuan").update(is_active=False)
    assert notify(office, "又一项") == 1
    assert notify([cast.users["donghe"], cast.users["donghe"]], "去重") == 1
    assert notify([], "无人") == 0


def test_same_key_reaches_a_person_once(cast):
    people = [cast.users["donghe"], cast.users["xiling"]]
    assert notify(people[0], "任务将到期", key="due:7:3") == 1
    assert notify(people, "任务将到期", key="due:7:3") == 1
    assert notify(people, "任务将到期", key="due:7:1") == 2
    assert notify(people, "无键", key=None) == 2 and notify(people, "无键", key=None) == 2


def test_notice_of_a_failed_action_does_not_exist(cast):
    with pytest.raises(RuntimeError), transaction.atomic():
        notify(cast.users["donghe"], "x")
        raise RuntimeError
    assert not Notice.unscoped.exists()


def test_reading_is_ones_own(cast):
    notify(cast.users["donghe"], "甲")
    notify(cast.users["donghe"], "乙")
    donghe, xiling = cast.actor("donghe"), cast.actor("xiling")
    first = mine(donghe).last()
    assert unread_count(donghe) == 2 and unread_count(xiling) == 0
    assert mark_read(xiling) == 0 and mark_read(xiling, [first.pk]) == 0
    assert mark_read(donghe, [first.pk]) == 1 and unread_count(donghe) == 1
    assert mark_read(donghe, [first.pk]) == 0, "the first reading counts"
    assert mark_read(donghe) == 1 and unread_count(donghe) == 0
    assert not mine(cast.actor("guanliyuan")).exists(), "an administrator's rights open no one's bell"
    assert mark_read(SYSTEM) == 0


def test_long_title_is_cut_and_kept_in_the_body(cast):
    notify(cast.users["donghe"], "长" * 200, "正文")
    notice = mine(cast.actor("donghe")).get()
    assert len(notice.title) == 120 and notice.body == "长" * 200 + "\n正文"


def test_short_text_fits_one_message(cast, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://shian.example.cn/"]
    short = Notice(title="任务“校园食堂检查”\n还有3天到期", url="/tasks/9/")
    assert short_text(short) == "【食安】任务“校园食堂检查” 还有3天到期\nhttps://shian.example.cn/tasks/9/"
    long = short_text(Notice(title="长" * 120, url=""))
    assert len(long) == 70 and long.endswith("…")
    settings.CSRF_TRUSTED_ORIGINS = []
    assert short_text(Notice(title="a", url="/x/")).endswith("\n/x/")


# -- e-mail ---------------------------------------------------------------------------------------
@pytest.fixture
def by_mail(cast, settings):
    settings.EMAIL_ENABLED = True
    for name in ["donghe", "xiling"]:
        with system("arranged by the test"):
            User.unscoped.filter(username=name).update(email=f"{name}@example.cn")
    return cast


def run_email():
    row = enqueue(SYSTEM, "notices.email")
    run_worker(once=True)
    row.refresh_from_db()
    return row


def test_mail_goes_once_to_those_with_an_address_who_have_not_read(by_mail, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://shian.example.cn"]
    people = [by_mail.users[n] for n in ["donghe", "xiling", "shianban"]]
    notify(people, "新任务\r\nBcc: x@example.cn", "请于本月底前完成", "/tasks/9/")
    mark_read(by_mail.actor("xiling"))
    assert run_email().state == "done" and run_email().state == "done"
    assert [m.to for m in mail.outbox] == [["donghe@example.cn"]]
    assert mail.outbox[0].subject == "新任务 Bcc: x@example.cn", "no header can be smuggled in"
    assert (
        "请于本月底前完成" in mail.outbox[0].body
        and "https://shian.example.cn/tasks/9/" in mail.outbox[0].body
    )
    assert Notice.unscoped.exclude(emailed_at=None).count() == 1


def test_nothing_is_sent_where_mail_is_off(by_mail, settings):
    settings.EMAIL_ENABLED = False
    notify(by_mail.users["donghe"], "x")
    assert run_email().done == 0 and mail.outbox == [] and unsent().exists()


def test_refused_address_is_noted_and_keeps_nobody_waiting(by_mail, monkeypatch):
    send = EmailBackend.send_messages

    def refuse(self, messages):
        if "donghe@example.cn" in messages[0].to:
            raise smtplib.SMTPRecipientsRefused({"donghe@example.cn": (550, b"no such user")})
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    notify([by_mail.users["donghe"], by_mail.users["xiling"]], "x")
    assert run_email().state == "done"
    assert [m.to for m in mail.outbox] == [["xiling@example.cn"]]
    assert "550" in Notice.unscoped.get(user=by_mail.users["donghe"]).email_failure
    assert not unsent().exists()


def test_unreachable_server_is_tried_again_later(by_mail, monkeypatch):
    def down(self, messages):
        raise ConnectionRefusedError("连接被拒绝")

    monkeypatch.setattr(EmailBackend, "send_messages", down)
    notify(by_mail.users["donghe"], "x")
    row = run_email()
    assert (row.state, row.attempts) == ("running", 1) and row.run_at > timezone.now()
    assert unsent().exists()


# -- jobs tell their owner ------------------------------------------------------------------------
def test_failed_job_tells_its_owner_each_time_a_quick_one_does_not(cast):
    def fail(row, cursor):
        raise JobFailed("第 3 行：许可证号不对")

    job("test.fail", title="导入台账")(fail)
    job("test.quick", title="很快")(lambda row, cursor: Step(finished=True))
    try:
        row = enqueue(cast.actor("donghe"), "test.fail")
        enqueue(cast.actor("donghe"), "test.quick")
        enqueue(SYSTEM, "test.fail")
        run_worker(once=True)
        notice = mine(cast.actor("donghe")).get()
        assert (notice.title, notice.body) == ("“导入台账”没有完成", "第 3 行：许可证号不对")
        assert notice.url == f"/jobs/{row.pk}/"
        row.refresh_from_db()
        retry(cast.actor("donghe"), row)
        run_worker(once=True)
        assert mine(cast.actor("donghe")).count() == 2
    finally:
        del kinds._kinds["test.fail"], kinds._kinds["test.quick"]


# -- pages ----------------------------------------------------------------------------------------
def test_pages(cast, client):
    notify(cast.users["donghe"], "任务 <b>一</b>", "正文", "/jobs/")
    notify(cast.users["donghe"], "外部", url="https://evil.example/")
    notify(cast.users["donghe"], "外部二", url="//evil.example/")
    rows = {n.title: n for n in Notice.unscoped.all()}
    assert client.get("/notices/").status_code == 302
    client.force_login(cast.users["xiling"])
    assert client.post(f"/notices/{rows['外部'].pk}/open/").status_code == 404
    assert "没有通知" in client.get("/notices/").content.decode()
    client.force_login(cast.users["donghe"])
    page = client.get("/notices/").content.decode()
    assert "任务 &lt;b&gt;" in page and 'data-copy="【食安】任务' in page and "通知，3 条未读" in page
    assert client.get(f"/notices/{rows['外部'].pk}/open/").status_code == 405
    assert client.post(f"/notices/{rows['任务 <b>一</b>'].pk}/open/").url == "/jobs/"
    for name in ["外部", "外部二"]:
        assert client.post(f"/notices/{rows[name].pk}/open/").url == "/notices/", "no open redirect"
    assert unread_count(cast.actor("donghe")) == 0
    notify(cast.users["donghe"], "新的")
    unread = client.get("/notices/?unread=1").content.decode()
    assert "新的" in unread and "外部二" not in unread
    client.post("/notices/read/", {"pk": ["abc", "999999"]})
    assert unread_count(cast.actor("donghe")) == 1
    client.post("/notices/read/")
    assert unread_count(cast.actor("donghe")) == 0
