"""``shian serve``: the web server and the job worker, started and ended together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import click

THREADS = 4
PATIENCE = 25
"""Seconds that requests and the present step of a job get to end."""
WORKER = "from shian.site.cli import main; main()"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, envvar="PORT", help="端口"
)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="网页进程数")
def command(host: str, port: int, workers: int) -> None:
    """启动网页服务和后台任务进程。Ctrl-C 结束。"""
    from ._django import require_migrated, require_sound, setup

    setup()
    require_sound()
    require_migrated()
    _refuse_unsafe()
    _refuse_taken(host, port)
    web = [
        *(sys.executable, "-m", "gunicorn", "shian.site.wsgi:application"),
        *("--bind", f"[{host}]:{port}" if ":" in host else f"{host}:{port}"),
        *("--workers", str(workers), "--worker-class", "gthread", "--threads", str(THREADS)),
        *(
            "--timeout",
            "120",
            "--graceful-timeout",
            str(PATIENCE - 5),
            "--log-level",
            "warning",
            "--no-control-socket",
        ),
        *(("--worker-tmp-dir", "/dev/shm") if Path("/dev/shm").is_dir() else ()),
    ]
    jobs = [sys.executable, "-c", WORKER, "worker", "--parent", str(os.getpid())]
    for line in _welcome(host, port):
        click.echo(line)
    sys.exit(_supervise(web, jobs))


def _refuse_unsafe() -> None:
    from django.core.exceptions import ImproperlyConfigured

    from shian.site.preflight import refuse_unsafe_start

    try:
        refuse_unsafe_start()
    except ImproperlyConfigured as error:
        raise click.ClickException(str(error)) from error


def _refuse_taken(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            raise click.ClickException(
                f"不能在 {host}:{port} 监听（{error.strerror}）；可用 --port 换一个端口"
            ) from error


def _welcome(host: str, port: int) -> list[str]:
    from django.conf import settings

    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host
    lines = [f"食安 已启动：http://{shown}:{port}/   （Ctrl-C 结束）"]
    if settings.DEMO:
        from shian.kernel.people.models import User
        from shian.site.demo.cast import PASSWORD, PEOPLE

        present = set(User.unscoped.signing_in().filter(is_demo=True).values_list("username", flat=True))
        cast = [(row[0], row[-1]) for row in PEOPLE if row[0] in present]
        if cast:
            lines += [f"演示账号（密码均为 {PASSWORD}）："]
            lines += [f"  {username:<14}{says}" for username, says in cast]
    return lines


def _supervise(web: list[str], jobs: list[str]) -> int:
    """Runs both until the web server ends or a signal comes; a job worker that dies is started again."""
    asked: list[int] = []
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, _frame: asked.append(number))
    server, worker = subprocess.Popen(web), subprocess.Popen(jobs)
    born = time.monotonic()
    while not asked and server.poll() is None:
        time.sleep(0.2)
        # At most one start in five seconds, so that a worker that cannot start does not spin.
        if worker.poll() is not None and time.monotonic() - born > 5:
            click.echo("后台任务进程意外结束，重新启动", err=True)
            worker, born = subprocess.Popen(jobs), time.monotonic()
    code = server.poll()
    for process in (server, worker):
        _end(process)
    return 0 if asked else (code or 1)


def _end(process: subprocess.Popen) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
