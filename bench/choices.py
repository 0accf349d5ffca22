"""The choice box over ``--units`` candidates: p95 of a whole request (processor time: the machine may be
doing other work), by who asks.

The rows and their index entries are loaded straight into a temporary SQLite file by the index's own code.
Peer in the same run: ``LIKE '%…%'`` over the names with the same scope and limit, the box of many a system.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time

GOAL_MS = 20
WHAT = (
    "食品经营部",
    "餐饮店",
    "超市",
    "食品有限公司",
    "小吃店",
    "农产品专业合作社",
    "酒楼",
    "面馆",
    "粮油店",
    "学校食堂",
)
GIVEN = "福禄寿喜荣华富贵金玉满堂春夏秋冬梅兰竹菊龙凤祥云天地人和兴旺发达顺利安康泰山河江海湖川永昌盛隆宏伟光明正大东南西北中"
ASKED = (
    "食品",
    "餐饮",
    "春",
    "金玉",
    "福禄",
    "东河镇",
    "福禄寿",
    "满堂春餐饮店",
    "jyj",
    "spyxgs",
    "chaoshi",
    "冬梅面馆",
    "食品有限公司",
    "学校食堂",
    "fl",
)


def load(total: int, per_place: int = 6000) -> None:
    """``total`` businesses in as many townships as it takes, with the entries and tokens of the index."""
    from django.db import connection

    from shian.kernel.people.models import Unit
    from shian.kernel.places.models import Place
    from shian.kernel.search.actions import document
    from shian.kernel.search.models import SearchEntry
    from shian.kernel.search.registry import searchables

    dice, found = random.Random(7), searchables()["people.unit"]
    places = list(Place.unscoped.filter(kind="township"))
    index = connection.introspection.get_constraints(connection.cursor(), "search_searchtoken")
    sql = "INSERT INTO search_searchtoken (token, entry_id) VALUES (%s, %s)"
    with connection.cursor() as cursor:
        for name, row in index.items():
            if row["index"] and not row["primary_key"]:
                cursor.execute(f'DROP INDEX "{name}"')
    for start in range(0, total, 20_000):
        units = [
            Unit(
                name=f"{places[n // per_place % len(places)].name}{''.join(dice.sample(GIVEN, 3))}{dice.choice(WHAT)}{n}",
                kind="business", place=places[n // per_place % len(places)], credit_code=f"92{n:016d}",
            )
            for n in range(start, min(start + 20_000, total))
        ]  # fmt: skip
        Unit.unscoped.bulk_create(units, batch_size=2000)
        documents = [document(found, unit) for unit in units]
        for each in documents:
            each.entry.fingerprint = each.fingerprint
        SearchEntry.unscoped.bulk_create([d.entry for d in documents], batch_size=2000)
        with connection.cursor() as cursor:
            cursor.executemany(sql, [(t, d.entry.pk) for d in documents for t in d.tokens])
        print(f"\r{start + len(units):,} loaded", end="", file=sys.stderr, flush=True)
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX search_token_entry ON search_searchtoken (token, entry_id)")
        cursor.execute("CREATE INDEX search_entry ON search_searchtoken (entry_id)")
    print(file=sys.stderr)


def p95(spent: list[float]) -> float:
    return statistics.quantiles(spent, n=20)[-1]


def timed(call, rounds: int) -> list[float]:
    spent = []
    for _n in range(rounds):
        begin = time.process_time()
        call()
        spent.append((time.process_time() - begin) * 1000)
    return spent


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=int, default=60_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--data", default="", help="keep the loaded file here and use it again")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    total = 600_000 if args.full else args.units
    data = args.data or tempfile.mkdtemp(prefix="shian-bench-")
    ready = os.path.exists(os.path.join(data, "loaded"))
    os.environ |= {"SHIAN_MODE": "test", "SHIAN_DATA": data, "DJANGO_SETTINGS_MODULE": "shian.site.settings"}
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    from shian.kernel.people.models import Unit, User
    from shian.site.demo.cast import make_cast

    if not ready:
        call_command("migrate", verbosity=0)
        make_cast()
        load(total)
        open(os.path.join(data, "loaded"), "w").close()
    for who in ("shianban", "donghe"):
        client = Client()
        client.force_login(User.unscoped.get(username=who))
        spent, bare = [], []
        for q in ASKED:
            mine = timed(
                lambda q=q, client=client: client.get("/choices/people.unit/", {"q": q}), args.rounds + 1
            )[1:]
            like = timed(lambda q=q: list(Unit.unscoped.live().filter(name__contains=q)[:20]), 2)
            if args.verbose:
                found = client.get("/choices/people.unit/", {"q": q}).json()["results"]
                print(f"  {q}: {statistics.median(mine):.1f} ms, {len(found)} rows, LIKE {min(like):.1f} ms")
            spent += mine
            bare.append(min(like))
        print(
            f"choice box, {total:,} candidates, {who}: p95 {p95(spent):.1f} ms, median {statistics.median(spent):.1f} ms "
            f"(peer, LIKE: p95 {p95(bare):.1f} ms, ratio {p95(spent) / p95(bare):.2f}; goal <= {GOAL_MS} ms)"
        )


if __name__ == "__main__":
    sys.exit(main())
