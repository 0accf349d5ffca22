"""Tamper-evident log (防篡改日志): RFC 6962 Merkle tree, C2SP tiles, checkpoints, witnesses, receipts.

Why a Merkle log and no blockchain: authorities already form a hierarchy. Each level keeps a few bytes – the
last checkpoint it saw – and refuses to cosign a log that is not an extension of it. A record that was
altered, removed or reordered can then be shown to be so by anyone, without trusting the keeper of the log.

* :mod:`.tree` – hashes and proofs · :mod:`.leaf` – what a leaf holds · :mod:`.log` – the log on disk
* :mod:`.bulk` – many hashes at once
* :mod:`.note`, :mod:`.checkpoint` – signed statements · :mod:`.witness`, :mod:`.policy` – who must agree
* :mod:`.witness_http` – witnesses over HTTP · :mod:`.levels` – a province's log over the districts' logs
* :mod:`.receipt` – a proof for one record · :mod:`.audit` – every record against the log
* :mod:`.tiles` – the log as static files
* :mod:`.verifier` – one file that checks all of this without the rest of the project
"""

from .checkpoint import Checkpoint
from .leaf import record_digest, salted_digest
from .log import Log, LogError
from .note import KeyKind, NoteError, SignedNote, Signer, Verifier
from .tree import ProofError

__all__ = [
    "Checkpoint",
    "KeyKind",
    "Log",
    "LogError",
    "NoteError",
    "ProofError",
    "SignedNote",
    "Signer",
    "Verifier",
    "record_digest",
    "salted_digest",
]
