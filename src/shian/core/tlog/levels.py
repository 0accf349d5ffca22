"""A log of logs (日志之日志): the upper level's log takes the checkpoints of the lower level as its records.

A district's checkpoint becomes an entry of the province's log, so the province's checkpoint speaks for every
record below it. A chained receipt (逐级回执) carries both proofs: the *extra* line of the district's tlog-proof
holds the province's tlog-proof of the district's checkpoint. Any tlog-proof verifier accepts its lowest level;
ours climbs on. Three levels are the same, once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shian.core.words import say

from .checkpoint import Checkpoint
from .held import Growing
from .leaf import record_digest
from .note import SignedNote
from .policy import Policy
from .receipt import Receipt, ReceiptError, issue


def checkpoint_record(note: SignedNote) -> bytes:
    """What stands in the upper log for a checkpoint: its text without signatures, which may grow in number."""
    return note.body.encode()


def gather(upper: Growing, note: SignedNote, policy: Policy) -> int:
    """Enter a lower log's checkpoint into ``upper`` and return its index; one that is there keeps its place.

    Raises ``PolicyError`` unless ``policy`` (the log's key, its witnesses) accepts it.
    """
    policy.check(note)
    digest = record_digest(checkpoint_record(note))
    held = upper.find(digest)
    return upper.append([digest])[0] if held is None else held


def chain(receipt: Receipt, upper: Growing, note: SignedNote) -> Receipt:
    """``receipt`` with the proof that its (topmost) checkpoint is an entry of ``upper`` at checkpoint ``note``.

    Raises :class:`ReceiptError` when ``upper`` does not hold that checkpoint or ``note`` is too old to cover it.
    """
    if receipt.extra:
        return replace(receipt, extra=chain(_above(receipt), upper, note).text().encode())
    index = upper.find(record_digest(checkpoint_record(receipt.note)))
    below, size = Checkpoint.of(receipt.note), Checkpoint.of(note).size
    if index is None:
        raise ReceiptError(
            "not_in_upper",
            say(
                "receipt: 上级日志 %(upper)s 中没有 %(below)s 在 %(size)s 条时的检查点",
                upper=upper.origin,
                below=below.origin,
                size=below.size,
            ),
        )
    if index >= size:
        raise ReceiptError(
            "upper_too_old",
            say(
                "receipt: 上级检查点只到 %(size)s 条，下级检查点是第 %(index)s 条；请先生成新的上级检查点",
                size=size,
                index=index,
            ),
        )
    return replace(receipt, extra=issue(upper, index, note).text().encode())


def verify_chain(receipt: Receipt, digest: bytes, policies: Sequence[Policy]) -> list[Checkpoint]:
    """The checkpoints that prove ``digest``, lowest first; one policy for each level is asked for.

    Raises as :meth:`Receipt.verify`, and :class:`ReceiptError` when a level is missing.
    """
    found: list[Checkpoint] = []
    for level, policy in enumerate(policies):
        receipt = _above(receipt) if level else receipt
        found.append(receipt.verify(digest, policy))
        digest = record_digest(checkpoint_record(receipt.note))
    return found


def _above(receipt: Receipt) -> Receipt:
    try:
        return Receipt.parse(receipt.extra.decode())
    except (ReceiptError, UnicodeDecodeError) as error:
        raise ReceiptError("no_upper_receipt", say("receipt: extra 行中没有上级回执")) from error
