"""Receipts (存证回执): a file that shows, offline, that one record is in the log (C2SP tlog-proof).

The receipt holds index, inclusion proof and the cosigned checkpoint. With the record (or its digest) and a
policy it verifies without any server, for an enterprise or a court.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from shian.core.errors import Told
from shian.core.words import say

from .checkpoint import Checkpoint
from .held import Proving
from .note import SignedNote
from .policy import Policy
from .tree import ProofError, leaf_hash, verify_inclusion

_HEADER = "c2sp.org/tlog-proof@v1"


class ReceiptError(Told, ValueError):
    """The file is not a receipt."""


@dataclass(frozen=True)
class Receipt:
    """Entry ``index`` of the log, its proof, the checkpoint it was proved against, opaque extra data."""

    index: int
    proof: tuple[bytes, ...]
    note: SignedNote
    extra: bytes = b""

    def text(self) -> str:
        """The ``.tlog-proof`` file."""
        lines = [_HEADER]
        if self.extra:
            lines.append("extra " + base64.b64encode(self.extra).decode())
        lines.append(f"index {self.index}")
        lines += [base64.b64encode(h).decode() for h in self.proof]
        return "\n".join(lines) + "\n\n" + self.note.text()

    @classmethod
    def parse(cls, text: str) -> Receipt:
        """Read a ``.tlog-proof`` file. Raises :class:`ReceiptError` or ``NoteError``."""
        head, gap, note = text.partition("\n\n")
        lines = head.split("\n")
        if not gap or lines[0] != _HEADER:
            raise ReceiptError("header", say("receipt: 首行应为 %(right)s", right=_HEADER))
        rest = lines[1:]
        try:
            extra = b""
            if rest and rest[0].startswith("extra "):
                extra = base64.b64decode(rest.pop(0).removeprefix("extra "), validate=True)
            word, _, index = rest.pop(0).partition(" ") if rest else ("", "", "")
            if word != "index" or str(int(index)) != index:
                raise ReceiptError("no_index", say("receipt: 缺少 index 行"))
            proof = tuple(base64.b64decode(line, validate=True) for line in rest)
        except (binascii.Error, ValueError) as error:
            raise ReceiptError("note", say("receipt: %(error)s", error=error)) from error
        return cls(int(index), proof, SignedNote.parse(note), extra)

    def verify(self, digest: bytes, policy: Policy) -> Checkpoint:
        """The checkpoint under which ``digest`` (32 bytes) is proved.

        Raises ``PolicyError`` when signatures do not suffice, :class:`ProofError` when the record is not
        at this place of the log.
        """
        checkpoint = policy.check(self.note)
        verify_inclusion(leaf_hash(digest), self.index, checkpoint.size, self.proof, checkpoint.root)
        return checkpoint


def issue(log: Proving, index: int, note: SignedNote, extra: bytes = b"") -> Receipt:
    """Make the receipt of entry ``index`` against a checkpoint of ``log`` that covers it."""
    checkpoint = Checkpoint.of(note)
    if checkpoint.origin != log.origin:
        raise ProofError(
            "other_log",
            say(
                "checkpoint origin=%(origin)r: 不是本日志 %(own)r 的检查点",
                origin=checkpoint.origin,
                own=log.origin,
            ),
        )
    return Receipt(index, tuple(log.inclusion_proof(index, checkpoint.size)), note, extra)
