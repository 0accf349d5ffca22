"""A witness (见证方): cosigns a checkpoint only when it extends the one it cosigned before.

It keeps a few bytes for every log – origin, size, root – and no record at all. Request and refusals follow
C2SP tlog-witness; ``status`` is the HTTP status that :mod:`.witness_http` answers with. Threads wait for each other
at a lock, processes at the state file: what is seen is compared and replaced in one step.
"""

from __future__ import annotations

import base64
import binascii
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from shian.core.errors import Told
from shian.core.tlog.checkpoint import Checkpoint, is_size
from shian.core.tlog.note import KeyKind, NoteError, Signature, SignedNote, Signer, Verifier
from shian.core.tlog.tree import EMPTY_ROOT, ProofError, verify_consistency
from shian.core.words import say

_MOST_PROOF_LINES = 63


class WitnessRefusal(Told, ValueError):
    """The witness does not cosign. ``status`` 400, 403, 404, 409 or 422; ``size`` is set with 409."""

    def __init__(self, status: int, code: str, words: str, size: int | None = None) -> None:
        super().__init__(code, words)
        self.status = status
        self.size = size


@dataclass(frozen=True)
class AddCheckpoint:
    """A request: the size the witness knew, the proof from there, the new checkpoint."""

    old_size: int
    proof: tuple[bytes, ...]
    note: SignedNote

    def text(self) -> str:
        """The request body of ``add-checkpoint``."""
        lines = [f"old {self.old_size}", *(base64.b64encode(h).decode() for h in self.proof)]
        return "\n".join(lines) + "\n\n" + self.note.text()

    @classmethod
    def parse(cls, text: str) -> AddCheckpoint:
        """Read a request body. Raises :class:`WitnessRefusal` (400)."""
        head, gap, note = text.partition("\n\n")
        first, *rest = head.split("\n")
        word, _, size = first.partition(" ")
        if not gap or word != "old" or not is_size(size) or len(rest) > _MOST_PROOF_LINES:
            raise WitnessRefusal(400, "request_form", say("request: 应为 old <size>、证明行、空行、检查点"))
        try:
            proof = tuple(base64.b64decode(line, validate=True) for line in rest)
            return cls(int(size), proof, SignedNote.parse(note))
        except (binascii.Error, NoteError) as error:
            raise WitnessRefusal(400, "request_note", say("request: %(error)s", error=error)) from error


class Witness:
    """The state of one witness in a SQLite file, and its key."""

    def __init__(self, path: str | Path, signer: Signer, logs: Sequence[Verifier]) -> None:
        if signer.kind is not KeyKind.WITNESS:
            raise NoteError("not_a_witness_key", say("key=%(name)r: 不是见证密钥", name=signer.name))
        self._signer = signer
        self._logs = tuple(logs)
        self._one_at_a_time = Lock()
        self._db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS seen"
            " (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL)"
        )

    @property
    def name(self) -> str:
        """The name of its key."""
        return self._signer.name

    def close(self) -> None:
        """Close the state file."""
        self._db.close()

    def seen(self, origin: str) -> tuple[int, bytes]:
        """Size and root last cosigned for ``origin``; an empty tree when none was."""
        row = self._db.execute("SELECT size, root FROM seen WHERE origin = ?", (origin,)).fetchone()
        return (0, EMPTY_ROOT) if row is None else (int(row[0]), bytes(row[1]))

    def add_checkpoint(self, request: AddCheckpoint, timestamp: int) -> Signature:
        """Check, remember, cosign – in this order, so that a crash can only lose a cosignature.

        ``timestamp`` is POSIX seconds. Raises :class:`WitnessRefusal`; then nothing is remembered.
        """
        checkpoint = self._trusted(request.note)
        if request.old_size > checkpoint.size:
            raise WitnessRefusal(
                400,
                "old_larger",
                say(
                    "old=%(old_size)s: 大于检查点的 %(size)s", old_size=request.old_size, size=checkpoint.size
                ),
            )
        with self._one_at_a_time:
            self._remember(request, checkpoint)
        return self._signer.sign(request.note.body, timestamp)

    def _remember(self, request: AddCheckpoint, checkpoint: Checkpoint) -> None:
        """Compare with what was seen and replace it, in one transaction that is on disk when this returns."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._check_extends(request, checkpoint)
            self._db.execute(
                "INSERT INTO seen VALUES (?, ?, ?, ?) ON CONFLICT (origin)"
                " DO UPDATE SET size = excluded.size, root = excluded.root, note = excluded.note",
                (checkpoint.origin, checkpoint.size, checkpoint.root, request.note.text()),
            )
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _trusted(self, note: SignedNote) -> Checkpoint:
        try:
            checkpoint = Checkpoint.of(note)
        except NoteError as error:
            raise WitnessRefusal(400, error.code, error.words) from error
        keys = [key for key in self._logs if key.name == checkpoint.origin]
        if not keys:
            raise WitnessRefusal(
                404,
                "unknown_origin",
                say("origin=%(origin)r: 不是本见证方所认的日志", origin=checkpoint.origin),
            )
        if not any(note.signed_by(key) for key in keys):
            raise WitnessRefusal(
                403, "log_signature", say("origin=%(origin)r: 日志签名无效", origin=checkpoint.origin)
            )
        return checkpoint

    def _check_extends(self, request: AddCheckpoint, checkpoint: Checkpoint) -> None:
        size, root = self.seen(checkpoint.origin)
        if request.old_size != size:
            raise WitnessRefusal(
                409,
                "other_size",
                say("old=%(old_size)s: 本见证方上次所见为 %(size)s", old_size=request.old_size, size=size),
                size,
            )
        if size == checkpoint.size and root != checkpoint.root:
            raise WitnessRefusal(
                409, "fork", say("size=%(size)s: 同一大小出现两个不同的根（日志分叉）", size=size), size
            )
        if size == 0 and request.proof:
            raise WitnessRefusal(422, "proof_at_first", say("proof: 首次见证不应有一致性证明"))
        try:
            if size:
                verify_consistency(size, root, checkpoint.size, checkpoint.root, request.proof)
        except ProofError as error:
            raise WitnessRefusal(422, error.code, error.words) from error
