"""Demo and server as `make run` starts them: processes of their own, on a data folder of their own."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

RUN = [sys.executable, "-c", "from shian.site.cli import main; main()"]


def environment(folder, **more):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("SHIAN_", "DJANGO_")) and k != "PORT"}
    return env | {"SHIAN_DATA": str(folder)} | more


def shian(folder, *args, **env):
    return subprocess.run(
        [*RUN, *args], env=environment(folder, **env), capture_output=True, text=True, timeout=120
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A data folder with the demo loaded; what the first run printed."""
    folder = tmp_path_factory.mktemp("demo")
    done = shian(folder, "demo", "--if-empty")
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


@pytest.fixture
def copy(demo, tmp_path):
    """A copy of it that a test may spoil."""
    with (
        sqlite3.connect(demo[0] / "shian.sqlite3") as source,
        sqlite3.connect(tmp_path / "shian.sqlite3") as target,
    ):
        source.backup(target)
    return tmp_path


def sql(folder, *statement):
    with sqlite3.connect(folder / "shian.sqlite3") as db:
        return db.execute(*statement).fetchall()


def test_demo_says_what_it_did_and_does_it_once(demo):
    folder, said = demo
    assert re.search(r"应用了 \d+ 项迁移", said) and "2017–2026" in said and "封存变更记录" in said
    assert "演示数据：已载入" in said
    again = shian(folder, "demo", "--if-empty")
    assert again.returncode == 0
    assert "已是最新" in again.stdout and "数据库已有数据，未改动" in again.stdout
    refused = shian(folder, "demo")
    assert refused.returncode == 1 and "只能载入空数据库" in refused.stderr


def test_production_refuses_to_serve_the_demo(demo):
    served = shian(demo[0], "serve", SHIAN_MODE="production")
    assert served.returncode == 1
    assert "拒绝启动" in served.stderr and "SHIAN_SECRET_KEY" in served.stderr and "演示账号" in served.stderr


def test_bad_settings_are_named(tmp_path):
    bad = shian(tmp_path, "migrate", SHIAN_DATABASE_URL="mysql://u:p@h/d")
    assert bad.returncode != 0 and "不支持的数据库类型“mysql”" in bad.stderr
    (tmp_path / "shian.sqlite3").write_bytes(b"not a database, but long enough to be read as one" * 40)
    checked = shian(tmp_path, "check")
    assert checked.returncode == 1 and "无法连接数据库" in checked.stdout


# -- the server -----------------------------------------------------------------------------------
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


def children(pid):
    out = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True)
    return [int(p) for p in out.stdout.split()]


def gone(pids, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not any(os.path.exists(f"/proc/{p}") for p in pids):
            return True
        time.sleep(0.1)
    return False


def test_serve_answers_works_off_jobs_and_ends_cleanly(copy):
    port = free_port()
    sql(copy, "UPDATE jobs_schedule SET next_run_at = '2020-01-01 00:00:00' WHERE kind = 'changes.seal'")
    log = copy / "out.txt"
    with log.open("w") as out:
        command = [*RUN, "serve", "--workers", "1"]
        server = subprocess.Popen(command, env=environment(copy, PORT=str(port)), stdout=out, stderr=out)
    try:
        url, end = f"http://127.0.0.1:{port}", time.monotonic() + 60
        while time.monotonic() < end:
            try:
                status, _page = get(f"{url}/accounts/login/")
                break
            except OSError:
                assert server.poll() is None, log.read_text()
                time.sleep(0.2)
        assert status == 200 and get(f"{url}/healthz")[0] == 200
        assert get(f"{url}/static/ui/shell.css")[0] == 200
        taken = shian(copy, "serve", "--port", str(port))
        assert taken.returncode == 1 and f"不能在 127.0.0.1:{port} 监听" in taken.stderr
        while sql(copy, "SELECT count(*) FROM changes_change WHERE seq IS NULL")[0][0]:
            assert time.monotonic() < end, "the job worker did not seal"
            time.sleep(0.2)
        family = [server.pid, *children(server.pid)]
        assert len(family) == 3
    finally:
        server.send_signal(signal.SIGTERM)
        code = server.wait(30)
    said = log.read_text()
    assert code == 0 and gone(family, 5), said
    assert url in said and "shianban" in said and "tryout-2026-only" in said
    assert "Traceback" not in said


def until(question, seconds=60):
    end = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.2)


@pytest.mark.full
def test_dead_job_worker_is_started_again_and_an_orphan_ends(copy):
    command = [*RUN, "serve", "--port", str(free_port()), "--workers", "1"]
    server = subprocess.Popen(command, env=environment(copy))
    try:
        until(lambda: len(children(server.pid)) == 2)
        web, worker = children(server.pid)
        time.sleep(5)
        os.kill(worker, signal.SIGKILL)
        until(lambda: len(set(children(server.pid)) - {web, worker}) == 1)
        second = next(p for p in children(server.pid) if p != web)
        sql(copy, "UPDATE jobs_schedule SET next_run_at = '2020-01-01 00:00:00' WHERE kind = 'changes.seal'")
        until(lambda: not sql(copy, "SELECT count(*) FROM changes_change WHERE seq IS NULL")[0][0])
    finally:
        server.kill()
        server.wait()
    assert gone([second], 10), "a worker without a server ends"
    os.kill(web, signal.SIGTERM)
