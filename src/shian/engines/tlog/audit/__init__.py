"""Audit (核查): the log against what others keep of it, and every record against the log.

Three things are compared, each with the next, so that whatever was changed shows between two of them:

    records ──(1)── entry bundles ──(2)── tiles, level by level ──(3)── checkpoints

1. :func:`compare_records`: reads the records (journal or file) and the bundles; the digest of record *i* must
   be entry *i*. Names each record that was altered, removed, inserted or moved.
2. :func:`check_log`: reads the bundles and hashes them anew; the roots must be the stored tiles of level 1, and
   the roots of each level the stored tiles of the next. Names the 256 entries (or their hashes) changed.
3. :func:`check_log` too: the root over the first *n* entries must be the one in every checkpoint given. A log
   rewritten from scratch passes (2), but not a checkpoint that a witness or a receipt has kept.
   Names the stretch between the last checkpoint that fits and the first that does not.

The hashing is spread over processes with :class:`Workers`; one thing is read once.
"""

from .compare import compare_records
from .finding import Finding, Progress
from .records import line_digests
from .stored import check_log
from .workers import Workers

__all__ = ["Finding", "Progress", "Workers", "check_log", "compare_records", "line_digests"]
