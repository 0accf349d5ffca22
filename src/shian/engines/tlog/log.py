"""The log on disk: an append-only list of 32-byte record digests with the hashes above them.

One SQLite file (WAL). ``bundle`` holds the digests, 256 to a row; ``tile`` holds, for the levels above, the
hashes of full tiles below – the layout of C2SP tlog-tiles, so a tile is one row. Level-0 tiles are not
stored: they are the leaf hashes of a bundle. A batch is one transaction: after ``kill -9`` the file opens
with all of it or none of it. Triggers refuse to delete a row or to change a byte that was once written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from types import TracebackType

from shian.core.errors import Told
from shian.core.tlog.bulk import TreeHasher
from shian.core.tlog.checkpoint import Checkpoint
from shian.core.tlog.note import SignedNote, Signer
from shian.core.tlog.tree import (
    HASH_SIZE,
    consistency_proof,
    inclusion_proof,
    leaf_hashes,
    node_hash,
    split_hashes,
    tree_root,
)
from shian.core.words import say

TILE_WIDTH = 256
TILE_HEIGHT = 8
_TILE_BYTES = TILE_WIDTH * HASH_SIZE
_BATCH = 1 << 18
_CACHED_TILES = 64

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE bundle (n INTEGER PRIMARY KEY, digests BLOB NOT NULL);
CREATE TABLE tile (level INTEGER, n INTEGER, hashes BLOB NOT NULL, PRIMARY KEY (level, n));
CREATE TABLE checkpoint (size INTEGER NOT NULL, note TEXT NOT NULL);
CREATE INDEX checkpoint_size ON checkpoint (size);
CREATE TRIGGER bundle_kept BEFORE DELETE ON bundle BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER tile_kept BEFORE DELETE ON tile BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER checkpoint_kept BEFORE DELETE ON checkpoint BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER bundle_grows BEFORE UPDATE ON bundle
  WHEN old.n <> new.n OR substr(new.digests, 1, length(old.digests)) <> old.digests
  BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER tile_grows BEFORE UPDATE ON tile
  WHEN old.n <> new.n OR old.level <> new.level
    OR substr(new.hashes, 1, length(old.hashes)) <> old.hashes
  BEGIN SELECT RAISE(ABORT, 'append-only'); END;
"""


class LogError(Told, ValueError):
    """The log file is missing, of another kind, or the request does not fit it."""


class Log:
    """A transparency log (透明日志) in one file; use as a context manager or call :meth:`close`.

    ``Log(path)`` opens an existing log, ``Log(path, origin)`` makes it when absent. One process writes at
    a time (others wait up to 30 s), any number read.
    """

    def __init__(self, path: str | Path, origin: str | None = None) -> None:
        self.path = Path(path)
        if origin is None and not self.path.is_file():
            raise LogError("no_log", say("log=%(path)s: 日志不存在，请先初始化", path=self.path))
        self._db = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        try:
            self.origin = self._open(origin)
        except sqlite3.DatabaseError as error:
            raise LogError(
                "not_a_log", say("log=%(path)s: 不是日志文件（%(error)s）", path=self.path, error=error)
            ) from error
        self._tiles: dict[tuple[int, int], list[list[bytes]]] = {}
        self._hasher = TreeHasher()

    def _open(self, origin: str | None) -> str:
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        with self._writing():
            made = self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'bundle'").fetchone()
            if made is None:
                if origin is None:
                    raise LogError("not_a_log", say("log=%(path)s: 不是日志文件", path=self.path))
                if not origin or any(c.isspace() for c in origin) or "+" in origin:
                    raise LogError(
                        "origin_form", say("origin=%(origin)r: 不得为空，不得含空白或加号", origin=origin)
                    )
                for statement in _statements(_SCHEMA):
                    self._db.execute(statement)
                self._db.execute("INSERT INTO meta VALUES ('origin', ?)", (origin,))
        found = str(self._db.execute("SELECT value FROM meta WHERE key = 'origin'").fetchone()[0])
        if origin is not None and origin != found:
            raise LogError(
                "other_origin", say("origin=%(origin)r: 该文件已属于 %(found)r", origin=origin, found=found)
            )
        return found

    def forget(self) -> None:
        """Drop remembered tiles: what is asked next is read from the file."""
        self._tiles.clear()

    def close(self) -> None:
        """Close the file. The log can be opened again."""
        self.forget()
        self._db.close()

    def __enter__(self) -> Log:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.DatabaseError as error:
            raise LogError(
                "not_writable", say("log=%(path)s: 无法写入（%(error)s）", path=self.path, error=error)
            ) from error
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    @property
    def size(self) -> int:
        """Number of entries."""
        row = self._db.execute("SELECT n, length(digests) FROM bundle ORDER BY n DESC LIMIT 1").fetchone()
        return 0 if row is None else int(row[0]) * TILE_WIDTH + int(row[1]) // HASH_SIZE

    def append(self, leaf_digests: Iterable[bytes]) -> tuple[int, int]:
        """Append record digests (32 bytes each) in order; return ``(first index, new size)``.

        All or nothing up to 262,144 digests; longer input is written in transactions of that many.
        """
        first: int | None = None
        size = self.size
        stream = iter(leaf_digests)
        while batch := list(islice(stream, _BATCH)):
            size = self._append_batch(batch)
            first = size - len(batch) if first is None else first
        return size if first is None else first, size

    def _append_batch(self, batch: list[bytes]) -> int:
        if any(len(d) != HASH_SIZE for d in batch):
            raise LogError("digest_length", say("digest: 每条摘要应为 %(size)s 字节", size=HASH_SIZE))
        with self._writing():
            size = self.size
            self._extend(0, size, b"".join(batch))
            return size + len(batch)

    def _extend(self, level: int, size: int, items: bytes) -> None:
        """Put ``items`` behind the ``size`` hashes that stand at ``level``; roots of full tiles go one level up."""
        first, held = divmod(size, TILE_WIDTH)
        pending = (self._row(level, first) if held else b"") + items
        whole = len(pending) // _TILE_BYTES
        for number, at in enumerate(range(0, len(pending), _TILE_BYTES), start=first):
            self._put(level, number, pending[at : at + _TILE_BYTES])
        if whole:
            full = pending[: whole * _TILE_BYTES]
            hashes = full if level else self._hasher.leaves(full)
            self._extend(level + 1, first, self._hasher.roots(hashes, TILE_HEIGHT))

    def _put(self, level: int, number: int, blob: bytes) -> None:
        if level == 0:
            self._db.execute(
                "INSERT INTO bundle VALUES (?, ?) ON CONFLICT (n) DO UPDATE SET digests = excluded.digests",
                (number, blob),
            )
        else:
            self._db.execute(
                "INSERT INTO tile VALUES (?, ?, ?)"
                " ON CONFLICT (level, n) DO UPDATE SET hashes = excluded.hashes",
                (level, number, blob),
            )

    def _row(self, level: int, number: int) -> bytes:
        if level == 0:
            found = self._db.execute("SELECT digests FROM bundle WHERE n = ?", (number,)).fetchone()
        else:
            found = self._db.execute(
                "SELECT hashes FROM tile WHERE level = ? AND n = ?", (level, number)
            ).fetchone()
        if found is None:
            raise LogError(
                "no_tile", say("tile %(level)s/%(number)s: 日志中没有这一块", level=level, number=number)
            )
        return bytes(found[0])

    def tile(self, level: int, number: int) -> list[bytes]:
        """Hashes of one tile (up to 256): leaf hashes at level 0, roots of full tiles above."""
        blob = self._row(level, number)
        hashes = split_hashes(blob)
        return hashes if level else leaf_hashes(hashes)

    def stored_tile(self, level: int, number: int) -> bytes:
        """The bytes of a tile above level 0 as they lie in the file; empty when it is not there."""
        try:
            return self._row(level, number)
        except LogError:
            return b""

    def _rows(self, level: int, number: int) -> list[list[bytes]]:
        """A tile with all rows above it: row ``r`` holds the roots of ``2**r`` neighbours, where complete.

        Remembered: a full tile never changes, one that is not full only grows.
        """
        rows = self._tiles.get((level, number))
        if rows is None or (len(rows[0]) < TILE_WIDTH and self._grown(level, number, len(rows[0]))):
            rows = [self.tile(level, number)]
            while len(rows[-1]) > 1:
                pairs = zip(rows[-1][::2], rows[-1][1::2], strict=False)
                rows.append([node_hash(left, right) for left, right in pairs])
            if len(self._tiles) >= _CACHED_TILES:
                self._tiles.clear()
            self._tiles[level, number] = rows
        return rows

    def _grown(self, level: int, number: int, width: int) -> bool:
        return len(self._row(level, number)) != width * HASH_SIZE

    def node(self, level: int, index: int) -> bytes:
        """Hash of the complete subtree over entries ``index * 2**level .. (index + 1) * 2**level``."""
        tile_level, rise = divmod(level, TILE_HEIGHT)
        number, offset = divmod(index, TILE_WIDTH >> rise)
        rows = self._rows(tile_level, number)
        if rise >= len(rows) or offset >= len(rows[rise]):
            raise LogError("no_node", say("node %(level)s/%(index)s: 超出日志末尾", level=level, index=index))
        return rows[rise][offset]

    def digests(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Record digests ``start..end`` in order, read bundle by bundle."""
        stop = self.size if end is None else end
        for number in range(start // TILE_WIDTH, -(-stop // TILE_WIDTH)):
            base = number * TILE_WIDTH
            yield from split_hashes(self._row(0, number))[max(start - base, 0) : stop - base]

    def find(self, digest: bytes) -> int | None:
        """Index of the first entry that holds ``digest``; every bundle is looked through."""
        for number, blob in self.bundles():
            at = blob.find(digest)
            while at % HASH_SIZE and at > 0:
                at = blob.find(digest, at + 1)
            if at >= 0:
                return number * TILE_WIDTH + at // HASH_SIZE
        return None

    def bundles(self) -> Iterator[tuple[int, bytes]]:
        """Number and digests of each bundle as stored: 256 x 32 bytes, the last one shorter."""
        for row in self._db.execute("SELECT n, digests FROM bundle ORDER BY n"):
            yield int(row[0]), bytes(row[1])

    def root(self, size: int | None = None) -> bytes:
        """Root over the first ``size`` entries (all of them by default)."""
        return tree_root(self._known(size), self.node)

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        """Proof that entry ``index`` is under :meth:`root`; at 10 M entries 24 hashes."""
        return inclusion_proof(index, self._known(size), self.node)

    def consistency_proof(self, old: int, new: int | None = None) -> list[bytes]:
        """Proof that the first ``old`` entries were not touched up to ``new``."""
        return consistency_proof(old, self._known(new), self.node)

    def _known(self, size: int | None) -> int:
        held = self.size
        if size is None:
            return held
        if not 0 <= size <= held:
            raise LogError("size", say("size=%(size)s: 日志只有 %(held)s 条", size=size, held=held))
        return size

    def checkpoint(self, signer: Signer) -> SignedNote:
        """Sign the present size and root, and keep the note in the log."""
        size = self.size
        body = Checkpoint(self.origin, size, self.root(size)).body()
        note = SignedNote(body, (signer.sign(body),))
        self.keep_checkpoint(note)
        return note

    def keep_checkpoint(self, note: SignedNote) -> None:
        """Store a checkpoint, for instance one that came back with cosignatures."""
        size = Checkpoint.of(note).size
        with self._writing():
            self._db.execute("INSERT INTO checkpoint VALUES (?, ?)", (size, note.text()))

    def checkpoints(self) -> Iterator[SignedNote]:
        """Every checkpoint kept, by size."""
        for row in self._db.execute("SELECT note FROM checkpoint ORDER BY size, rowid"):
            yield SignedNote.parse(row[0])

    def last_checkpoint(self) -> SignedNote | None:
        """The checkpoint of the largest size, the newest of them; None when there is none."""
        row = self._db.execute(
            "SELECT note FROM checkpoint ORDER BY size DESC, rowid DESC LIMIT 1"
        ).fetchone()
        return None if row is None else SignedNote.parse(row[0])


def _statements(script: str) -> list[str]:
    """Split the schema; a trigger's body holds a semicolon of its own and ends in ``END;``."""
    found: list[str] = []
    pending = ""
    for line in script.strip().splitlines():
        pending += line + "\n"
        if sqlite3.complete_statement(pending):
            found.append(pending)
            pending = ""
    return found
