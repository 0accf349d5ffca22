"""Signed notes: a text, a blank line, and signature lines (C2SP signed-note).

``— <key name> <base64(4-byte key id ‖ signature)>``

Two kinds of Ed25519 key are used: a *log* signs the text itself (type 0x01); a *witness* (见证方) signs the
text with the time of its cosignature (type 0x04, C2SP tlog-cosignature). The key id binds name, kind and
public key, so that a line can be matched to a key without trying them all.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shian.core.errors import Told
from shian.core.words import say

_DASH = "\u2014 "


class NoteError(Told, ValueError):
    """A note, key or signature line is malformed or does not verify."""


class KeyKind(IntEnum):
    """Signature types of C2SP signed-note used here."""

    LOG = 0x01
    WITNESS = 0x04


def _decode(text: str, what: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise NoteError("base64", say("%(what)s: 不是 base64", what=what)) from error


def _key_id(name: str, kind: KeyKind, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def _check_name(name: str) -> str:
    if not name or "+" in name or any(c.isspace() for c in name):
        raise NoteError("key_name", say("key name=%(name)r: 不得为空，不得含空白或加号", name=name))
    return name


def cosigned_message(body: str, timestamp: int) -> bytes:
    """What a witness signs: header, time line and the whole note text."""
    return f"cosignature/v1\ntime {timestamp}\n{body}".encode()


@dataclass(frozen=True)
class Signature:
    """One signature line: key name, 4-byte key id, signature bytes."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        """The line as it stands in a note, with its newline."""
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.value).decode()}\n"

    @classmethod
    def parse(cls, line: str) -> Signature:
        """Read one line (without newline). Raises :class:`NoteError`."""
        name, _, encoded = line.removeprefix(_DASH).partition(" ")
        if not line.startswith(_DASH) or not encoded:
            raise NoteError(
                "signature_line", say("signature line=%(line)r: 应为 “— 名称 base64”", line=line[:60])
            )
        raw = _decode(encoded, "signature")
        if len(raw) < 5:
            raise NoteError("signature_length", say("signature: 长度不足"))
        return cls(name, raw[:4], raw[4:])


@dataclass(frozen=True)
class Verifier:
    """A public key with its name and kind (C2SP *vkey*)."""

    name: str
    kind: KeyKind
    public: bytes

    @property
    def key_id(self) -> bytes:
        """First four bytes of SHA-256(name ‖ newline ‖ kind ‖ public key)."""
        return _key_id(self.name, self.kind, self.public)

    def vkey(self) -> str:
        """``name+hex(key id)+base64(kind ‖ public key)``"""
        encoded = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    @classmethod
    def parse(cls, vkey: str) -> Verifier:
        """Read a vkey; its key id is checked. Raises :class:`NoteError`."""
        parts = vkey.strip().split("+", 2)
        if len(parts) != 3:
            raise NoteError("vkey_form", say("vkey=%(vkey)r: 应为 名称+编号+公钥", vkey=vkey[:60]))
        name, key_id, encoded = parts
        raw = _decode(encoded, "vkey")
        if len(raw) != 33 or raw[0] not in (KeyKind.LOG, KeyKind.WITNESS):
            raise NoteError(
                "vkey_kind", say("vkey=%(name)r: 只支持 Ed25519 日志密钥(1)与见证密钥(4)", name=name)
            )
        found = cls(_check_name(name), KeyKind(raw[0]), raw[1:])
        if found.key_id.hex() != key_id.lower():
            raise NoteError(
                "vkey_id", say("vkey=%(name)r: 编号 %(key_id)s 与公钥不符", name=name, key_id=key_id)
            )
        return found

    def accepts(self, body: str, signature: Signature) -> bool:
        """True when the line is by this key and its signature over ``body`` is valid."""
        if signature.name != self.name or signature.key_id != self.key_id:
            return False
        message, value = body.encode(), signature.value
        if self.kind is KeyKind.WITNESS:
            if len(value) != 72:
                return False
            message, value = cosigned_message(body, int.from_bytes(value[:8], "big")), value[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(value, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """A private key with its name and kind. ``repr`` never shows the seed."""

    name: str
    kind: KeyKind
    key: Ed25519PrivateKey

    @classmethod
    def generate(cls, name: str, kind: KeyKind = KeyKind.LOG) -> Signer:
        """A new random key."""
        return cls(_check_name(name), kind, Ed25519PrivateKey.generate())

    @classmethod
    def parse(cls, text: str) -> Signer:
        """Read ``PRIVATE+KEY+name+id+base64(kind ‖ seed)`` (the form of Go's sumdb/note)."""
        parts = text.strip().split("+", 4)
        if len(parts) != 5 or parts[:2] != ["PRIVATE", "KEY"]:
            raise NoteError("private_key_form", say("private key: 应为 PRIVATE+KEY+名称+编号+种子"))
        raw = _decode(parts[4], "private key")
        if len(raw) != 33 or raw[0] not in (KeyKind.LOG, KeyKind.WITNESS):
            raise NoteError("private_key_kind", say("private key: 只支持 Ed25519 日志密钥(1)与见证密钥(4)"))
        signer = cls(_check_name(parts[2]), KeyKind(raw[0]), Ed25519PrivateKey.from_private_bytes(raw[1:]))
        if signer.verifier().key_id.hex() != parts[3].lower():
            raise NoteError("private_key_id", say("private key: 编号与密钥不符"))
        return signer

    def export(self) -> str:
        """The private key as text, for a file that only its owner can read."""
        encoded = base64.b64encode(bytes([self.kind]) + self.key.private_bytes_raw()).decode()
        return f"PRIVATE+KEY+{self.name}+{self.verifier().key_id.hex()}+{encoded}"

    def verifier(self) -> Verifier:
        """The matching public key."""
        return Verifier(self.name, self.kind, self.key.public_key().public_bytes_raw())

    def sign(self, body: str, timestamp: int | None = None) -> Signature:
        """Sign ``body``. A witness must give the time (POSIX seconds); a log must not."""
        if (self.kind is KeyKind.WITNESS) != (timestamp is not None):
            raise NoteError("timestamp", say("timestamp: 见证签名必须有时间，日志签名不得有时间"))
        if timestamp is None:
            value = self.key.sign(body.encode())
        else:
            value = timestamp.to_bytes(8, "big") + self.key.sign(cosigned_message(body, timestamp))
        return Signature(self.name, self.verifier().key_id, value)


@dataclass(frozen=True)
class SignedNote:
    """A text ending in a newline, and its signatures in order."""

    body: str
    signatures: tuple[Signature, ...] = ()

    def text(self) -> str:
        """The note as it is stored and sent."""
        return self.body + "\n" + "".join(s.line() for s in self.signatures)

    @classmethod
    def parse(cls, text: str) -> SignedNote:
        """Split at the last blank line. Raises :class:`NoteError`."""
        head, gap, tail = text.rpartition("\n\n")
        if not gap or not tail.endswith("\n"):
            raise NoteError("note_form", say("note: 应为 正文、空行、签名行，并以换行结束"))
        lines = tail.removesuffix("\n").split("\n")
        return cls(head + "\n", tuple(Signature.parse(line) for line in lines))

    def with_signature(self, signature: Signature) -> SignedNote:
        """A copy with ``signature`` at the end; an earlier one by the same key gives way to it."""
        kept = (s for s in self.signatures if (s.name, s.key_id) != (signature.name, signature.key_id))
        return SignedNote(self.body, (*kept, signature))

    def signed_by(self, verifier: Verifier) -> bool:
        """True when one of the lines is a valid signature by ``verifier``."""
        return any(verifier.accepts(self.body, s) for s in self.signatures)
