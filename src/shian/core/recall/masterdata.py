"""Who stands behind an id: a table of businesses (主体名录) for the names, addresses and licences of an answer.

The law wants them of every purchase and sale: 供货者名称、地址、联系方式 (食品安全法 §53), and the supplier's licence
examined (查验供货者的许可证). Events carry ids only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from shian.core.codes import parse_licence
from shian.core.gs1 import Gs1Error, check_digit
from shian.core.gs1.identity import parse
from shian.core.sheets import Cell, HeaderMatch, SheetError, Table, find_header, open_table
from shian.core.trace.facts import holder

HEADINGS: Mapping[str, frozenset[str]] = {
    "id": frozenset({"主体标识", "GLN", "GLN编码", "全球位置码", "位置码", "主体编码", "主体代码", "标识"}),
    "name": frozenset({"名称", "主体名称", "企业名称", "单位名称", "经营者名称"}),
    "kind": frozenset({"主体类型", "类型", "业态", "主体业态"}),
    "address": frozenset({"地址", "住所", "经营场所", "生产地址", "主体地址"}),
    "contact": frozenset({"联系人", "联系人姓名", "负责人", "法定代表人"}),
    "phone": frozenset({"电话", "联系电话", "联系方式", "手机", "手机号码"}),
    "licence": frozenset({"许可证号", "许可证编号", "许可证", "食品经营许可证编号", "食品生产许可证编号"}),
}
_SHOWN = {
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


class Refused(ValueError):
    """One value of a row breaks a rule."""

    def __init__(self, column: str, value: str, rule: str, message: str) -> None:
        super().__init__(message)
        self.column, self.value, self.rule, self.message = column, value, rule, message


def party_id(text: str) -> str:
    """The canonical id of a holder from what people write: a bare GLN, a URN, a Digital Link, a word of their own.

    Raises :class:`Refused` for a GLN with a wrong check digit and for a GS1 URI that breaks GS1's rules.
    """
    bare = text.strip()
    if re.fullmatch(r"[0-9]{13}", bare):
        if (right := check_digit(bare[:-1])) != bare[-1]:
            raise Refused("id", bare, "gln.check_digit", f"GLN 末位校验码应为 {right}（GS1 模 10）")
        return f"https://id.gs1.org/414/{bare}"
    if bare.startswith(("urn:epc:id:", "https://id.gs1.org/")):
        try:
            parse(bare)
        except Gs1Error as error:
            raise Refused("id", bare, "gs1.identifier", str(error)) from None
    return holder(bare)


def read_parties(source: Path) -> Parties:
    """The table at ``source`` (CSV, TSV or XLSX); its heading may stand below a title.

    A row that breaks a rule is left out and told of; an empty row is nothing. Raises ``SheetError`` for a file that is
    no table, or one without the columns 主体标识 and 名称.
    """
    with open_table(source) as table:
        header = _header(table)
        known: dict[str, tuple[int, Party]] = {}
        problems: list[RowProblem] = []
        for number, row in enumerate(table.rows(), start=1):
            fields = _fields(row, header)
            if number <= header.last or not any(fields.values()):
                continue
            try:
                key, party = _party(fields)
                first, other = known.setdefault(key, (number, party))
                if other != party:
                    message = f"第 {first} 行已有该主体，且内容不同"
                    raise Refused("id", fields["id"], "parties.duplicate", message)
            except Refused as bad:
                problems.append(RowProblem(number, _SHOWN[bad.column], bad.value, bad.rule, bad.message))
    return Parties({key: party for key, (_, party) in known.items()}, tuple(problems))


def _header(table: Table) -> HeaderMatch:
    header = find_header(islice(table.rows(), 30), HEADINGS)
    missing = [_SHOWN[key] for key in ("id", "name") if key not in header.columns]
    if missing:
        raise SheetError(
            "no_column", f"表中没有“{'”和“'.join(missing)}”列；主体名录至少要有主体标识（或 GLN）和名称两列"
        )
    return header


def _fields(row: Sequence[Cell], header: HeaderMatch) -> dict[str, str]:
    return {
        key: str(row[at]).strip() if at < len(row) and row[at] is not None else ""
        for key, at in header.columns.items()
    }


def _party(fields: Mapping[str, str]) -> tuple[str, Party]:
    for key in ("id", "name"):
        if not fields[key]:
            raise Refused(key, "", "parties.required", "必填")
    phone = fields.get("phone", "")
    if phone and not all(map(_PHONE.fullmatch, re.split(r"[,，;；、/]\s*", phone))):
        raise Refused(
            "phone", phone, "parties.phone", "应为电话号码（数字、空格、+、-、括号；多个以逗号分开）"
        )
    licence = fields.get("licence", "")
    if licence:
        code = parse_licence(licence)
        wrong = [p for p in code.problems if p.severity == "error" and not p.overridable]
        if wrong:
            raise Refused("licence", licence, "licence.form", "；".join(p.message for p in wrong))
    contact = " ".join(filter(None, (fields.get("contact", ""), phone)))
    return party_id(fields["id"]), Party(
        fields["name"], fields.get("address", ""), contact, licence, fields.get("kind", "")
    )


def unknown(places: Iterable[str], known: Mapping[str, Party]) -> Iterator[str]:
    """Those of ``places`` that nobody has named, each once."""
    return (p for p in dict.fromkeys(places) if p and not p.startswith("#") and p not in known)
