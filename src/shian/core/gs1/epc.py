"""EPC URNs (GS1 EPC Tag Data Standard §6, §8) ↔ elements.

A URN shows where the company prefix ends and hides the check digit; a Digital Link does the reverse. So
URN → link is a calculation, link → URN needs the length of the company prefix.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from shian.core.words import say

from .ai import check_value
from .checkdigit import check_digit
from .elements import Elements
from .errors import Gs1Error

_ESCAPES = str.maketrans({char: f"%{ord(char):02X}" for char in '"%&/<>?#'})
_TEXT = re.compile(r"(?:[A-Za-z0-9!'()*+,\-.:;=_]|%2[2356fF]|%3[cefCEF])+")


@dataclass(frozen=True, slots=True)
class Scheme:
    """How the URNs of one scheme are built: company prefix, then parts set off by dots.

    ``key``: AI of the key. ``digits``: total length of company prefix and reference, 0 where the reference is
    text. ``indicator``: the first digit of the reference comes first in the key. ``lead``: constant before
    the key. ``serial``: AI of the last part, ``+`` where it is glued to the key, ``*`` in class patterns,
    empty for none. ``pieces``: piece and total stand before it (ITIP).
    """

    key: str
    digits: int = 0
    serial: str = ""
    indicator: bool = False
    lead: str = ""
    pieces: bool = False

    @property
    def parts(self) -> int:
        """How many parts follow the company prefix: reference, piece and total, serial."""
        return 1 + bool(self.serial) + 2 * self.pieces


SCHEMES: Mapping[str, Scheme] = {
    "id:sgtin": Scheme("01", 13, "21", indicator=True),
    "id:upui": Scheme("01", 13, "235", indicator=True),
    "class:lgtin": Scheme("01", 13, "10", indicator=True),
    "idpat:sgtin": Scheme("01", 13, "*", indicator=True),
    "idpat:upui": Scheme("01", 13, "*", indicator=True),
    "id:sscc": Scheme("00", 17, indicator=True),
    "id:sgln": Scheme("414", 12, "254"),
    "id:pgln": Scheme("417", 12),
    "id:grai": Scheme("8003", 12, "+", lead="0"),
    "idpat:grai": Scheme("8003", 12, "*", lead="0"),
    "id:giai": Scheme("8004"),
    "id:gsrn": Scheme("8018", 17),
    "id:gsrnp": Scheme("8017", 17),
    "id:gdti": Scheme("253", 12, "+"),
    "idpat:gdti": Scheme("253", 12, "*"),
    "id:sgcn": Scheme("255", 12, "+"),
    "idpat:sgcn": Scheme("255", 12, "*"),
    "id:cpi": Scheme("8010", 0, "8011"),
    "idpat:cpi": Scheme("8010", 0, "*"),
    "id:ginc": Scheme("401"),
    "id:gsin": Scheme("402", 16),
    "id:itip": Scheme("8006", 13, "21", indicator=True, pieces=True),
    "idpat:itip": Scheme("8006", 13, "*", indicator=True, pieces=True),
}
"""URN schemes that name GS1 keys, by ``kind:scheme``; where several fit, the first is written."""


def parse_urn(urn: str) -> Elements:
    """The elements an EPC URN stands for, check digit added; raises :class:`Gs1Error`.

    >>> parse_urn("urn:epc:class:lgtin:6901234.056789.A1").key
    ('01', '06901234567892')
    """
    head, _, body = urn.partition(":epc:")[2].partition(".")
    kind, _, company = head.rpartition(":")
    scheme = SCHEMES.get(kind)
    if scheme is None or not urn.startswith("urn:epc:"):
        raise Gs1Error("uri", urn, "not_a_urn", say("不是 GS1 标识代码的 EPC URN"))
    parts = body.split(".", scheme.parts - 1)
    if len(parts) != scheme.parts:
        raise Gs1Error(
            "uri", urn, "parts", say("厂商识别代码之后应有以点分隔的 %(count)s 段", count=scheme.parts)
        )
    value = _key(urn, scheme, company, parts)
    serial = parts[-1]
    if scheme.serial == "*":
        if serial != "*":
            raise Gs1Error("uri", urn, "class_wildcard", say("类别标识应以 .* 结尾"))
    elif scheme.serial == "+":
        value = check_value(scheme.key, value + _unescaped(urn, serial))
    elif scheme.serial and not (scheme.serial == "254" and serial == "0"):  # 0: the location itself
        return Elements(
            (scheme.key, value), ((scheme.serial, check_value(scheme.serial, _unescaped(urn, serial))),)
        )
    return Elements((scheme.key, value))


def _key(urn: str, scheme: Scheme, company: str, parts: list[str]) -> str:
    reference = parts[0]
    if not (6 <= len(company) <= 12 and company.isdecimal() and company.isascii()):
        raise Gs1Error("uri", urn, "company_prefix", say("厂商识别代码应为 6 至 12 位数字"))
    if not scheme.digits:
        return check_value(scheme.key, company + _unescaped(urn, reference))
    digits = reference[:1] + company + reference[1:] if scheme.indicator else company + reference
    if len(digits) != scheme.digits or not (digits.isdecimal() and digits.isascii()):
        raise Gs1Error(
            "uri", urn, "digits", say("厂商识别代码与参考代码合计应为 %(count)s 位数字", count=scheme.digits)
        )
    key = scheme.lead + digits + check_digit(digits)
    return check_value(scheme.key, key + parts[1] + parts[2]) if scheme.pieces else key


def _unescaped(urn: str, text: str) -> str:
    if text.isalnum() and text.isascii():
        return text
    if not _TEXT.fullmatch(text):
        raise Gs1Error("uri", urn, "characters", say("含有 EPC URN 不允许的字符"))
    return unquote(text) if "%" in text else text


def write_urn(elements: Elements, company_prefix_length: int) -> str:
    """The EPC URN of what ``elements`` identify; the company prefix has 6 to 12 digits, which only its owner
    and the GS1 prefix list know. Raises :class:`Gs1Error` where no URN scheme fits."""
    thing = elements.identity()
    code, value = thing.key
    name, scheme, serial = _scheme(code, value, dict(thing.qualifiers))
    if not 6 <= company_prefix_length <= 12:
        raise Gs1Error(
            f"({code})", str(company_prefix_length), "company_prefix", say("厂商识别代码应为 6 至 12 位")
        )
    at = company_prefix_length
    if not scheme.digits:
        body = [value[:at], value[at:].translate(_ESCAPES)]
    else:
        digits = value.removeprefix(scheme.lead)[: scheme.digits]
        indicator, digits = (digits[0], digits[1:]) if scheme.indicator else ("", digits)
        body = [digits[:at], indicator + digits[at:]]
    if scheme.pieces:
        body += [value[14:16], value[16:18]]
    if scheme.serial:
        body.append(serial)
    return f"urn:epc:{name}:{'.'.join(body)}"


def _scheme(code: str, value: str, qualifiers: dict[str, str]) -> tuple[str, Scheme, str]:
    for name, scheme in SCHEMES.items():
        if scheme.key != code:
            continue
        if scheme.serial == "+":
            glued = value[len(scheme.lead) + scheme.digits + 1 :]
            if glued:
                return name, scheme, glued.translate(_ESCAPES)
        elif scheme.serial in qualifiers:
            return name, scheme, qualifiers[scheme.serial].translate(_ESCAPES)
        elif not qualifiers and (scheme.serial in ("", "*") or code == "414"):
            return name, scheme, "0" if code == "414" else "*"
    raise Gs1Error(f"({code})", value, "no_urn", say("没有与之对应的 EPC URN"))
