"""Who stands behind an id: a table of businesses (主体名录) for the names, addresses and licences of an answer.

The law wants them of every purchase and sale: 供货者名称、地址、联系方式 (食品安全法 §53), and the supplier's licence
examined (查验供货者的许可证). Events carry ids only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from shian.core.codes import parse_licence
from shian.core.errors import Told
from shian.core.gs1 import Gs1Error, check_digit
from shian.core.gs1.identity import parse
from shian.core.trace.facts import holder
from shian.core.words import joined, say

SHOWN = {
    "id": "主体标识", "name": "名称", "kind": "主体类型", "address": "地址", "contact": "联系人", "phone": "电话", "licence": "许可证号",
}  # fmt: skip
_PHONE = re.compile(r"\+?[0-9][0-9\-() ]{5,19}(?:转?[0-9]{1,6})?")


class Party(NamedTuple):
    """A business (主体): what a sheet says of it; empty where its table does not."""

    name: str = ""
    address: str = ""
    contact: str = ""
    licence: str = ""
    kind: str = ""


class RowProblem(NamedTuple):
    """Why a row of the table was not taken: ``row`` as the program shows it, from 1; ``message`` names the rule."""

    row: int
    column: str
    value: str
    rule: str
    message: str


@dataclass(frozen=True)
class Parties:
    """Businesses by canonical id, and the rows refused. No two rows share an id."""

    known: Mapping[str, Party]
    problems: tuple[RowProblem, ...]


class Refused(Told, ValueError):
    """One value of a row breaks a rule."""

    def __init__(self, column: str, value: str, rule: str, message: str) -> None:
        super().__init__(rule, message)
        self.column, self.value, self.rule = column, value, rule


def party_id(text: str) -> str:
    """The canonical id of a holder from what people write: a bare GLN, a URN, a Digital Link, a word of their own.

    Raises :class:`Refused` for a GLN with a wrong check digit and for a GS1 URI that breaks GS1's rules.
    """
    bare = text.strip()
    if re.fullmatch(r"[0-9]{13}", bare):
        if (right := check_digit(bare[:-1])) != bare[-1]:
            raise Refused(
                "id", bare, "gln.check_digit", say("GLN 末位校验码应为 %(right)s（GS1 模 10）", right=right)
            )
        return f"https://id.gs1.org/414/{bare}"
    if bare.startswith(("urn:epc:id:", "https://id.gs1.org/")):
        try:
            parse(bare)
        except Gs1Error as error:
            raise Refused("id", bare, "gs1.identifier", error.words) from None
    return holder(bare)


def check_rows(rows: Iterable[tuple[int, Mapping[str, str]]]) -> Parties:
    """Rows of ``id``, ``name`` and the other fields as text, checked one by one; one that breaks a rule is left out
    and told of."""
    known: dict[str, tuple[int, Party]] = {}
    problems: list[RowProblem] = []
    for number, fields in rows:
        try:
            key, party = _party(fields)
            first, other = known.setdefault(key, (number, party))
            if other != party:
                message = say("第 %(first)s 行已有该主体，且内容不同", first=first)
                raise Refused("id", fields["id"], "parties.duplicate", message)
        except Refused as bad:
            problems.append(RowProblem(number, SHOWN[bad.column], bad.value, bad.rule, bad.message))
    return Parties({key: party for key, (_, party) in known.items()}, tuple(problems))


def _party(fields: Mapping[str, str]) -> tuple[str, Party]:
    for key in ("id", "name"):
        if not fields[key]:
            raise Refused(key, "", "parties.required", say("必填"))
    phone = fields.get("phone", "")
    if phone and not all(map(_PHONE.fullmatch, re.split(r"[,，;；、/]\s*", phone))):
        raise Refused(
            "phone", phone, "parties.phone", say("应为电话号码（数字、空格、+、-、括号；多个以逗号分开）")
        )
    licence = fields.get("licence", "")
    if licence:
        code = parse_licence(licence)
        wrong = [p for p in code.problems if p.severity == "error" and not p.overridable]
        if wrong:
            raise Refused("licence", licence, "licence.form", joined(p.message for p in wrong))
    contact = " ".join(filter(None, (fields.get("contact", ""), phone)))
    return party_id(fields["id"]), Party(
        fields["name"], fields.get("address", ""), contact, licence, fields.get("kind", "")
    )


def unknown(places: Iterable[str], known: Mapping[str, Party]) -> Iterator[str]:
    """Those of ``places`` that nobody has named, each once."""
    return (p for p in dict.fromkeys(places) if p and not p.startswith("#") and p not in known)
