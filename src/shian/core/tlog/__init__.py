"""Tamper-evident log (防篡改日志): RFC 6962 Merkle tree, C2SP tiles, checkpoints, witnesses, receipts.

Why a Merkle log and no blockchain: authorities already form a hierarchy. Each level keeps a few bytes – the
last checkpoint it saw – and refuses to cosign a log that is not an extension of it. A record that was
altered, removed or reordered can then be shown to be so by anyone, without trusting the keeper of the log.

* :mod:`.tree` – hashes and proofs · :mod:`.leaf` – what a leaf holds · :mod:`.bulk` – many hashes at once
* :mod:`.note`, :mod:`.checkpoint` – signed statements · :mod:`.policy` – who must agree
* :mod:`.held` – what is asked of a log, wherever it lies (on disk: :mod:`shian.engines.tlog`)
* :mod:`.receipt` – a proof for one record · :mod:`.levels` – a province's log over the districts' logs
"""

from .checkpoint import Checkpoint
from .leaf import record_digest, salted_digest
from .note import KeyKind, NoteError, SignedNote, Signer, Verifier
from .tree import ProofError

__all__ = [
    "Checkpoint",
    "KeyKind",
    "NoteError",
    "ProofError",
    "SignedNote",
    "Signer",
    "Verifier",
    "record_digest",
    "salted_digest",
]
