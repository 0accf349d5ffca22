"""Trust policy (信任策略): which logs, which witnesses, and how many of them must have cosigned.

The file format is C2SP tlog-policy. Nested groups write down the levels of supervision directly::

    log example.gov.cn/trace+…
    witness county  county.example+…
    witness city    city.example+…
    witness province province.example+…
    group two-levels 2 county city province
    quorum two-levels
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shian.core.errors import Told
from shian.core.words import say

from .checkpoint import Checkpoint
from .note import KeyKind, NoteError, SignedNote, Verifier


class PolicyError(Told, ValueError):
    """A policy file is malformed, or a checkpoint does not satisfy it."""


@dataclass(frozen=True)
class Group:
    """``threshold`` of the named ``members`` (witnesses or earlier groups) must have witnessed."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """Known logs by origin, witnesses and groups by name, and the name that must be satisfied."""

    logs: tuple[Verifier, ...]
    witnesses: Mapping[str, Verifier]
    groups: Mapping[str, Group]
    quorum: str
    urls: Mapping[str, str] = field(default_factory=dict)
    """Where a witness takes checkpoints (submission prefix), by its name; only some are given."""

    def check(self, note: SignedNote) -> Checkpoint:
        """Return the checkpoint inside ``note`` when log signature and quorum hold.

        Raises :class:`PolicyError` naming what is missing. A checkpoint whose origin is not the name of the
        key that signed it is refused: a log cannot speak for another.
        """
        checkpoint = Checkpoint.of(note)
        if not any(v.name == checkpoint.origin and note.signed_by(v) for v in self.logs):
            raise PolicyError(
                "no_log_signature",
                say("checkpoint origin=%(origin)r: 没有策略所列日志的有效签名", origin=checkpoint.origin),
            )
        witnessed = {name for name, key in self.witnesses.items() if note.signed_by(key)}
        if not self.satisfied_by(witnessed):
            seen = "、".join(sorted(witnessed)) or say("无")
            raise PolicyError(
                "quorum_not_reached",
                say(
                    "checkpoint size=%(size)s: 见证不足 quorum %(quorum)s（已见证：%(seen)s）",
                    size=checkpoint.size,
                    quorum=self.quorum,
                    seen=seen,
                ),
            )
        return checkpoint

    def satisfied_by(self, witnessed: set[str]) -> bool:
        """True when the quorum is reached by these witnesses. Groups are in order of definition."""
        if self.quorum == "none":
            return True
        reached = set(witnessed)
        for name, group in self.groups.items():
            if sum(member in reached for member in group.members) >= group.threshold:
                reached.add(name)
        return self.quorum in reached


class _Reader:
    """Collects the lines of a policy file; each handler checks one kind of line."""

    def __init__(self) -> None:
        self.logs: list[Verifier] = []
        self.witnesses: dict[str, Verifier] = {}
        self.urls: dict[str, str] = {}
        self.groups: dict[str, Group] = {}
        self.used: set[str] = set()
        self.quorum: str | None = None

    def _key(self, vkey: str, kind: KeyKind) -> Verifier:
        try:
            key = Verifier.parse(vkey)
        except NoteError as error:
            raise PolicyError(error.code, error.words) from error
        if key.kind is not kind:
            raise PolicyError(
                "vkey_kind", say("vkey=%(name)r: 类型应为 %(kind)s", name=key.name, kind=kind.name)
            )
        if any(key.public == other.public for other in (*self.logs, *self.witnesses.values())):
            raise PolicyError("vkey_repeated", say("vkey=%(name)r: 公钥重复", name=key.name))
        return key

    def _define(self, name: str) -> str:
        if name == "none" or name in self.witnesses or name in self.groups:
            raise PolicyError("name_taken", say("name=%(name)r: 名称重复或为保留字", name=name))
        return name

    def log(self, words: list[str]) -> None:
        if len(words) not in (1, 2):
            raise PolicyError("log_form", say("log: 应为 log <vkey> [<url>]"))
        self.logs.append(self._key(words[0], KeyKind.LOG))

    def witness(self, words: list[str]) -> None:
        if len(words) not in (2, 3):
            raise PolicyError("witness_form", say("witness: 应为 witness <name> <vkey> [<url>]"))
        self.witnesses[self._define(words[0])] = self._key(words[1], KeyKind.WITNESS)
        self.urls |= {words[0]: words[2]} if len(words) == 3 else {}

    def group(self, words: list[str]) -> None:
        if len(words) < 3:
            raise PolicyError("group_form", say("group: 应为 group <name> all|any|<k> <name>…"))
        name, rule, *members = words
        self._define(name)
        for member in members:
            if member not in self.witnesses and member not in self.groups:
                raise PolicyError(
                    "member_unknown",
                    say("group %(name)s: 成员 %(member)r 未在前面定义", name=name, member=member),
                )
            if member in self.used:
                raise PolicyError(
                    "member_taken",
                    say("group %(name)s: 成员 %(member)r 只能属于一个组", name=name, member=member),
                )
            self.used.add(member)
        if rule not in ("all", "any") and not (rule.isascii() and rule.isdecimal()):
            raise PolicyError(
                "group_rule", say("group %(name)s: 规则 %(rule)r 应为 all、any 或数字", name=name, rule=rule)
            )
        threshold = {"all": len(members), "any": 1}.get(rule) or int(rule)
        if not 1 <= threshold <= len(members):
            raise PolicyError(
                "group_threshold",
                say(
                    "group %(name)s: 阈值 %(threshold)s 应在 1 与 %(most)s 之间",
                    name=name,
                    threshold=threshold,
                    most=len(members),
                ),
            )
        self.groups[name] = Group(threshold, tuple(members))

    def quorum_line(self, words: list[str]) -> None:
        if self.quorum is not None or len(words) != 1:
            raise PolicyError("quorum_form", say("quorum: 必须有且只有一行 quorum <name>"))
        if words[0] != "none" and words[0] not in self.witnesses and words[0] not in self.groups:
            raise PolicyError("quorum_unknown", say("quorum %(word)r: 未在前面定义", word=words[0]))
        self.quorum = words[0]


def parse_policy(text: str) -> Policy:
    """Read a policy file. Raises :class:`PolicyError` naming line number, value and rule."""
    reader = _Reader()
    handlers = {
        "log": reader.log,
        "witness": reader.witness,
        "group": reader.group,
        "quorum": reader.quorum_line,
    }
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.replace("\t", " ").split(" ")
        words = [w for w in words if w]
        if not words or words[0].startswith("#"):
            continue
        handler = handlers.get(words[0])
        try:
            if handler is None:
                raise PolicyError("keyword", say("%(word)r: 不认识的关键字", word=words[0]))
            handler(words[1:])
        except PolicyError as error:
            raise PolicyError(
                "line", say("policy 第 %(number)s 行 %(error)s", number=number, error=error)
            ) from error
    if reader.quorum is None:
        raise PolicyError("no_quorum", say("policy: 缺少 quorum 行"))
    return Policy(tuple(reader.logs), reader.witnesses, reader.groups, reader.quorum, reader.urls)
