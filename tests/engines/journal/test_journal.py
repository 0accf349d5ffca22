"""The journal: idempotent, conflicts, declarations, rollback and proceed, two views, and a process killed at any point."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import orjson
import pytest
from tests.engines.trace import events as ev

from shian.core.epcis import (
    EpcisError,
    event_from_json,
    event_hash,
    event_to_json,
    integrity_digest,
    read_document,
    write_xml,
)
from shian.engines.journal import Behaviour, Journal, View
from shian.engines.journal.intake import take_in


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "j.db")


def statuses(receipt) -> list[str]:
    return [item.status.value for item in receipt.items]


def test_same_content_gets_the_earlier_receipt(journal: Journal) -> None:
    events = [ev.make(0, "F", "A"), ev.make(1, "G", "A")]
    first = journal.capture(events, ev.NOW)
    assert statuses(first) == ["stored", "stored"] and first.capture == 1
    again = journal.capture(events, ev.NOW)
    assert statuses(again) == ["known", "known"] and again.capture == 1
    assert [i.seq for i in again.items] == [i.seq for i in first.items] == [1, 2]
    mixed = journal.capture([ev.make(2, "P", "A"), events[1], events[1]], ev.NOW)
    assert statuses(mixed) == ["stored", "known", "known"] and mixed.capture == 2
    assert mixed.items[1].capture == 1 and journal.last() == 3
    assert mixed.items[0].digest == integrity_digest(next(iter(journal.events(after=2))).event)


def test_an_event_twice_in_one_document_is_stored_once(journal: Journal) -> None:
    event = ev.make(0, "F", "A")
    receipt = journal.capture([event, event], ev.NOW)
    assert statuses(receipt) == ["stored", "known"]
    assert {i.seq for i in receipt.items} == {1} and journal.last() == 1


def test_other_content_under_the_same_id_is_a_conflict(journal: Journal) -> None:
    event = ev.make(0, "F", "A")
    changed = ev.make(0, "F", "B", eventID=event.event_id)
    journal.capture([event], ev.NOW)
    other = ev.make(1, "G", "A")
    refused = journal.capture([other, changed], ev.NOW)
    assert refused.capture is None and [i.index for i in refused.refused] == [1]
    assert refused.refused[0].problem.rule == "journal.conflict"
    assert refused.refused[0].problem.path == "eventList[1].eventID"
    assert event.event_id in refused.refused[0].problem.message
    assert journal.last() == 1
    partly = journal.capture([other, changed], ev.NOW, Behaviour.PROCEED)
    assert statuses(partly) == ["stored", "refused"] and journal.last() == 2
    inside = [ev.make(5, "P", "A"), ev.make(6, "Q", "A")]
    inside[1] = ev.make(6, "Q", "A", eventID=inside[0].event_id)
    assert statuses(journal.capture(inside, ev.NOW, Behaviour.PROCEED)) == ["stored", "refused"]


@pytest.mark.parametrize("declaration_first", [False, True])
def test_error_declaration_and_views(journal: Journal, declaration_first: bool) -> None:
    event, other = ev.make(0, "F", "A"), ev.make(1, "G", "A")
    order = [event, ev.declare_wrong(event)]
    for one in [other, *(reversed(order) if declaration_first else order)]:
        assert statuses(journal.capture([one], ev.NOW)) == ["stored"]
    assert len(journal.get(event.event_id)) == 2
    assert [r.event_id for r in journal.events(View.CORRECTED)] == [other.event_id]
    assert len(list(journal.events(View.RECORDED))) == 3
    assert statuses(journal.capture([ev.declare_wrong(event)], ev.NOW)) == ["known"]


def test_pages_do_not_shift(journal: Journal) -> None:
    journal.capture([ev.make(n, "F", "A") for n in range(5)], ev.NOW)
    first = list(journal.events(limit=2))
    journal.capture([ev.make(9, "F", "A")], ev.NOW)
    rest = list(journal.events(after=first[-1].seq))
    assert [r.seq for r in (*first, *rest)] == [1, 2, 3, 4, 5, 6]


def test_rows_cannot_be_changed_or_removed(journal: Journal) -> None:
    journal.capture([ev.make(0, "F", "A")], ev.NOW)
    for sql in ("DELETE FROM event", "UPDATE event SET event_id = 'x'"):
        with pytest.raises(sqlite3.IntegrityError, match="日志只增"):
            journal.db.execute(sql)


def test_an_event_without_id_is_named_by_its_hash(journal: Journal) -> None:
    raw = {k: v for k, v in event_to_json(ev.make(0, "F", "A")).items() if k != "eventID"}
    event = event_from_json(raw)
    receipt = journal.capture([event], ev.NOW)
    assert receipt.items[0].event_id == event_hash(event, "CBV2.0")
    assert statuses(journal.capture([event], ev.NOW)) == ["known"]


def test_stored_events_come_back_equal(journal: Journal) -> None:
    events = [ev.make(0, {"F": 1.50}, "A"), ev.pack(1, 1, "F", "A"), ev.cook(2, "F", "P", "A")]
    journal.capture(events, ev.NOW)
    assert [r.event for r in journal.events()] == events


class Failing:
    def stored(self, db: sqlite3.Connection, rows: object, void: object) -> None:
        raise RuntimeError("索引失败")


def test_a_failing_index_stores_nothing(journal: Journal) -> None:
    journal.observers = (Failing(),)
    with pytest.raises(RuntimeError):
        journal.capture([ev.make(0, "F", "A")], ev.NOW)
    assert journal.last() == 0 and not journal.db.in_transaction


def document(events: list[dict]) -> bytes:
    return orjson.dumps(
        {
            "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
            "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": ev.at(0),
            "epcisBody": {"eventList": events},
        }
    )  # fmt: skip


def test_intake_sets_bad_events_aside_when_told_to_proceed() -> None:
    good = [orjson.loads(orjson.dumps(event_to_json(ev.ship(n, "F", "A", "B")), default=str)) for n in range(4)]
    for g in good:
        g.pop("@context", None)
    bad = {**good[1], "eventTime": "2026-02-30T00:00:00Z"}
    worse = {**good[2], "action": "THINK"}
    data = document([good[0], bad, worse, good[3]])
    with pytest.raises(EpcisError):
        take_in(data)
    taken = take_in(data, Behaviour.PROCEED)
    assert [i for i, _ in taken.events] == [0, 3]
    assert {p.path.split(".")[1] for p in taken.problems} == {"eventList[1]", "eventList[2]"}
    with pytest.raises(EpcisError):
        take_in(b"{", Behaviour.PROCEED)


def test_intake_sets_bad_xml_events_aside() -> None:
    """Also those that cannot be read at all; each is named by its place in the document, in whatever encoding."""
    good = orjson.loads(orjson.dumps(event_to_json(ev.ship(1, "F", "A", "B")), default=str))
    xml = write_xml(
        read_document(document([good, {**good, "eventID": "urn:x:2"}, {**good, "eventID": "urn:x:3"}]))
    ).decode()
    parts = xml.split("<ObjectEvent>")
    parts[1] = parts[1].replace("<action>OBSERVE", "<action><x/>OBSERVE")
    parts[3] = parts[3].replace("<action>OBSERVE", "<action>THINK")
    data = "<ObjectEvent>".join(parts).replace(' encoding="UTF-8"', "").encode("utf-16")
    with pytest.raises(EpcisError) as refusal:
        take_in(data)
    assert refusal.value.path == "epcisBody.eventList[0].action"
    taken = take_in(data, Behaviour.PROCEED)
    assert [(i, e.event_id) for i, e in taken.events] == [(1, "urn:x:2")]
    assert [(p.path, p.rule) for p in taken.problems] == [
        ("epcisBody.eventList[0].action", "xml.element"),
        ("epcisBody.eventList[2].action", "schema.enum"),
    ]
