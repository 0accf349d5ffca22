"""Run as a process of its own by ``test_jobs_killed.py``: starts workers and kills them at random moments.

    python killed_worker.py KILLS SEED     (SHIAN_DATA names an empty folder)

Prints one line of JSON: what the table, the change log and the job say at the end.
"""
# ruff: noqa: E402 - Django is set up before its models are imported

import json
import os
import random
import signal
import sys
import time

os.environ["DJANGO_SETTINGS_MODULE"] = "shian.site.settings"
os.environ["SHIAN_MODE"] = "test"

import django

django.setup()

import datetime as dt

from django.core.management import call_command
from django.db import connections

from shian.kernel.changes.models import Change
from shian.kernel.changes.writer import change
from shian.kernel.jobs import actions, worker
from shian.kernel.jobs.kinds import Step, job, kinds
from shian.kernel.jobs.models import Job
from shian.kernel.places.actions import save_place
from shian.kernel.places.models import Lineage, Place
from shian.kernel.scopes import SYSTEM

ROWS, CHUNK = 6000, 40
worker.PAUSE = (0.0, 0.001)


def write(row, start):
    """The lineage table has no unique column, so a repeated chunk would stay visible."""
    place = Place.unscoped.get(pk=row.args["place"])
    with change(row.actor(), "place.lineage") as w:
        w.save_all(
            [
                Lineage(before=place, after=place, kind="renamed", on=dt.date(2026, 1, 1), document=str(n))
                for n in range(start, start + CHUNK)
            ]
        )
    done = start + CHUNK
    return Step({"at": done}, done=done, total=ROWS, finished=done >= ROWS)


@job("test.plain", title="逐批写入", attempts=200)
def plain(row, cursor):
    return write(row, cursor.get("at", 0))


@job("test.generator", title="先算后写", attempts=200)
def generator(row, cursor):
    time.sleep(0.002)
    yield
    return write(row, cursor.get("at", 0))


def start_worker(*, once):
    """A forked worker process; the parent holds no database connection across the fork."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        try:
            worker.run_worker(once=once)
        finally:
            os._exit(0)
    return pid


def progress():
    return list(Job.unscoped.order_by("pk").values_list("done", flat=True))


def wait_for_steps(seconds):
    """Until the worker just started has finished a step, so that the kill meets one of the next."""
    before, end = progress(), time.monotonic() + seconds
    while progress() == before and time.monotonic() < end:
        time.sleep(0.005)


def main(kills, seed):
    kinds()
    call_command("migrate", verbosity=0)
    place = save_place(actor=SYSTEM, place=Place(name="甲", kind="county"))
    jobs = [
        actions.enqueue(SYSTEM, kind, {"place": place.pk}).pk for kind in ("test.plain", "test.generator")
    ]
    chance, amid = random.Random(seed), 0
    for _ in range(kills):
        pid = start_worker(once=False)
        wait_for_steps(20)
        time.sleep(chance.uniform(0.0, 0.06))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        amid += Job.unscoped.filter(state="running").exists()
    os.waitpid(start_worker(once=True), 0)
    documents = list(Lineage.unscoped.values_list("document", flat=True))
    report = {
        "killed_amid": amid,
        "rows": len(documents),
        "distinct": len(set(documents)),
        "wanted": 2 * ROWS,
        "changes": Change.unscoped.filter(object_type="places.lineage").count(),
        "states": list(Job.unscoped.filter(pk__in=jobs).values_list("state", flat=True)),
        "done": list(Job.unscoped.filter(pk__in=jobs).values_list("done", flat=True)),
        "failures": list(Job.unscoped.filter(pk__in=jobs).values_list("failure", flat=True)),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
