"""Standalone verifier: one file, the standard library and ``cryptography``; nothing else of the project.

    python verifier.py receipt RECEIPT --policy POLICY [--upper POLICY]... (--record FILE [--salt HEX] | --digest HEX)
    python verifier.py records RECORDS --policy POLICY --checkpoint FILE
    python verifier.py extends OLD NEW --policy POLICY --proof FILE

``receipt``: this record is in the log at this place; with ``--upper``, once for each level, also that the checkpoint
which shows it is an entry of the log above, proved by the receipt in the extra line. ``records``: these records, one a line, in this order,
are the whole log. ``extends``: the new checkpoint only added to the old one (base64 hashes, one a line).
Formats: RFC 6962, C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-policy, tlog-proof.
Exit status: 0 proved, 1 not proved, 2 wrong use.
"""

from __future__ import annotations

import argparse
import sys
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Key = tuple[str, int, bytes]  # name, kind (1 log, 4 witness), public key
Signatures = list[tuple[str, bytes]]


class NotProved(Exception):
    """Something does not verify; the text says what."""


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def record_digest(record: bytes, salt: bytes | None) -> bytes:
    length = len(record).to_bytes(8, "big")
    if salt is None:
        return sha256(b"shian/record/v1\x00" + length + record).digest()
    if len(salt) != 32:
        raise NotProved("salt must be 32 bytes")
    return sha256(b"shian/salted-record/v1\x00" + salt + length + record).digest()


def parse_key(vkey: str) -> Key:
    name, key_id, encoded = vkey.split("+", 2)
    raw = b64decode(encoded, validate=True)
    if len(raw) != 33 or raw[0] not in (1, 4):
        raise NotProved(f"policy: key {name} is not Ed25519 of kind 1 or 4")
    if sha256(name.encode() + b"\n" + raw).hexdigest()[:8] != key_id.lower():
        raise NotProved(f"policy: id of key {name} does not match the key")
    return name, raw[0], raw[1:]


def split_note(text: str) -> tuple[str, Signatures]:
    body, gap, tail = text.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise NotProved("checkpoint: not a signed note")
    signatures = []
    for line in tail[:-1].split("\n"):
        dash, name, encoded = line.split(" ")
        if dash != "\u2014":
            raise NotProved("checkpoint: malformed signature line")
        signatures.append((name, b64decode(encoded, validate=True)))
    return body + "\n", signatures


def signed(body: str, signatures: Signatures, key: Key) -> bool:
    name, kind, public = key
    key_id = sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]
    for signer, raw in signatures:
        if signer != name or raw[:4] != key_id:
            continue
        message, value = body.encode(), raw[4:]
        if kind == 4:
            time = int.from_bytes(value[:8], "big")
            message, value = f"cosignature/v1\ntime {time}\n{body}".encode(), value[8:]
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(value, message)
            return True
        except InvalidSignature:
            continue
    return False


class Quorum:
    """Reads a policy file line by line and keeps the names that have witnessed the note."""

    def __init__(self, body: str, signatures: Signatures) -> None:
        self.body, self.signatures = body, signatures
        self.by_log, self.quorum = False, ""
        self.defined, self.reached = {"none"}, {"none"}
        self.used, self.keys = set[str](), set[bytes]()

    def valid(self, vkey: str, kind: int) -> tuple[bool, str]:
        key = parse_key(vkey)
        if key[2] in self.keys or key[1] != kind:
            raise NotProved(f"policy: repeated key or wrong kind: {vkey}")
        self.keys.add(key[2])
        return signed(self.body, self.signatures, key), key[0]

    def define(self, name: str, holds: bool) -> None:
        if name in self.defined:
            raise NotProved(f"policy: {name} is defined twice")
        self.defined.add(name)
        self.reached |= {name} if holds else set()

    def group(self, name: str, rule: str, *members: str) -> None:
        known = self.defined - {"none"} - self.used
        if len(set(members)) < len(members) or not set(members) <= known:
            raise NotProved(f"policy: wrong members of group {name}")
        self.used |= set(members)
        need = {"all": len(members), "any": 1}.get(rule) or int(rule)
        if not 1 <= need <= len(members):
            raise NotProved(f"policy: wrong threshold of group {name}")
        self.define(name, len(self.reached & set(members)) >= need)

    def line(self, origin: str, word: str, *rest: str) -> None:
        if word == "log":
            holds, name = self.valid(rest[0], 1)
            self.by_log |= holds and name == origin
        elif word == "witness":
            self.define(rest[0], self.valid(rest[1], 4)[0])
        elif word == "group":
            self.group(*rest)
        elif word == "quorum" and not self.quorum and rest[0] in self.defined:
            self.quorum = rest[0]
        else:
            raise NotProved(f"policy: wrong line {word} {' '.join(rest)}")


def check_policy(policy: str, note: str) -> tuple[int, bytes]:
    """Size and root of the checkpoint when a listed log signed it and the quorum cosigned it."""
    body, signatures = split_note(note)
    origin, size, root = body.split("\n")[:3]
    found = Quorum(body, signatures)
    for line in policy.split("\n"):
        words = line.split()
        if words and not words[0].startswith("#"):
            found.line(origin, *words)
    if not found.by_log:
        raise NotProved(f"checkpoint of {origin}: no valid signature of a log in the policy")
    if found.quorum not in found.reached:
        raise NotProved(f"checkpoint of {origin}: quorum {found.quorum or '(missing)'} not reached")
    return int(size), b64decode(root, validate=True)


def climb(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    """The root an inclusion proof leads to (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        raise NotProved(f"index {index} is outside a log of {size}")
    here, last, root = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise NotProved("proof is too long")
        if here & 1 or here == last:
            root = node(sibling, root)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            root = node(root, sibling)
        here, last = here >> 1, last >> 1
    if last:
        raise NotProved("proof is too short")
    return root


def check_extends(old: int, old_root: bytes, new: int, new_root: bytes, proof: list[bytes]) -> None:
    """RFC 9162 section 2.1.4.2."""
    if old in (0, new):
        if proof or (old == new and old_root != new_root):
            raise NotProved("two roots of one size differ, or the proof should be empty")
        return
    steps = proof if old & (old - 1) else [old_root, *proof]
    if old > new or not steps:
        raise NotProved("old checkpoint is larger, or the proof is empty")
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise NotProved("proof is too long")
        if here & 1 or here == last:
            first, second = node(step, first), node(step, second)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            second = node(second, step)
        here, last = here >> 1, last >> 1
    if last or first != old_root or second != new_root:
        raise NotProved(f"the log of {new} entries does not extend the log of {old}")


def root_of_lines(path: Path) -> tuple[int, bytes]:
    """Number of lines and root over their digests; memory stays at one hash a level."""
    stack: list[tuple[int, bytes]] = []
    count = 0
    with path.open("rb") as lines:
        for line in lines:
            digest = sha256(b"\x00" + record_digest(line.rstrip(b"\r\n"), None)).digest()
            level = 0
            while stack and stack[-1][0] == level:
                digest, level = node(stack.pop()[1], digest), level + 1
            stack.append((level, digest))
            count += 1
    root = stack.pop()[1] if stack else sha256(b"").digest()
    while stack:
        root = node(stack.pop()[1], root)
    return count, root


def check_receipt(text: str, policies: list[str], digest: bytes) -> str:
    head, _, note = text.partition("\n\n")
    lines = head.split("\n")
    if lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise NotProved("not a tlog-proof file")
    extra = lines.pop(0)[6:] if lines and lines[0].startswith("extra ") else ""
    word, _, index = lines.pop(0).partition(" ") if lines else ("", "", "")
    if word != "index" or not index.isdecimal():
        raise NotProved("receipt has no index line")
    size, root = check_policy(policies[0], note)
    proof = [b64decode(line, validate=True) for line in lines]
    if climb(sha256(b"\x00" + digest).digest(), int(index), size, proof) != root:
        raise NotProved(f"record is not entry {index} of the log")
    body = split_note(note)[0]
    shown = f"entry {index} of {size} of {body.partition(chr(10))[0]}"
    if not policies[1:]:
        return shown
    if not extra:
        raise NotProved("receipt has no extra line with the proof of the level above")
    above = b64decode(extra, validate=True).decode()
    return f"{shown}, its checkpoint is " + check_receipt(
        above, policies[1:], record_digest(body.encode(), None)
    )


def run(options: argparse.Namespace) -> str:
    policy = options.policy.read_text(encoding="utf-8")
    if options.command == "receipt":
        if options.digest:
            digest = bytes.fromhex(options.digest)
        else:
            salt = bytes.fromhex(options.salt) if options.salt else None
            digest = record_digest(options.record.read_bytes(), salt)
        policies = [policy, *(path.read_text(encoding="utf-8") for path in options.upper)]
        return "record is " + check_receipt(options.file.read_text(encoding="utf-8"), policies, digest)
    if options.command == "records":
        size, root = check_policy(policy, options.checkpoint.read_text(encoding="utf-8"))
        if root_of_lines(options.file) != (size, root):
            raise NotProved(f"records are not the {size} entries of the checkpoint")
        return f"all {size} records are as logged"
    old_size, old_root = check_policy(policy, options.file.read_text(encoding="utf-8"))
    new_size, new_root = check_policy(policy, options.new.read_text(encoding="utf-8"))
    proof = [b64decode(line, validate=True) for line in options.proof.read_text().split()]
    check_extends(old_size, old_root, new_size, new_root, proof)
    return f"{new_size} entries extend {old_size}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("receipt", "records", "extends"):
        command = commands.add_parser(name)
        command.add_argument("file", type=Path)
        if name == "extends":
            command.add_argument("new", type=Path)
        command.add_argument("--policy", type=Path, required=True)
        if name == "receipt":
            source = command.add_mutually_exclusive_group(required=True)
            source.add_argument("--record", type=Path)
            source.add_argument("--digest")
            command.add_argument("--salt")
            command.add_argument("--upper", type=Path, action="append", default=[])
        else:
            flag = "--checkpoint" if name == "records" else "--proof"
            command.add_argument(flag, type=Path, required=True)
    options = parser.parse_args(arguments)
    try:
        print("OK", run(options))
    except (NotProved, ValueError, TypeError, IndexError, OSError) as error:
        print("NOT PROVED", error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
