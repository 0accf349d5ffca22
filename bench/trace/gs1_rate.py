"""GS1 identifiers a second on one core (CPU time), beside the reference normaliser and digital-link.js.

Goal: 100,000 parses a second. The peers also serve as oracle: on random valid identifiers their answer is
compared with ours, and the differences are printed.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import unquote

sys.path.insert(0, str(Path(__file__).parent))
import node_peers

from shian.core.gs1 import (
    canonical_id,
    check_digit,
    parse_elements,
    parse_link,
    parse_urn,
    write_elements,
    write_link,
    write_urn,
)

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


TEXT = [*"!'()*+,-.0123456789:;=ABCXYZ_abcxyz", *"%22 %25 %26 %2F %3C %3E %3F".split()]  # noqa: SIM905
# Scheme, digits of company prefix and reference together, what follows: "serial" text of so many characters, digits.
SHAPES = [
    ("id:sgtin", 13, "serial", 20), ("class:lgtin", 13, "serial", 20), ("id:upui", 13, "serial", 28), ("id:sscc", 17, "", 0),
    ("id:sgln", 12, "serial", 20), ("id:pgln", 12, "", 0), ("id:grai", 12, "serial", 16), ("id:gdti", 12, "serial", 17),
    ("id:gsrn", 17, "", 0), ("id:gsrnp", 17, "", 0), ("id:sgcn", 12, "digits", 12), ("id:gsin", 16, "", 0),
    ("id:itip", 13, "serial", 20), ("id:giai", 0, "serial", 18), ("id:ginc", 0, "serial", 18),
]  # fmt: skip


def every_scheme(count: int, rng: random.Random) -> list[str]:
    """Valid EPC URNs of every scheme of a GS1 key (Tag Data Standard §6.3), serials of all characters allowed."""
    out = []
    for n in range(count):
        scheme, total, kind, longest = SHAPES[n % len(SHAPES)]
        company = "".join(rng.choices("0123456789", k=rng.randint(6, 12)))
        body = [company]
        if total:
            body.append("".join(rng.choices("0123456789", k=total - len(company))))
        if scheme == "id:itip":
            pieces = rng.randint(1, 99)
            body += [f"{rng.randint(1, pieces):02d}", f"{pieces:02d}"]
        if kind:
            letters = TEXT if kind == "serial" else "0123456789"
            body.append("".join(rng.choices(letters, k=rng.randint(1, longest))))
        out.append(f"urn:epc:{scheme}:{'.'.join(body)}")
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


def _compared(name: str, urns: list[str], pairs: list[tuple[str, str]]) -> None:
    """Prints how many of ``pairs`` (the peer's answer, ours) are equal and, by scheme, the others with an example."""
    differing = [(urn, *pair) for urn, pair in zip(urns, pairs, strict=True) if pair[0] != pair[1]]
    refused = Counter(
        theirs.partition(":")[0] for _, theirs, _ in differing if not theirs.startswith(("http", "urn:", "("))
    )
    print(
        f"agreement with {name}: {len(urns) - len(differing):,} of {len(urns):,}; peer refuses {dict(refused)}"
    )
    by_scheme = Counter(urn.split(":")[3] for urn, _, _ in differing)
    for scheme, times in sorted(by_scheme.items()):
        urn, theirs, ours = next(found for found in differing if found[0].split(":")[3] == scheme)
        print(f"  {scheme} {times:,}: {urn} peer {theirs} ours {ours}")


def _answer(function: Callable[[], str]) -> str:
    try:
        return function()
    except Exception as refusal:  # whatever a peer raises is its answer
        return f"{type(refusal).__name__}: {refusal}"


def against_translator(urns: list[str]) -> float | None:
    """URN → Digital Link. The peer leaves the characters as the URN wrote them, so both are compared decoded."""
    try:
        from epcdltranslator import epcDLTranslator as translate
    except ImportError:
        print("peer absent: epcdltranslator (pip install epcdltranslator gtin)")
        return None
    pairs = [(unquote(_answer(lambda urn=urn: translate(urn))), unquote(canonical_id(urn))) for urn in urns]
    _compared("epcdltranslator, URN to Digital Link", urns, pairs)
    return rate(translate, samples(2000, random.Random(8)), 2)


def against_epcpy(urns: list[str]) -> float | None:
    """URN → element string as both write it; Digital Link → URN, ours and the peer's from the same elements."""
    try:
        from epcpy import epc_pure_identity_to_gs1_element_string as theirs
        from epcpy.utils.parsers import gs1_element_string_to_gs1_element as element
    except ImportError:
        print("peer absent: epcpy (pip install epcpy)")
        return None
    _compared(
        "epcpy, URN to element string",
        urns,
        [(_answer(lambda urn=urn: theirs(urn)), write_elements(parse_urn(urn))) for urn in urns],
    )
    backward = []
    for urn in urns:
        size = len(urn.split(":")[4].split(".")[0])
        elements = parse_link(canonical_id(urn))
        peer = _answer(lambda e=elements, size=size: element(write_elements(e), size).epc_uri)
        backward.append((peer, write_urn(elements, size)))
    _compared("epcpy, Digital Link to URN", urns, backward)
    print(
        f"  ours returns to the URN it came from: {sum(o == u for u, (_, o) in zip(urns, backward, strict=True)):,}"
    )
    return rate(theirs, samples(2000, random.Random(8)), 2)


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
    every = every_scheme(options.count // 4, random.Random(9))
    peers = {
        "reference normaliser (PyPI)": against_reference(urns),
        "epcdltranslator (PyPI)": against_translator(every),
        "epcpy (PyPI)": against_epcpy(every),
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
