"""Whatever is done to records or to the file of the log is found and named."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shian.core.tlog import Checkpoint, Signer, record_digest
from shian.core.tlog.bulk import RowHasher
from shian.core.tlog.tree import leaf_hash
from shian.engines.tlog import Log
from shian.engines.tlog.audit import Workers, check_log, compare_records, line_digests
from shian.engines.tlog.tiles import export_tiles, index_path, read_tile, tile_path

DIGESTS = [record_digest(b"%d" % i) for i in range(3000)]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    with Log(tmp_path_factory.mktemp("audit") / "log.db", "o") as opened:
        opened.append(DIGESTS)
        yield opened


def test_untouched_records_and_log_give_no_finding(log: Log) -> None:
    assert compare_records(log, DIGESTS) == []
    trusted = [Checkpoint("o", size, log.root(size)) for size in (0, 1, 255, 256, 257, 2048, 2999, 3000)]
    assert check_log(log, trusted) == []


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2998), st.sampled_from(["altered", "removed", "inserted", "reordered"]))
def test_one_change_is_one_finding_with_its_kind_and_place(log: Log, index: int, kind: str) -> None:
    changed = list(DIGESTS)
    if kind == "altered":
        changed[index] = record_digest(b"altered")
    elif kind == "removed":
        del changed[index]
    elif kind == "inserted":
        changed.insert(index, record_digest(b"new"))
    else:
        changed[index], changed[index + 1] = changed[index + 1], changed[index]
    found = compare_records(log, iter(changed))
    assert [f.kind for f in found] == [kind]
    assert abs(found[0].index - index) <= 1


def test_far_moves_truncation_and_several_changes(log: Log) -> None:
    moved = [*DIGESTS[:100], *DIGESTS[101:2900], DIGESTS[100], *DIGESTS[2900:]]
    assert [(f.kind, f.index) for f in compare_records(log, moved)] == [("reordered", 100)]
    assert [f.kind for f in compare_records(log, DIGESTS[:2990], most=3)] == ["removed"] * 3
    several = list(DIGESTS)
    several[10] = several[2500] = record_digest(b"x")
    del several[1200]
    assert [(f.kind, f.index) for f in compare_records(log, several)] == [
        ("altered", 10),
        ("removed", 1200),
        ("altered", 2500),
    ]
    shuffled = list(DIGESTS)
    random.Random(1).shuffle(shuffled)
    assert {f.kind for f in compare_records(log, shuffled, most=9999)} == {"reordered"}


def tamper(path: Path, statement: str) -> None:
    """What someone with the file in hand could do: drop the triggers first."""
    db = sqlite3.connect(path)
    db.create_function("flip", 1, lambda blob: bytes([blob[0] ^ 1]) + blob[1:])
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.execute(f'DROP TRIGGER "{name}"')
    db.execute(statement)
    db.commit()
    db.close()


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE bundle SET digests = flip(digests) WHERE n = 3", "tile"),
        ("UPDATE bundle SET digests = flip(digests) WHERE n = 11", "checkpoint"),
        ("UPDATE tile SET hashes = flip(hashes) WHERE level = 1", "tile"),
        ("DELETE FROM bundle WHERE n = 5", "tile"),
        ("DELETE FROM bundle WHERE n = 11", "checkpoint"),
    ],
)
def test_a_tampered_file_is_found(tmp_path: Path, statement: str, kind: str) -> None:
    path = tmp_path / "log.db"
    with Log(path, "o") as log:
        log.append(DIGESTS)
        trusted = [Checkpoint("o", log.size, log.root())]
    tamper(path, statement)
    with Log(path) as log:
        assert kind in {f.kind for f in check_log(log, trusted)}


def test_a_log_rewritten_from_scratch_is_found_by_the_witnessed_checkpoint(tmp_path: Path, log: Log) -> None:
    with Log(tmp_path / "forged.db", "o") as forged:
        forged.append([record_digest(b"forged"), *DIGESTS[1:]])
        assert check_log(forged) == []
        found = check_log(forged, [Checkpoint("o", 2000, log.root(2000))])
        assert [f.kind for f in found] == ["checkpoint"]


def test_progress_is_reported(log: Log) -> None:
    seen: list[tuple[int, int]] = []
    check_log(log, progress=lambda done, total: seen.append((done, total)))
    assert seen and all(total == 3000 for _, total in seen)


def test_tiles_follow_the_c2sp_layout(tmp_path: Path, log: Log) -> None:
    assert (
        index_path(1234067) == "x001/x234/067" and index_path(5) == "005" and index_path(1000) == "x001/000"
    )
    assert tile_path(0, 273, 112) == "tile/0/273.p/112"
    note = log.checkpoint(Signer.generate("o"))
    written = export_tiles(log, tmp_path, note, 3000)
    assert written == 2 * 12 + 1 + 1  # twelve bundles with their leaf tiles, one level-1 tile, the checkpoint
    assert export_tiles(log, tmp_path, note, 3000) == 1
    assert (tmp_path / "checkpoint").read_text() == note.text()
    assert read_tile(tmp_path, 0, 11, 184) == [leaf_hash(d) for d in DIGESTS[2816:]]
    assert len(read_tile(tmp_path, 1, 0, 11)) == 11
    bundle = (tmp_path / "tile/entries/000").read_bytes()
    assert bundle[:34] == b"\x00\x20" + DIGESTS[0] and len(bundle) == 256 * 34


def test_every_stored_level_is_checked_and_named_once(tmp_path: Path) -> None:
    """One change is one finding at its own place, whichever level it was made at."""
    path = tmp_path / "log.db"
    with Log(path, "o") as log:
        log.append(record_digest(b"%d" % i) for i in range(66_000))
        trusted = [Checkpoint("o", size, log.root(size)) for size in (1000, 60_000, 66_000)]
    for statement, expected in (
        ("UPDATE bundle SET digests = flip(digests) WHERE n = 200", [("tile", 51_200)]),
        ("UPDATE tile SET hashes = flip(hashes) WHERE level = 1 AND n = 0", [("tile", 0), ("tile", 0)]),
        ("UPDATE tile SET hashes = flip(hashes) WHERE level = 2", [("tile", 0)]),
    ):
        tamper(path, statement)
        with Log(path) as log:
            found = [(f.kind, f.index) for f in check_log(log, trusted) if f.kind == "tile"]
        tamper(path, statement)  # flipping twice restores
        assert found == expected, statement
    with Log(path) as log:
        assert check_log(log, trusted) == []
    tamper(path, "UPDATE bundle SET digests = substr(digests, 1, 64) WHERE n = 3")
    with Log(path) as log:
        assert [(f.kind, f.index) for f in check_log(log, trusted)] == [("tile", 768), ("checkpoint", 0)]
    tamper(path, "DELETE FROM tile WHERE level = 2")
    with Log(path) as log:
        assert {f.index for f in check_log(log, trusted)} >= {0, 768}


def test_the_stretch_between_two_checkpoints_is_named(tmp_path: Path, log: Log) -> None:
    """Log and tiles rewritten consistently: the checkpoints kept by others say between which entries."""
    forged_digests = list(DIGESTS)
    forged_digests[1500] = record_digest(b"forged")
    trusted = [Checkpoint("o", size, log.root(size)) for size in (3000, 500, 1400, 1600, 2000)]
    with Log(tmp_path / "forged.db", "o") as forged:
        forged.append(forged_digests)
        (found,) = check_log(forged, trusted)
        assert (found.kind, found.index) == ("checkpoint", 1400) and "第 1400–1599 条之间" in found.message
        shorter = [*trusted, Checkpoint("o", 4000, bytes(32))]
        assert [f.index for f in check_log(forged, shorter)] == [1400, 3000]


def test_processes_find_what_one_finds(tmp_path: Path, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shian.engines.tlog.audit.stored._SPAN", 4)
    monkeypatch.setattr("shian.engines.tlog.audit.records._PART", 3000)
    lines = [b"%d" % i for i in range(3000)]
    lines[2900] = b"altered"
    (tmp_path / "records").write_bytes(b"\r\n".join(lines))
    with Workers(2) as workers:
        assert check_log(log, [Checkpoint("o", 3000, log.root())], workers=workers) == []
        found = compare_records(log, line_digests(tmp_path / "records", workers))
    assert [(f.kind, f.index) for f in found] == [("altered", 2900)]
    (tmp_path / "empty").write_bytes(b"")
    with Workers() as alone:
        assert b"".join(line_digests(tmp_path / "empty", alone)) == b""


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=64), st.integers(1, 80), st.integers(0, 20), st.randoms())
def test_rows_are_hashed_as_one_by_one(prefix: bytes, width: int, count: int, rng: random.Random) -> None:
    rows = [rng.randbytes(width) for _ in range(count)]
    hasher = RowHasher(prefix, width)
    for _ in range(2):  # the buffer is used again
        assert hasher(b"".join(rows)) == b"".join(sha256(prefix + row).digest() for row in rows)
    if width > 1:
        with pytest.raises(ValueError, match="整数倍"):
            hasher(b"x")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.binary(max_size=40).map(lambda b: b.replace(b"\n", b"").rstrip(b"\r"))))
def test_lines_in_parts_are_the_lines_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, records: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("lines") / "records"
    path.write_bytes(b"".join(r + b"\n" for r in records))
    with pytest.MonkeyPatch.context() as patch, Workers() as alone:
        patch.setattr("shian.engines.tlog.audit.records._PART", 50)
        assert b"".join(line_digests(path, alone)) == b"".join(map(record_digest, records))
