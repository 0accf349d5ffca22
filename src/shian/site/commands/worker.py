"""``shian worker``: works off the jobs."""

from __future__ import annotations

import os
import signal
import threading

import click


@click.command()
@click.option("--once", is_flag=True, help="做完现有任务后退出")
@click.option("--parent", type=int, hidden=True, help="随该进程结束而结束")
def command(once: bool, parent: int | None) -> None:
    """运行后台任务：导入、导出、批量修改、通知、封存。Ctrl-C 后做完当前一步再退出。"""
    from ._django import require_migrated, setup

    setup()
    require_migrated()
    from shian.kernel.jobs.worker import run_worker

    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    if parent:
        threading.Thread(target=_follow, args=(parent, stop), daemon=True).start()
    steps = run_worker(once=once, stop=stop)
    if once:
        click.echo(f"完成 {steps} 步，没有待办的后台任务")


def _follow(parent: int, stop: threading.Event) -> None:
    """A worker whose server was killed ends too, instead of working for nobody."""
    while not stop.wait(2):
        if os.getppid() != parent:
            stop.set()
