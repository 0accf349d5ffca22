"""GS1 identifiers a second on one core (CPU time), beside the reference normaliser and digital-link.js.

Goal: 100,000 parses a second. The peers also serve as oracle: on random valid identifiers their answer is
compared with ours, and the differences are printed.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import node_peers

from shian.core.gs1 import canonical_id, check_digit, parse_elements, parse_link, parse_urn, write_link

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789-"


def samples(count: int, rng: random.Random) -> list[str]:
    """EPC URNs of lots, instances, logistic units and places, all different."""
    out = []
    for _ in range(count):
        company = f"69{rng.randrange(10**6):06d}"[: rng.randint(7, 8)]
        item = f"{rng.randrange(10 ** (13 - len(company))):0{13 - len(company)}d}"
        place = f"{rng.randrange(10 ** (12 - len(company))):0{12 - len(company)}d}"
        unit = f"{rng.randrange(10 ** (17 - len(company))):0{17 - len(company)}d}"
        serial = "".join(rng.choices(LETTERS, k=rng.randint(4, 12)))
        out.append(
            rng.choice([
                f"urn:epc:class:lgtin:{company}.{item}.{serial}",
                f"urn:epc:id:sgtin:{company}.{item}.{serial}",
                f"urn:epc:id:sscc:{company}.{unit}",
                f"urn:epc:id:sgln:{company}.{place}.0",
            ])
        )  # fmt: skip
    return out


def rate(function: Callable[[str], object], values: Sequence[str], rounds: int = 5) -> float:
    """Calls a CPU second, the best of ``rounds``."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for value in values:
            function(value)
        best = min(best, time.process_time() - start)
    return len(values) / best


def against_reference(urns: list[str]) -> float | None:
    try:
        from epcis_event_hash_generator.dl_normaliser import normaliser
    except ImportError:
        print("peer absent: epcis-event-hash-generator (make .venv/.stamp-bench)")
        return None
    differing = [urn for urn in urns if normaliser(urn) != canonical_id(urn)]
    print(
        f"agreement with the reference normaliser: {len(urns) - len(differing):,} of {len(urns):,}",
        *differing[:3],
    )
    return rate(normaliser, urns[:2000], 2)


SCRIPT = """
let best = Infinity, out = [];
for (let round = 0; round < 2; round++) {
  out = []; const start = cpu();
  for (const uri of input) {
    const link = peer.DigitalLink(uri);
    out.push([link.getIdentifier(), link.getKeyQualifiers()]);
  }
  best = Math.min(best, cpu() - start);
}
const valid = input.slice(0, 200).map(uri => peer.DigitalLink(uri).isValid());
console.log(JSON.stringify({rate: input.length / best, out, valid}));
"""


def against_node(links: list[str]) -> float | None:
    answer = node_peers.run("digital-link.js", SCRIPT, links)
    if answer is None:
        return None
    ours = [parse_link(link) for link in links]
    same = sum(
        dict([elements.key]) == key and dict(elements.qualifiers) == qualifiers
        for elements, (key, qualifiers) in zip(ours, answer["out"], strict=True)
    )
    print(f"agreement with digital-link.js (key and qualifiers): {same:,} of {len(links):,}")
    print(
        f"  its grammar accepts {sum(answer['valid']):,} of the first {len(answer['valid']):,} links written here"
    )
    return float(answer["rate"])


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    options = parser.parse_args(arguments)
    urns = samples(options.count, random.Random(7))
    links = [canonical_id(urn) for urn in urns]
    gtin = "0690123456789"
    scanned = [f"(01){gtin}{check_digit(gtin)}(10){n:05d}(17)261231" for n in range(options.count)]
    figures = {
        "EPC URN parsed": rate(parse_urn, urns),
        "Digital Link parsed": rate(parse_link, links),
        "URN to canonical key": rate(canonical_id, urns),
        "Digital Link to canonical key": rate(canonical_id, links),
        "Digital Link written": rate(lambda uri: write_link(parse_urn(uri)), urns),
        "element string parsed": rate(parse_elements, scanned),
    }
    peers = {
        "reference normaliser (PyPI)": against_reference(urns),
        "digital-link.js (npm)": against_node(links[:1000]),
    }
    for name, figure in figures.items():
        print(f"{name:32} {figure:12,.0f}/s")
    for name, figure in peers.items():
        if figure is not None:
            print(
                f"{name:32} {figure:12,.0f}/s   ours is {figures['URN to canonical key'] / figure:.1f} times that"
            )


if __name__ == "__main__":
    main()
