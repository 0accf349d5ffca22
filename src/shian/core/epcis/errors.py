"""What is wrong with a document, said so that its sender can repair it."""

from __future__ import annotations

from dataclasses import dataclass


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


class EpcisError(ValueError):
    """A refused document. ``path``, ``rule`` and ``message`` are those of the first problem."""

    def __init__(self, path: str, rule: str, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(f"{path or '文档'}：{message}（{rule}）")
        self.path = path
        self.rule = rule
        self.message = message
        self.problems = problems or (Problem(path, rule, message),)

    @classmethod
    def of(cls, problems: list[Problem]) -> EpcisError:
        """The refusal for a non-empty list of problems."""
        first = problems[0]
        return cls(first.path, first.rule, first.message, tuple(problems))


def shown(value: object, limit: int = 80) -> str:
    """A value as quoted in a message: never longer than ``limit`` characters."""
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= limit else f"{text[:limit]}…（共 {len(text)} 字符）"
