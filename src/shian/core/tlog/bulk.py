"""Many short hashes at once.

A leaf is 33 bytes and a node 65: ``hashlib`` needs about 60 ns for the hash and ten times that for slicing,
joining and calling. Here the inputs lie as rows of one buffer whose first column holds the domain byte for
good; filling it is one copy, and the only object made for a hash is its digest.
"""

from __future__ import annotations

from hashlib import sha256

import numpy as np

from shian.core.errors import Invalid
from shian.core.words import say

from .tree import HASH_SIZE

_ROWS = 4096


class RowHasher:
    """SHA-256(``prefix`` ‖ row) of many rows of ``width`` bytes. Holds a buffer: one object a thread."""

    def __init__(self, prefix: bytes, width: int) -> None:
        self._width = width
        buffer = np.zeros((_ROWS, len(prefix) + width), np.uint8)
        buffer[:, : len(prefix)] = np.frombuffer(prefix, np.uint8)
        self._body = buffer[:, len(prefix) :]
        self._rows = [row.data for row in buffer]

    def __call__(self, blob: bytes) -> bytes:
        """The digests, one after another. Raises ``ValueError`` for bytes that are not whole rows."""
        count, rest = divmod(len(blob), self._width)
        if rest:
            raise Invalid(
                "blob_width",
                say("blob: %(size)s 字节不是 %(width)s 的整数倍", size=len(blob), width=self._width),
            )
        rows = np.frombuffer(blob, np.uint8).reshape(count, self._width)
        digest, found = sha256, []
        for start in range(0, count, _ROWS):
            part = rows[start : start + _ROWS]
            self._body[: len(part)] = part
            found.append(b"".join([digest(row).digest() for row in self._rows[: len(part)]]))
        return b"".join(found)


class TreeHasher:
    """Leaf hashes, and the roots of tiles, of many entries given as one run of bytes."""

    def __init__(self) -> None:
        self.leaves = RowHasher(b"\x00", HASH_SIZE)
        self._nodes = RowHasher(b"\x01", 2 * HASH_SIZE)

    def roots(self, hashes: bytes, height: int) -> bytes:
        """Roots of neighbouring complete subtrees: ``2**height`` hashes go into each."""
        for _ in range(height):
            hashes = self._nodes(hashes)
        return hashes
