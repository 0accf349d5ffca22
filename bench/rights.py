"""Rights of a set of rows: processor time and queries, by territory, of rows moved, and by participation.

Peer in the same run: the cheapest right conceivable, one string comparison a row in plain Python.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time

GOAL_MS, GOAL_QUERIES = 5, 1


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--full", action="store_true")
    args = parser.parse_args()
    os.environ |= {"SHIAN_MODE": "test", "SHIAN_DATA": tempfile.mkdtemp(prefix="shian-bench-")}
    os.environ["DJANGO_SETTINGS_MODULE"] = "shian.site.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    from shian.kernel.places.models import Population
    from shian.kernel.scopes import system
    from shian.kernel.scopes.rights import refusals
    from shian.site.demo.cast import make_cast

    cast = make_cast()
    land = list(cast.places.values())
    with system("bulk load of the bench"):
        Population.unscoped.bulk_create(
            Population(place=land[n % len(land)], year=10 + n, persons=n) for n in range(args.rows)
        )
    actor = cast.actor("guanliyuan")
    rows = list(Population.unscoped.filter(year__lt=10 + args.rows))
    moved = list(Population.unscoped.filter(year__lt=10 + args.rows))
    for row in moved:
        row.place_id = cast.county.pk
    paths = [row.place.path for row in Population.unscoped.filter(year__lt=10 + args.rows).select_related("place")]

    def timed(call) -> float:
        """Median processor time, ms: the machine may be doing other work."""
        spent = []
        for _n in range(args.rounds):
            begin = time.process_time()
            call()
            spent.append((time.process_time() - begin) * 1000)
        return statistics.median(spent)

    peer = timed(lambda: [path.startswith(cast.county.path) for path in paths])
    for name, given in (("stored rows", rows), ("rows moved", moved)):
        asked: list[str] = []

        def count(execute, sql, params, many, context, asked=asked):
            asked.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(count):
            refused = refusals(actor, "population.edit", given)
        spent = timed(lambda given=given: refusals(actor, "population.edit", given))
        # A refusal reads the name of its place; what is allowed costs the look-up of the places alone.
        print(
            f"rights of {len(given)} {name}: {spent:.2f} ms, {len(asked)} queries, {len(refused)} refused "
            f"(peer, a comparison a row: {peer:.3f} ms, ratio {spent / peer:.0f}; goal <= {GOAL_MS} ms, {GOAL_QUERIES} query)"
        )


if __name__ == "__main__":
    main()
