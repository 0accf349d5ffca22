"""Deadlines as data: which event starts the clock, how long it runs, which article says so, from when to when.

A case is judged by the version in force on its trigger date (``rules.yaml``; sources in the entries themselves).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Literal, get_args

import yaml

from shian.core.errors import Told
from shian.core.words import joined, say

Unit = Literal["working_day", "natural_day", "hour", "month", "year"]
UNIT_NAMES: Mapping[Unit, str] = {
    "working_day": say("个工作日"),
    "natural_day": say("日"),
    "hour": say("小时"),
    "month": say("个月"),
    "year": say("年"),
}
CONFIDENCES = ("verified", "high", "medium", "low", "requirement")
_VERSION = re.compile(r"\.\d{4}$")


class RuleError(Told, ValueError):
    """A rule that does not exist, is not in force, or may not be changed so; the message is Chinese."""


@dataclass(frozen=True)
class Extension:
    """延长: by how much (0: as decided), and what it needs."""

    n: int
    unit: Unit
    needs: str


@dataclass(frozen=True)
class Rule:
    """One deadline in one version. ``not_before``: the date is the earliest, not the latest, possible."""

    id: str
    name: str
    actor: str
    trigger: str
    n: int
    unit: Unit
    roll: bool
    not_before: bool
    excludes: tuple[str, ...]
    document: str
    article: str
    confidence: str
    valid_from: date | None
    valid_to: date | None
    extension: Extension | None = None
    note: str = ""

    @property
    def series(self) -> str:
        """The id without its version: ``complaint.mediate.2026`` → ``complaint.mediate``."""
        return _VERSION.sub("", self.id)

    @property
    def adjustable(self) -> bool:
        """Whether local configuration may change the length freely (a norm of practice, or not verified)."""
        return self.confidence in ("medium", "low", "requirement")

    @property
    def basis(self) -> str:
        """《…》第…条, for pages and documents; several documents are separated by ``/`` in the data, as are articles."""
        documents, articles = self.document.split(" / "), self.article.split(" / ")
        articles += [""] * (len(documents) - len(articles))
        return "、".join(_citation(document, article) for document, article in zip(documents, articles, strict=False))

    @property
    def length(self) -> str:
        length = say("%(n)s%(unit)s", n=abs(self.n), unit=UNIT_NAMES[self.unit])
        return say("%(length)s前", length=length) if self.n < 0 else length

    def in_force(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


def _citation(document: str, article: str) -> str:
    title, bracket, number = document.partition("(")
    if title.endswith(("法", "条例", "办法", "规定", "规范(试行)", "规范")) and not title.startswith("地方"):
        document = f"《{title}》{bracket}{number}"
    numbers = "、".join(part.strip() for part in article.split(","))
    return document + re.sub(r"^([^(]+)", r"第\1条", numbers) if article else document


@dataclass(frozen=True)
class RulePack:
    """The rules of a country, province or county; later packs come before earlier ones."""

    rules: tuple[Rule, ...]
    version: str = ""

    def known(self, rule_id: str) -> list[Rule]:
        """Every version of ``rule_id`` (an id or a series). Raises :class:`RuleError` where there is none."""
        found = [rule for rule in self.rules if rule.id == rule_id or rule.series == rule_id]
        if not found:
            raise RuleError("unknown_rule", say("没有编号为“%(rule_id)s”的期限规则", rule_id=rule_id))
        return found

    def select(self, rule_id: str, on: date) -> Rule:
        """The version of ``rule_id`` in force on the trigger date ``on``."""
        known = self.known(rule_id)
        for rule in known:
            if rule.in_force(on):
                return rule
        spans = joined(say("%(valid_from)s 至 %(valid_to)s", valid_from=rule.valid_from or "…", valid_to=rule.valid_to or say("今")) for rule in known)
        raise RuleError("not_in_force", say("期限规则“%(name)s”（%(rule_id)s）在 %(on)s 没有生效的版本；已有版本：%(spans)s", name=known[0].name, rule_id=rule_id, on=on, spans=spans))

    def with_local(self, text: str) -> RulePack:
        """This pack below the rules of another (a province's, a county's), which win where both are in force."""
        local = load_rules(text)
        return RulePack(local.rules + self.rules, "+".join(filter(None, (self.version, local.version))))


def override(rule: Rule, n: int, unit: Unit | None = None) -> Rule:
    """``rule`` with a locally configured length.

    Norms of practice may be changed freely; a length fixed by law only to a stricter one in the same unit.
    """
    unit = unit or rule.unit
    if unit not in get_args(Unit) or isinstance(n, bool) or not isinstance(n, int):
        raise RuleError("bad_override", say("期限规则“%(name)s”的配置值“%(n)s %(unit)s”无效：应为整数和期限单位", name=rule.name, n=n, unit=unit))
    stricter = unit == rule.unit and 0 <= n <= rule.n and not rule.not_before
    if not rule.adjustable and not stricter:
        raise RuleError("looser_than_law", say("“%(name)s”由%(basis)s规定为%(length)s，只能配置得更严，不能改为%(n)s%(unit)s", name=rule.name, basis=rule.basis, length=rule.length, n=n, unit=UNIT_NAMES[unit]))
    return replace(rule, n=n, unit=unit, note=say("本地配置：%(n)s%(unit)s（原为%(length)s）", n=n, unit=UNIT_NAMES[unit], length=rule.length))


def load_rules(text: str | None = None) -> RulePack:
    """The rule pack of a YAML ``text``, or of the package."""
    if text is None:
        return _package_rules()
    data = yaml.safe_load(text)
    if not isinstance(data, dict) or not isinstance(data.get("rules"), list):
        raise RuleError("no_rules", say("规则文件缺少 rules 列表"))
    rules = tuple(_read_rule(entry) for entry in data["rules"])
    _refuse_overlaps(rules)
    return RulePack(rules, str(data.get("version", "")))


@cache
def _package_rules() -> RulePack:
    return load_rules((resources.files(__package__) / "rules.yaml").read_text("utf-8"))


def _read_rule(entry: Mapping[str, Any]) -> Rule:
    name = entry.get("id", "?") if isinstance(entry, dict) else "?"
    try:
        length, source, (first, last) = entry["due"], entry["source"], entry["valid"]
        n, unit, extension = length["n"], length["unit"], entry.get("extension")
        if not isinstance(n, int) or unit not in get_args(Unit):
            raise RuleError("bad_length", say("期限规则 %(name)s 的 due 应有整数 n 和单位 unit（%(units)s）", name=name, units=tuple(get_args(Unit))))
        if entry["confidence"] not in CONFIDENCES:
            raise RuleError("bad_confidence", say("期限规则 %(name)s 的 confidence“%(confidence)s”不在 %(known)s 之列", name=name, confidence=entry["confidence"], known=tuple(CONFIDENCES)))
        if not source.get("doc"):
            raise RuleError("no_source", say("期限规则 %(name)s 缺少依据（source.doc）：没有依据的期限不得使用", name=name))
        return Rule(
            id=entry["id"],
            name=entry["name"],
            actor=entry["actor"],
            trigger=entry["trigger"],
            n=n,
            unit=unit,
            roll=bool(length.get("roll", unit == "natural_day")),
            not_before=entry.get("kind") == "not_before",
            excludes=tuple(entry.get("excludes", ())),
            document=source["doc"],
            article=str(source.get("article", "")),
            confidence=entry["confidence"],
            valid_from=first,
            valid_to=last,
            extension=Extension(extension.get("n", 0), extension.get("unit", unit), extension["needs"]) if extension else None,
            note=entry.get("note", ""),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise RuleError("bad_rule", say("期限规则 %(name)s 缺少或写错了一项：%(error)s", name=name, error=error)) from error


def _refuse_overlaps(rules: Iterable[Rule]) -> None:
    seen: dict[str, list[Rule]] = {}
    for rule in rules:
        for other in seen.setdefault(rule.series, []):
            if (rule.valid_from or date.min) <= (other.valid_to or date.max) and (other.valid_from or date.min) <= (
                rule.valid_to or date.max
            ):
                raise RuleError("overlap", say("期限规则 %(id)s 与 %(other)s 的有效期重叠，无法确定适用哪一个", id=rule.id, other=other.id))
        seen[rule.series].append(rule)
