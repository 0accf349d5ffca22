"""Simulated outbreaks on the generated food economy: at which rank does the true source stand?

    python bench/trace/outbreak_simulated.py [--lots 200000] [--outbreaks 60] [--seed 1]

One lot of a farm or a packer is contaminated. 30–300 people fall ill; four of five ate something made of it, the
others are ill for another reason. Everybody names six foods; of what they name 30 % is misremembered (another
food, drawn by market share) and 5 % is the wrong lot of the right place. The authority's graph lacks 10 % of the
links. Healthy people, drawn by market share, are the controls. A lot is one answer wherever it lies (its number is on the
label even where a link is missing), and lots that lead to exactly the same cases are one answer; ties count
against us. Printed beside a baseline that knows only market shares, and the plain share of cases.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shian.core.trace.outbreak.likelihood import PRIOR, log_likelihood_ratio
from shian.core.trace.outbreak.live import LotScores, ancestors, merge_states, score_lots
from shian.site.demo.economy import World, generate

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

FOODS, MISREMEMBERED, WRONG_LOT, UNRELATED, MISSING_LINKS = 6, 0.30, 0.05, 0.20, 0.10
CONTROLS = 2000
LEAST_DISHES = 20


def csr(starts: Ints, ends: Ints, count: int) -> tuple[Ints, Ints]:
    """Successors of each node, from parallel arrays."""
    order = np.argsort(starts, kind="stable")
    return np.concatenate(([0], np.cumsum(np.bincount(starts, minlength=count)))), ends[order]


@dataclass(frozen=True)
class Market:
    """The true graph, what people eat and how often, and the graph the authority has."""

    forward: tuple[Ints, Ints]
    known: tuple[Ints, Ints]
    dishes: Ints
    share: Floats
    place: Ints
    lot: Ints
    sources: Ints


def market_of(world: World, rng: np.random.Generator) -> Market:
    count = len(world.thing)
    starts = np.concatenate((world.moves.src, world.uses.src))
    ends = np.concatenate((world.moves.dst, world.uses.made[world.uses.batch]))
    known = rng.random(len(starts)) >= MISSING_LINKS
    first_kitchen = sum(world.tiers[:-1])
    leads_on = np.bincount(starts, minlength=count) > 0
    dishes = np.flatnonzero(~leads_on & (world.place >= first_kitchen))
    weight = 1 + rng.pareto(1.2, len(dishes)).clip(max=200)
    packers = np.flatnonzero((world.place >= world.tiers[0]) & (world.place < sum(world.tiers[:2])))
    made = np.intersect1d(np.unique(world.uses.made[world.uses.batch]), packers)
    sources = np.concatenate((np.arange(len(world.made)), made))
    return Market(
        csr(starts, ends, count),
        csr(ends[known], starts[known], count),
        dishes,
        weight / weight.sum(),
        world.place,
        world.thing,
        sources,
    )


@dataclass(frozen=True)
class Outbreak:
    source: int
    cases: int
    case_of: Ints
    lot_of: Ints


def outbreak_of(market: Market, rng: np.random.Generator, cases: int) -> Outbreak:
    """Choose a source with customers enough, and let people fall ill and answer questions."""
    while True:
        source = int(rng.choice(market.sources))
        behind = ancestors(*market.forward, np.array([source]))
        hit = np.flatnonzero(np.isin(market.dishes, behind, assume_unique=True))
        if len(hit) >= LEAST_DISHES:
            break
    related = rng.random(cases) >= UNRELATED
    eaten = rng.choice(market.dishes, (cases, FOODS), p=market.share)
    weight = market.share[hit] / market.share[hit].sum()
    eaten[related, 0] = rng.choice(market.dishes[hit], int(related.sum()), p=weight)
    wrong = rng.random(eaten.shape) < MISREMEMBERED
    eaten[wrong] = rng.choice(market.dishes, int(wrong.sum()), p=market.share)
    named = _wrong_lots(market, rng, eaten.ravel())
    return Outbreak(int(market.lot[source]), cases, np.repeat(np.arange(cases), FOODS), named)


def _wrong_lots(market: Market, rng: np.random.Generator, named: Ints) -> Ints:
    """Of some of the named foods the lot number is that of another food of the same place."""
    by_place = market.dishes[np.argsort(market.place[market.dishes], kind="stable")]
    places = market.place[by_place]
    picked = np.flatnonzero(rng.random(len(named)) < WRONG_LOT)
    low = np.searchsorted(places, market.place[named[picked]])
    high = np.searchsorted(places, market.place[named[picked]], side="right")
    named = named.copy()
    named[picked] = by_place[low + (rng.random(len(picked)) * (high - low)).astype(np.int64)]
    return named


def control_counts(market: Market, rng: np.random.Generator) -> LotScores:
    eaten = rng.choice(market.dishes, CONTROLS * FOODS, p=market.share)
    return merge_states(score_lots(*market.known, np.repeat(np.arange(CONTROLS), FOODS), eaten), market.lot)


def rank(scores: LotScores, values: Floats, source: int) -> int:
    """Place of the source among distinct answers; unranked when no case leads to it."""
    at = int(np.searchsorted(scores.lots, source))
    if at == len(scores.lots) or scores.lots[at] != source:
        return 10**9
    better = values >= values[at]
    better &= (scores.sets != scores.sets[at]).any(axis=1)
    return 1 + len(np.unique(scores.sets[better], axis=0))


def ranks_of(market: Market, background: LotScores, outbreak: Outbreak) -> dict[str, int]:
    scores = merge_states(score_lots(*market.known, outbreak.case_of, outbreak.lot_of), market.lot)
    at = np.searchsorted(background.lots, scores.lots).clip(max=len(background.lots) - 1)
    seen = np.where(background.lots[at] == scores.lots, background.cases[at], 0)
    share = (seen + 1) / (CONTROLS + 2)
    ratio = np.array(
        [
            log_likelihood_ratio(k, outbreak.cases, q)
            for k, q in zip(scores.cases.tolist(), share.tolist(), strict=True)
        ]
    )
    return {
        "likelihood ratio": rank(scores, ratio, outbreak.source),
        "share of cases": rank(scores, scores.cases.astype(np.float64), outbreak.source),
        "market share only": rank(scores, share, outbreak.source),
    }


def report(name: str, found: list[int]) -> None:
    held = np.array(found)
    parts = [f"top {n}: {np.mean(held <= n):.0%}" for n in (1, 5, 10, 50)]
    parts.append(f"median rank {np.median(held):.0f}")
    parts.append(f"not on any trace: {np.mean(held == 10**9):.0%}")
    print(f"{name}: {', '.join(parts)} ({len(held)} outbreaks)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lots", type=int, default=200_000)
    parser.add_argument("--outbreaks", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    market = market_of(generate(options.lots, options.seed), rng)
    background = control_counts(market, rng)
    print(f"lots: {len(market.place):,} dishes: {len(market.dishes):,} controls: {CONTROLS} prior: {PRIOR:g}")
    found: dict[int, dict[str, list[int]]] = {}
    clock: Callable[[], float] = time.perf_counter
    start = clock()
    for _ in range(options.outbreaks):
        for cases in (30, 100, 300):
            result = ranks_of(market, background, outbreak_of(market, rng, cases))
            for name, value in result.items():
                found.setdefault(cases, {}).setdefault(name, []).append(value)
    for cases, by_name in found.items():
        for name, values in by_name.items():
            report(f"{cases} cases, {name}", values)
    print(f"time: {(clock() - start) / options.outbreaks / 3 * 1e3:.0f} ms an outbreak")


if __name__ == "__main__":
    main()
