"""The Merkle tree of RFC 6962: leaf and node hashes, inclusion and consistency proofs.

A tree over ``n`` entries is split at the largest power of two below ``n``; the left part is therefore
always *complete* and never changes again. Every function that builds something asks for hashes of complete
subtrees only, through a reader ``node(level, index)``: the hash over entries
``index * 2**level .. (index + 1) * 2**level``. Storage decides how to answer.

Source: RFC 6962 section 2.1, verification as in RFC 9162 section 2.1.3 and 2.1.4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

from shian.core.errors import Told
from shian.core.words import say

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()

NodeReader = Callable[[int, int], bytes]


class ProofError(Told, ValueError):
    """A proof does not lead to the root it claims, or has the wrong shape."""


def split_hashes(blob: bytes) -> list[bytes]:
    """The 32-byte hashes that stand one after another in ``blob``."""
    return [blob[i : i + HASH_SIZE] for i in range(0, len(blob), HASH_SIZE)]


def leaf_hash(entry: bytes) -> bytes:
    """Hash of one entry: SHA-256(0x00 ‖ entry). The prefix keeps a leaf from passing for a node."""
    return sha256(b"\x00" + entry).digest()


def leaf_hashes(entries: Iterable[bytes]) -> list[bytes]:
    """:func:`leaf_hash` of many entries, without a call for each."""
    digest = sha256
    return [digest(b"\x00" + entry).digest() for entry in entries]


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two children: SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


def complete_root(hashes: Sequence[bytes]) -> bytes:
    """Root over a power-of-two number of neighbouring hashes."""
    row = list(hashes)
    digest = sha256
    while len(row) > 1:
        pairs = iter(row)
        row = [digest(b"\x01" + left + next(pairs)).digest() for left in pairs]
    return row[0]


def _split(size: int) -> int:
    """The largest power of two below ``size`` (``size`` >= 2)."""
    return 1 << (size - 1).bit_length() - 1


def range_root(start: int, end: int, node: NodeReader) -> bytes:
    """Root over entries ``start..end`` where ``start`` is a boundary that RFC 6962 splits at."""
    width = end - start
    if width & (width - 1) == 0 and start % width == 0:
        level = width.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(width)
    return node_hash(range_root(start, middle, node), range_root(middle, end, node))


def tree_root(size: int, node: NodeReader) -> bytes:
    """Root of the first ``size`` entries; the hash of nothing for an empty tree."""
    return range_root(0, size, node) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, node: NodeReader) -> list[bytes]:
    """Sibling hashes from the leaf ``index`` up to the root of the first ``size`` entries.

    Raises :class:`ProofError` when the index lies outside the tree.
    """
    if not 0 <= index < size:
        raise ProofError(
            "index_range", say("index=%(index)s: 不在 0..%(last)s 之内", index=index, last=size - 1)
        )
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_root(middle, end, node))
            end = middle
        else:
            path.append(range_root(start, middle, node))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, node: NodeReader) -> list[bytes]:
    """Hashes showing that the first ``old`` entries of the tree of ``new`` entries are the old tree."""
    if not 0 <= old <= new:
        raise ProofError("old_range", say("old=%(old)s: 不在 0..%(new)s 之内", old=old, new=new))
    if old in (0, new):
        return []
    path: list[bytes] = []
    start, end, known = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(range_root(middle, end, node))
            end = middle
        else:
            path.append(range_root(start, middle, node))
            start, known = middle, False
    if not known:
        path.append(range_root(start, end, node))
    return path[::-1]


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root that ``proof`` leads to from the leaf hash. Raises :class:`ProofError` on a wrong length."""
    if not 0 <= index < size:
        raise ProofError(
            "index_range", say("index=%(index)s: 不在 0..%(last)s 之内", index=index, last=size - 1)
        )
    position, last, root = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofError("proof_long", say("inclusion proof: 证明过长"))
        if position & 1 or position == last:
            root = node_hash(sibling, root)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            root = node_hash(root, sibling)
        position >>= 1
        last >>= 1
    if last:
        raise ProofError("proof_short", say("inclusion proof: 证明过短"))
    return root


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise :class:`ProofError` unless ``leaf`` sits at ``index`` of the tree ``(size, root)``."""
    if root_from_inclusion(leaf, index, size, proof) != root:
        raise ProofError(
            "not_included",
            say("inclusion proof: 第 %(index)s 条不在根 %(root)s… 之下", index=index, root=root.hex()[:16]),
        )


def verify_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Raise :class:`ProofError` unless the tree ``(new, new_root)`` extends ``(old, old_root)``."""
    if not 0 <= old <= new:
        raise ProofError("old_range", say("old=%(old)s: 不在 0..%(new)s 之内", old=old, new=new))
    if old in (0, new):
        expected = EMPTY_ROOT if old == 0 else new_root
        if proof or old_root != expected:
            raise ProofError("roots_differ", say("consistency proof: 同一大小的两个根不同，或证明应为空"))
        return
    steps = list(proof) if old & (old - 1) else [old_root, *proof]
    if not steps:
        raise ProofError("proof_short", say("consistency proof: 证明过短"))
    position, last = old - 1, new - 1
    while position & 1:
        position >>= 1
        last >>= 1
    from_old = from_new = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise ProofError("proof_long", say("consistency proof: 证明过长"))
        if position & 1 or position == last:
            from_old, from_new = node_hash(step, from_old), node_hash(step, from_new)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            from_new = node_hash(from_new, step)
        position >>= 1
        last >>= 1
    if last or from_old != old_root or from_new != new_root:
        raise ProofError(
            "not_consistent",
            say("consistency proof: 大小 %(new)s 的日志不是大小 %(old)s 的延续", new=new, old=old),
        )
