"""Sealing: every change row enters the log once; whoever alters one afterwards is found out."""

import os
import sqlite3

import pytest

from shian.core.tlog import Checkpoint
from shian.engines.tlog import Log
from shian.kernel.changes.models import Change
from shian.kernel.changes.writer import change
from shian.kernel.jobs.actions import enqueue
from shian.kernel.jobs.worker import run_worker
from shian.kernel.people.actions import save_unit
from shian.kernel.people.models import Unit
from shian.kernel.scopes import SYSTEM
from shian.kernel.sealing import log as sealing


@pytest.fixture
def rows(cast, settings, tmp_path):
    """The change rows of the cast, none of them sealed; a log of its own."""
    settings.DATA_DIR = tmp_path
    assert Change.unscoped.count() > 50 and sealing.unsealed() == Change.unscoped.count()
    return cast


def seal():
    row = enqueue(SYSTEM, "changes.seal")
    run_worker(once=True)
    row.refresh_from_db()
    return row


def write(n):
    for _ in range(n):
        unit = Unit.unscoped.get(name="演示县财政局")
        unit.sort += 1
        save_unit(actor=SYSTEM, unit=unit)


def test_all_rows_are_numbered_without_gaps_and_logged(rows, monkeypatch):
    monkeypatch.setattr(sealing, "BATCH", 20)
    row = seal()
    assert row.state == "done" and row.done == Change.unscoped.count()
    assert list(Change.unscoped.order_by("seq").values_list("seq", flat=True)) == list(range(row.done))
    by_seq = list(Change.unscoped.order_by("seq").values_list("pk", flat=True))
    assert by_seq == sorted(by_seq)
    report = sealing.verify()
    assert (report.entries, report.unsealed, report.findings) == (row.done, 0, [])
    with Log(sealing.folder() / "changes.tlog") as log:
        assert Checkpoint.of(log.last_checkpoint()).size == row.done


def test_later_rows_are_appended_and_nothing_happens_without_any(rows):
    seal()
    entries = sealing.verify().entries
    write(3)
    assert sealing.verify().unsealed == 3 and sealing.verify().findings == []
    seal()
    report = sealing.verify()
    assert (report.entries, report.unsealed, report.findings) == (
        entries + 4,
        1,
        [],
    ) or report.entries == entries + 4


def test_key_is_private(rows):
    seal()
    assert oct(os.stat(sealing.folder() / "changes.key").st_mode & 0o777) == "0o600"


def test_crash_between_numbering_and_logging_loses_and_doubles_nothing(rows):
    sealing.append()
    assert sealing.number(10) == 10
    assert sealing.verify().entries == 0
    assert sealing.append() == 10 and sealing.append() == 0
    assert sealing.number(7) == 7
    assert seal().state == "done"
    report = sealing.verify()
    assert report.findings == [] and report.entries == Change.unscoped.exclude(seq=None).count()


def test_number_goes_to_committed_late_rows_too(rows):
    """A row with a low id that becomes visible late is found, because it has no number."""
    late = Change.unscoped.order_by("pk")[5]
    Change.unscoped.filter(pk=late.pk).update(seq=10**6)
    sealing.number(10**5)
    Change.unscoped.filter(pk=late.pk).update(seq=None)
    assert sealing.number() == 1
    late.refresh_from_db()
    assert late.seq is not None


# -- tampering ------------------------------------------------------------------------------------
def finding(count=1):
    found = sealing.verify().findings
    assert len(found) >= count, found
    return "\n".join(found)


@pytest.mark.parametrize(
    "values",
    [
        {"actor_name": "别人"},
        {"reason": "改过的理由"},
        {"verb": "unit.other"},
        {"object_id": 999},
        {"diff": {"name": [None, "改过的值"]}},
        {"basis": "伪造文号"},
    ],
)
def test_altered_row_is_named(rows, values):
    seal()
    row = Change.unscoped.get(seq=17)
    Change.unscoped.filter(pk=row.pk).update(**values)
    text = finding()
    assert "第 17 条" in text and f"#{row.pk} " in text and "内容与入链时不同" in text


def test_moved_moment_is_seen(rows):
    seal()
    row = Change.unscoped.get(seq=3)
    Change.unscoped.filter(pk=row.pk).update(at=row.at.replace(microsecond=(row.at.microsecond + 1) % 10**6))
    assert "第 3 条" in finding()


def test_deleted_row_is_named_and_the_others_are_not(rows):
    seal()
    Change.unscoped.filter(seq=17).delete()
    found = sealing.verify().findings
    assert len(found) == 1 and "第 17 条" in found[0] and "缺失" in found[0]


def test_deleted_end_is_seen_and_stops_the_sealing(rows):
    seal()
    last = Change.unscoped.order_by("-seq").first()
    Change.unscoped.filter(pk=last.pk).delete()
    assert f"第 {last.seq} 条" in finding() and "缺失" in finding()
    write(1)
    row = seal()
    assert row.state == "failed" and "变更记录被删除" in row.failure


def test_swapped_rows_are_named(rows):
    seal()
    first, second = (Change.unscoped.get(seq=n) for n in (4, 9))
    Change.unscoped.filter(pk=first.pk).update(seq=10**6)
    Change.unscoped.filter(pk=second.pk).update(seq=4)
    Change.unscoped.filter(pk=first.pk).update(seq=9)
    text = finding(2)
    assert "第 4 条：记录次序被调换" in text and "第 9 条：记录次序被调换" in text


def test_number_taken_off_a_row_does_not_hide_it(rows):
    seal()
    Change.unscoped.filter(seq=17).update(seq=None)
    assert "第 17 条" in finding()


def test_lost_log_is_not_quietly_made_anew(rows, monkeypatch):
    monkeypatch.setattr(sealing, "BATCH", 20)
    seal()
    for path in sealing.folder().glob("changes.tlog*"):
        path.unlink()
    assert "日志丢失" in finding()
    row = seal()
    assert row.state == "failed" and "日志丢失或被截短" in row.failure


def test_rewritten_log_is_caught_by_its_signed_end(rows):
    """An intruder alters a row and the entry of the log alike; the signed root tells."""
    seal()
    row = Change.unscoped.get(seq=17)
    Change.unscoped.filter(pk=row.pk).update(reason="改")
    entries = list(sealing.digests(0, Change.unscoped.count()))
    db = sqlite3.connect(sealing.folder() / "changes.tlog")
    db.execute("DROP TRIGGER bundle_grows")
    db.execute("UPDATE bundle SET digests = ? WHERE n = 0", (b"".join(entries[:256]),))
    db.commit()
    db.close()
    assert "根与检查点不符" in finding()


def test_foreign_key_and_garbage_file_are_reported(rows):
    seal()
    (sealing.folder() / "changes.key").unlink()
    assert "签名与本系统的密钥不符" in finding()
    for path in sealing.folder().glob("changes.tlog*"):
        path.unlink()
    (sealing.folder() / "changes.tlog").write_bytes(b"not a database at all, but long enough" * 30)
    assert "无法读取" in finding()


def test_erasing_a_person_leaves_the_seal_whole(rows):
    from shian.kernel.changes.personal import erase

    user = rows.users["donghe"]
    user.phone = "13800000000"
    with change(SYSTEM, "user.save") as w:
        w.save(user)
    seal()
    assert erase("people.user", user.pk) and sealing.verify().findings == []
