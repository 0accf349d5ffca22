"""The leak test over every resource with a suite: its sample lies in both counties under a mark of its own, and no
address shows a mark to somebody the oracle denies it. Nobody in particular reads the public fields, and nothing else."""

import importlib
from pathlib import Path

import pytest

from shian.kernel.resources import registry
from tests.oracle import COUNTY, MEMBERS, OTHER
from tests.suite import declared
from tests.suite.openly import Openly, crawl
from tests.suite.rows import DOMAINS, SUITES, Laid, Spot, Suite

TESTS = Path(__file__).resolve().parents[1]
READABLE = {200, 302, 403, 404, 422}
PAIR = ("editor_a", "editor_b")
"""Each holds every verb in one county: whatever leaks over the border leaks to one of them."""


def every_suite() -> list[type[Suite]]:
    """Suites of the resources served, from all test files that declare one."""
    for path in sorted(TESTS.glob("*/**/test_*.py")):
        if "(ResourceTests)" in path.read_text("utf-8") and path.parent.name != "meta":
            importlib.import_module(".".join(path.relative_to(TESTS.parent).with_suffix("").parts))
    return [SUITES[name] for name in sorted(SUITES) if declared.served(name)]


def lay_marks(cast) -> list[tuple[Suite, list[Laid]]]:
    """A row of every suite in each county; the oracles know them all."""
    out = []
    for number, made in enumerate(every_suite()):
        suite = made()
        suite.prepare(cast)
        if suite.marked_fields() and not suite.roads.everyone:
            spots = [Spot(COUNTY, DOMAINS[0]), Spot(OTHER, DOMAINS[0])]
            out.append(
                (
                    suite,
                    [
                        suite.lay_one(s, f"标{number:02d}{side}")
                        for s, side in zip(spots, "甲乙", strict=True)
                    ],
                )
            )
    for suite, _laid in out:
        suite.consult()
    return out


def addresses(world):
    """Every address a list, form, search, export or choice can be read at, and the page of every marked row."""
    for resource in registry.all_resources():
        base, columns = f"/{resource.name}/", "&cols=".join(n for n, _shown in declared.columns(resource))
        yield from (base, f"{base}?per_page=200&cols={columns}", f"{base}export.csv?cols={columns}")
        yield from (f"{base}new/", f"{base}filter-fields/", f"{base}import/", f"/api/v1{base}?size=1000")
    for suite, laid in world:
        for row in laid:
            yield from (f"{suite.base}{row.pk}/", f"{suite.base}{row.pk}/edit/", f"{suite.api}{row.pk}/")
            yield from (
                f"{suite.base}?q={row.mark}",
                f"/search/?q={row.mark}",
                f"/search/suggest/?q={row.mark}",
            )
    yield from ("/", "/jobs/", "/notices/")


def shown(response, url: str) -> str:
    """The text of an answer without what was asked for: a search page repeats its question."""
    assert response.status_code in READABLE, (url, response.status_code)
    data = b"".join(response.streaming_content) if response.streaming else response.content
    return data.decode("utf-8", errors="ignore")


def leaks(cast, members) -> list[str]:
    world = lay_marks(cast)
    assert len(world) >= 4
    found = []
    for member in members:
        client = world[0][0].client_of(member)
        hidden = {x.mark for s, laid in world for x in laid if not s.oracle.sees(member, x.row)}
        assert hidden or member in {"installer", "reader", "inspector"}
        for url in addresses(world):
            text = shown(client.get(url), url)
            found += [f"{member} reads {m} at {url}" for m in hidden if m in text and f"q={m}" not in url]
            if "q=" in url:  # the question itself stands on the page; an answer would bear the row's address
                rows = [
                    (s, x) for s, laid in world for x in laid if x.mark in hidden and f"q={x.mark}" in url
                ]
                found += [
                    f"{member} finds {x.mark} at {url}"
                    for s, x in rows
                    if f'href="{declared.url(s.declared, x.row)}"' in text
                ]
        for suite, laid in world:
            listed = shown(client.get(f"{suite.base}?per_page=200"), suite.base)
            missed = [x.mark for x in laid if x.mark not in hidden and x.mark not in listed]
            assert not missed, f"{member} misses {missed} of his own"
    return found


def test_no_address_shows_a_mark_over_the_border(cast):
    assert leaks(cast, PAIR) == []


@pytest.mark.full
def test_no_address_shows_a_mark_the_oracle_denies_to_anybody(cast):
    assert leaks(cast, MEMBERS) == []


def branded(suite: Openly, laid: list[Laid]) -> dict[int, dict[str, str]]:
    return {row.pk: suite.branded(row) for row in laid}


def test_nobody_reads_the_named_fields_of_published_rows_and_nothing_else(cast):
    """All public pages, from /public/ on: every word of every row of every suite, whether it has a public side or not."""
    world = [(suite, branded(suite, laid)) for suite, laid in lay_marks(cast)]
    pages = crawl("/public/")
    text = "\n".join(pages.values())
    wanted = set().union(*(suite.wanted(words) for suite, words in world if suite.public))
    every = {word for _suite, words in world for of_row in words.values() for word in of_row.values()}
    assert len([suite for suite, _words in world if suite.public]) >= 2 and len(every) > 2 * len(wanted) > 0
    assert {word for word in every if word in text} == wanted
    assert {f"/public/{suite.resource}/" for suite, _words in world if suite.public} <= set(pages)
