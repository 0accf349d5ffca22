"""Server time and queries of the landing page and the lists, on the demo data plus ``--tasks`` more.

Peer in the same run: the same rows through a bare Django template without the shell, filters or scope.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time

GOAL_LIST_MS, GOAL_LANDING_QUERIES = 60, 12


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tasks", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--full", action="store_true")
    args = parser.parse_args()
    os.environ |= {"SHIAN_MODE": "test", "SHIAN_DATA": tempfile.mkdtemp(prefix="shian-bench-")}
    os.environ["DJANGO_SETTINGS_MODULE"] = "shian.site.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.template import Context, Engine
    from django.test import Client

    call_command("migrate", verbosity=0)
    from shian.apps.plans.models import Task
    from shian.kernel.people.models import User
    from shian.kernel.scopes import system
    from shian.site import demo

    demo.load()
    seed = Task.unscoped.filter(place__name="演示县").first()
    with system("bulk load of the bench"):
        Task.unscoped.bulk_create(
            Task(document=seed.document, place=seed.place, year=2026, title=f"压测任务{n}", due=seed.due, lead=seed.lead)
            for n in range(args.tasks)
        )
    client = Client()
    client.force_login(User.unscoped.get(username="shianban"))

    def timed(call) -> float:
        call()
        """Median processor time, ms: the machine may be doing other work."""
        spent = []
        for _n in range(args.rounds):
            begin = time.process_time()
            call()
            spent.append((time.process_time() - begin) * 1000)
        return statistics.median(spent)

    bare = Engine().from_string("{% for r in rows %}<tr><td>{{ r.no }}</td><td>{{ r.title }}</td></tr>{% endfor %}")
    peer = timed(lambda: bare.render(Context({"rows": list(Task.unscoped.all()[:50])})))
    for name, url in (("landing", "/"), ("tasks list", "/tasks/"), ("tasks searched", "/tasks/?q=食品"),
                      ("tasks overdue", "/tasks/?is=overdue"), ("units list", "/units/")):  # fmt: skip
        queries: list[str] = []

        def count(execute, sql, params, many, context, queries=queries):
            queries.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(count):
            assert client.get(url).status_code == 200
        spent = timed(lambda url=url: client.get(url))
        print(
            f"{name}: {spent:.1f} ms, {len(queries)} queries "
            f"(peer, bare template of 50 rows: {peer:.1f} ms, ratio {spent / peer:.1f}; "
            f"goal {f'<= {GOAL_LANDING_QUERIES} queries' if url == '/' else f'<= {GOAL_LIST_MS} ms'})"
        )


if __name__ == "__main__":
    sys.exit(main())
