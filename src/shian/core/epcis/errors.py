"""What is wrong with a document, said so that its sender can repair it."""

from __future__ import annotations

from dataclasses import dataclass

from shian.core.errors import Told
from shian.core.words import say


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule (一条不合格项).

    ``path`` leads to the field in JSON notation (``epcisBody.eventList[3].eventTime``; an XML document is
    reported in the same notation, since both are checked in one form), ``rule`` names the rule for
    machines (``schema.format.uri``), ``message`` is for the sender, in Chinese, with the value refused.
    """

    path: str
    rule: str
    message: str

    def below(self, prefix: str) -> Problem:
        """The same problem seen from a container: ``prefix`` is put before the path."""
        if not self.path:
            return Problem(prefix, self.rule, self.message)
        joint = "" if self.path[0] == "[" else "."
        return Problem(f"{prefix}{joint}{self.path}", self.rule, self.message)


class EpcisError(Told, ValueError):
    """A refused document. ``path``, ``rule`` and ``message`` are those of the first problem."""

    def __init__(self, path: str, rule: str, message: str, problems: tuple[Problem, ...] = ()) -> None:
        at = path or say("文档")
        super().__init__(rule, say("%(path)s：%(why)s（%(rule)s）", path=at, why=message, rule=rule))
        self.path = path
        self.rule = rule
        self.why = message
        self.problems = problems or (Problem(path, rule, message),)

    @property
    def message(self) -> str:
        return self.why

    @classmethod
    def of(cls, problems: list[Problem]) -> EpcisError:
        """The refusal for a non-empty list of problems."""
        first = problems[0]
        return cls(first.path, first.rule, first.message, tuple(problems))


def shown(value: object, limit: int = 80) -> str:
    """A value as quoted in a message: never longer than ``limit`` characters."""
    text = value if isinstance(value, str) else str(value)
    return (
        text
        if len(text) <= limit
        else say("%(text)s…（共 %(size)s 字符）", text=text[:limit], size=len(text))
    )
