"""EPCIS events a second on one core (CPU time): read, check, digest, hash; documents of 500 events.

Goals: 10,000 event hashes a second; at most 100 µs an event for reading, checking and digest together. Peers in
the same run: epcis-event-hash-generator (PyPI), epcis2.js (npm), python jsonschema with formats.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import node_peers

from shian.core.epcis import event_hash, integrity_digest, read_document, validate, write_xml
from shian.core.epcis.hash.values import identifier

SCHEMA = Path(__file__).parents[2] / "../shared/data/epcis/epcis2_0.json"
CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"


def event(number: int) -> dict[str, Any]:
    """A shipment of five crates and one lot, as a packer sends it; about 950 bytes."""
    return {
        "type": "ObjectEvent",
        "eventID": f"urn:uuid:00000000-0000-4000-8000-{number:012d}",
        "eventTime": f"2026-03-15T10:{number // 60 % 60:02d}:{number % 60:02d}.5+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": [f"urn:epc:id:sgtin:6901234.056789.{number}{n}" for n in range(5)],
        "quantityList": [
            {"epcClass": f"urn:epc:class:lgtin:6901234.056789.L{number}", "quantity": 12.5, "uom": "KGM"}
        ],
        "action": "OBSERVE",
        "bizStep": "shipping",
        "disposition": "in_transit",
        "readPoint": {"id": "urn:epc:id:sgln:6901234.00001.0"},
        "bizLocation": {"id": "urn:epc:id:sgln:6901234.00002.0"},
        "bizTransactionList": [{"type": "po", "bizTransaction": f"urn:epc:id:gdti:6901234.00001.{number}"}],
        "destinationList": [{"type": "owning_party", "destination": "urn:epc:id:pgln:6901234.00002"}],
        "example:grade": "A",
    }


def document(count: int) -> dict[str, Any]:
    return {
        "@context": [CONTEXT, {"example": "https://ns.example.cn/"}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-03-15T12:00:00Z",
        "epcisBody": {"eventList": [event(number) for number in range(count)]},
    }


def seconds(function: Callable[[], object], rounds: int = 5) -> float:
    """CPU seconds of one call, the best of ``rounds``."""
    best = float("inf")
    for _ in range(rounds):
        identifier.cache_clear()  # identifiers of an earlier round must not help
        start = time.process_time()
        function()
        best = min(best, time.process_time() - start)
    return best


def reference_hash(tree: dict[str, Any], ours: list[str]) -> float | None:
    try:
        from epcis_event_hash_generator.hash_generator import epcis_hashes_from_events
        from epcis_event_hash_generator.json_to_py import event_list_from_epcis_document_str
    except ImportError:
        print("peer absent: epcis-event-hash-generator (make .venv/.stamp-bench)")
        return None
    text = json.dumps(tree)
    theirs = epcis_hashes_from_events(event_list_from_epcis_document_str(text))
    print(
        f"hash agreement with epcis-event-hash-generator: {sum(map(str.__eq__, theirs, ours))} of {len(theirs)}"
    )
    return len(theirs) / seconds(
        lambda: epcis_hashes_from_events(event_list_from_epcis_document_str(text)), 2
    )


SCRIPT = """
let best = Infinity, out = [];
for (let round = 0; round < 3; round++) {
  const start = cpu();
  out = input.epcisBody.eventList.map(e => peer.eventToHashedId(JSON.parse(JSON.stringify(e)), input['@context']));
  best = Math.min(best, cpu() - start);
}
console.log(JSON.stringify({rate: out.length / best, out}));
"""


def node_hash(tree: dict[str, Any], ours: list[str]) -> float | None:
    answer = node_peers.run("epcis2.js", SCRIPT, tree)
    if answer is None:
        return None
    print(
        f"hash agreement with epcis2.js: {sum(map(str.__eq__, answer['out'], ours))} of {len(answer['out'])}"
    )
    return float(answer["rate"])


def json_schema(tree: dict[str, Any]) -> float | None:
    if not SCHEMA.exists():
        print(f"peer absent: ratified schema not found at {SCHEMA}")
        return None
    from jsonschema import Draft7Validator, FormatChecker

    checker = Draft7Validator(json.loads(SCHEMA.read_text("utf-8-sig")), format_checker=FormatChecker())
    assert checker.is_valid(tree)
    return len(tree["epcisBody"]["eventList"]) / seconds(lambda: checker.is_valid(tree), 2)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=500)
    count = parser.parse_args(arguments).events
    data = json.dumps(document(count)).encode()
    read = read_document(data)
    xml = write_xml(read)
    small = document(50)
    ours = [event_hash(e) for e in read_document(json.dumps(small).encode()).events]
    figures = {
        "JSON-LD read and checked": seconds(lambda: read_document(data)),
        "… and digest": seconds(lambda: [integrity_digest(e) for e in read_document(data).events]),
        "JSON-LD validated (all rules)": seconds(lambda: validate(data)),
        "XML 2.0 read and checked": seconds(lambda: read_document(xml)),
        "event hash CBV2.0": seconds(lambda: [event_hash(e) for e in read.events]),
        "event hash CBV2.1": seconds(lambda: [event_hash(e, "CBV2.1") for e in read.events]),
        "event hash from JSON bytes": seconds(lambda: [event_hash(e) for e in read_document(data).events]),
        "integrity digest": seconds(lambda: [integrity_digest(e) for e in read.events]),
    }
    hashing = count / figures["event hash from JSON bytes"]  # the peers start from JSON, too
    reading = count / figures["JSON-LD read and checked"]
    peers = {
        "epcis-event-hash-generator": (reference_hash(small, ours), hashing),
        "epcis2.js": (node_hash(small, ours), hashing),
        "jsonschema with formats": (json_schema(small), reading),
    }
    for name, figure in figures.items():
        print(f"{name:32} {count / figure:10,.0f} events/s  {figure / count * 1e6:7.1f} µs an event")
    for name, (peer, own) in peers.items():
        if peer is not None:
            print(f"{name:32} {peer:10,.0f} events/s  ours is {own / peer:.1f} times that")


if __name__ == "__main__":
    main()
