"""What a leaf holds: the digest of a record, never the record.

A digest can be published, witnessed and kept for ever. Where the record carries personal data (个人信息) a
random salt of 32 bytes is mixed in: delete payload and salt, and the digest that stays in the tree says
nothing about the person, while every proof still verifies (个人信息保护法 第四十七条, deletion).

Both forms are domain-separated and length-delimited, so that no two inputs share one byte string.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from shian.core.errors import Invalid
from shian.core.words import say

SALT_SIZE = 32
_PLAIN = b"shian/record/v1\x00"
_SALTED = b"shian/salted-record/v1\x00"


def record_digest(record: bytes) -> bytes:
    """32-byte digest of a record without personal data."""
    return sha256(_PLAIN + len(record).to_bytes(8, "big") + record).digest()


class _Heads(dict[int, bytes]):
    """What stands before a record of a given length; records have few different lengths."""

    def __missing__(self, length: int) -> bytes:
        head = self[length] = _PLAIN + length.to_bytes(8, "big")
        return head


def record_digests(records: Iterable[bytes]) -> bytes:
    """:func:`record_digest` of many records, one digest after another."""
    heads, digest = _Heads(), sha256
    return b"".join([digest(heads[len(record)] + record).digest() for record in records])


def salted_digest(record: bytes, salt: bytes) -> bytes:
    """32-byte digest of a record with personal data; ``salt`` is 32 random bytes kept beside the payload."""
    if len(salt) != SALT_SIZE:
        raise Invalid(
            "salt_length",
            say("salt: 应为 %(right)s 字节，实为 %(size)s 字节", right=SALT_SIZE, size=len(salt)),
        )
    return sha256(_SALTED + salt + len(record).to_bytes(8, "big") + record).digest()
