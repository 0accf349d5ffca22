"""A journal under fire, watched by a second opinion.

:class:`Harness` captures one hostile document after the other and keeps a model of its own of what must be in the
journal; :meth:`Harness.verify` then compares every row, byte by byte, and the graph with one derived anew.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.engines.trace import events as ev

from shian.core.epcis import EpcisError, Event, Problem, canonical_bytes, event_hash
from shian.core.trace import Direction, UnknownThing
from shian.engines.journal import Behaviour, Journal, Receipt, Status
from shian.engines.journal.intake import Intake, take_in
from shian.engines.recall import StandingRecalls
from shian.engines.trace import GraphStore, LiveIndex, Tracer

ABOUT_THE_WHOLE = ("json.", "xml.", "limit.", "schema.", "time.")
"""Rules that may speak of the document itself, with an empty path: it could not be read as one."""

_EDGES = """
SELECT a.name, p.name, b.name, q.name, e.kind, e.t_out, e.t_in, e.seq, e.until, e.mantissa, e.scale, m.name
FROM edge e JOIN node x ON x.id = e.src JOIN thing a ON a.id = x.thing JOIN place p ON p.id = x.place
JOIN node y ON y.id = e.dst JOIN thing b ON b.id = y.thing JOIN place q ON q.id = y.place JOIN measure m ON m.id = e.measure"""
_NODES = """
SELECT t.name, p.name, n.flags, n.first, n.last FROM node n JOIN thing t ON t.id = n.thing JOIN place p ON p.id = n.place
WHERE n.last > 0 OR n.flags"""
_FACTS = """
SELECT t.name, f.seq, f.n, f.time, f.tie, f.act, f.unit, p.name, o.name, r.name, f.papers, g.name, f.mantissa, f.scale, m.name, f.void
FROM fact f JOIN thing t ON t.id = f.thing JOIN place p ON p.id = f.at JOIN place o ON o.id = f.own JOIN place r ON r.id = f.peer
LEFT JOIN thing g ON g.id = f.grp JOIN measure m ON m.id = f.measure"""


class Harness:
    """A fresh journal at ``path`` with its graph and one standing recall; ``outcomes`` counts what became of events
    and, by rule, of refusals."""

    def __init__(self, path: Path) -> None:
        self.journal = Journal(path)
        self.recalls = StandingRecalls(self.journal.db)
        self.journal.observers = (GraphStore(self.journal.db, [self.recalls]),)
        self.index = LiveIndex(path)
        self.outcomes: Counter[str] = Counter()
        self.known: dict[str, dict[bytes, bool]] = {}  # eventID -> digest -> is it a declaration
        self.digests: list[bytes] = []  # of row 1, 2, …
        self.events = 0

    def capture(self, data: bytes, behaviour: Behaviour) -> None:
        """One document. Raises ``AssertionError``, or whatever escapes, where a promise is broken."""
        try:
            intake = take_in(data, behaviour)
        except EpcisError as refusal:
            check_refusal(refusal.problems)
            self.outcomes[f"refused: {refusal.rule}"] += 1
            return
        check_refusal(intake.problems)
        compare_with_source(data, intake)
        expected = self._expected([event for _, event in intake.events], behaviour)
        receipt = self.journal.capture([event for _, event in intake.events], ev.NOW, behaviour)
        self._take(receipt, expected)
        for problem in intake.problems:
            self.outcomes[f"refused: {problem.rule}"] += 1

    def _expected(self, events: list[Event], behaviour: Behaviour) -> list[tuple[str, bytes, Status, bool]]:
        """What the rules say of each event: same content known, other content refused, declarations stored."""
        known = {name: dict(held) for name in map(_name, events) if (held := self.known.get(name))}
        out = []
        for event in events:
            body = canonical_bytes(event)
            digest = sha256(b"shian/epcis-event/v1\x00" + len(body).to_bytes(8, "big") + body).digest()
            held = known.setdefault(_name(event), {})
            declares = event.error_declaration is not None
            if digest in held:
                status = Status.KNOWN
            elif not declares and not all(held.values()):
                status = Status.REFUSED
            else:
                status = Status.STORED
                held[digest] = declares
            out.append((_name(event), digest, status, declares))
        return out

    def _take(self, receipt: Receipt, expected: list[tuple[str, bytes, Status, bool]]) -> None:
        rolled_back = receipt.capture is None and bool(receipt.refused)
        told = [(i.event_id, i.digest, i.status) for i in receipt.items]
        wanted = [(name, digest, status) for name, digest, status, _ in expected]
        assert told == ([w for w in wanted if w[2] is not Status.STORED] if rolled_back else wanted), (
            told,
            wanted,
        )
        for item in receipt.items:
            self.outcomes[item.status.value] += 1
            if item.status is Status.REFUSED:
                assert item.problem is not None and item.problem.rule == "journal.conflict"
                check_refusal((item.problem,))
            elif not rolled_back:
                assert item.seq is not None and item.capture is not None
        for (name, digest, status, declares), item in zip(expected, receipt.items, strict=not rolled_back):
            if status is Status.STORED and not rolled_back:
                self.digests.append(digest)
                self.known.setdefault(name, {})[digest] = declares
                assert item.seq == len(self.digests)

    def verify(self, copy: Path) -> int:
        """Everything accepted is there, byte by byte, nothing else is; the graph derived anew in ``copy`` is the live
        one, and answers as it does. Returns the number of rows."""
        db = self.journal.db
        assert not db.in_transaction and db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        for number, (seq, event_id, digest, body, declares) in enumerate(
            db.execute("SELECT seq, event_id, digest, body, declares FROM event ORDER BY seq")
        ):
            sealed = sha256(b"shian/epcis-event/v1\x00" + len(body).to_bytes(8, "big") + body).digest()
            assert seq == number + 1 and sealed == digest == self.digests[number], seq
            assert self.known[event_id][digest] == bool(declares), seq
        assert self.journal.last() == len(self.digests)
        self._same_graph(copy)
        return len(self.digests)

    def _same_graph(self, copy: Path) -> None:
        anew = Journal(copy)
        self.journal.db.backup(anew.db)
        GraphStore(anew.db).rebuild(anew)
        for sql in (_EDGES, _NODES, _FACTS):
            assert Counter(self.journal.db.execute(sql)) == Counter(anew.db.execute(sql)), sql
        names = [name for (name,) in self.journal.db.execute("SELECT name FROM thing ORDER BY id")]
        names = names[:10] + random.Random(len(names)).sample(names, min(len(names), 40))
        self.index.refresh()
        with LiveIndex(copy) as other:
            for name in names:
                assert answer(self.index, name) == answer(other, name), name
        anew.close()

    def close(self) -> None:
        self.index.db.close()
        self.journal.close()


def answer(index: LiveIndex, name: str) -> object:
    """The trace both ways, in names."""
    try:
        trace = Tracer(index).trace([name], Direction.BOTH)
    except UnknownThing:
        return None
    key = {n.number: (n.thing, n.place) for n in trace.nodes}
    nodes = [(n.thing, n.place, n.depth, n.time, n.marks) for n in trace.nodes]
    return nodes, [(key[e.src], key[e.dst], *e[2:]) for e in trace.edges]


def check_refusal(problems: tuple[Problem, ...]) -> None:
    """Every problem names field and rule and says something; only whole documents have no field."""
    for problem in problems:
        assert problem.rule and problem.message, problem
        assert problem.path or problem.rule.startswith(ABOUT_THE_WHOLE), problem
        assert len(problem.message) < 400, problem


def compare_with_source(data: bytes, intake: Intake) -> None:
    """What was read from JSON says what the bytes say, by the standard library's own parser."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{":
        return
    tree: Any = json.loads(data.decode("utf-8-sig"), parse_float=str, parse_int=str)
    body = tree.get("epcisBody", {})
    body = body.get("queryResults", {}).get("resultsBody", {}) if "queryResults" in body else body
    source = body["eventList"] if body else [tree]
    for index, event in intake.events:
        stored = json.loads(canonical_bytes(event), parse_float=str, parse_int=str)
        given = {k: v for k, v in source[index].items() if k != "@context"}
        assert {k: v for k, v in stored.items() if k != "@context"} == given, index


def _name(event: Event) -> str:
    return event.event_id or event_hash(event, "CBV2.0")
