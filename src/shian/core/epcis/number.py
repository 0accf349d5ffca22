"""Decimal numbers that remember how they were written.

EPCIS quantities are ``xsd:decimal``; binary floats would turn 0.1 t of minced meat into 0.1000000000000000055.
A :class:`Number` computes as :class:`~decimal.Decimal` and prints as received (``1.50`` stays ``1.50``), which
the integrity digest needs: it covers what the sender signed off, not a value equal to it.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from shian.core.errors import Invalid
from shian.core.words import say

MAX_TEXT = 64
"""Longest accepted number, in characters: no measured quantity needs more digits."""

MAX_EXPONENT = 400
"""Largest accepted decimal exponent, either sign (beyond IEEE doubles, far from exhausting memory)."""

_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


class Number(Decimal):
    """A JSON number: ``Number("1.50")`` equals ``Decimal("1.5")`` and has ``text == "1.50"``.

    Raises ``ValueError`` for text longer than 64 characters or with an exponent beyond ±400.
    """

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Number:
        if len(text) > MAX_TEXT:
            raise Invalid(
                "number_long", say("数值超过 %(most)s 个字符：%(value)s…", most=MAX_TEXT, value=text[:20])
            )
        try:
            self = super().__new__(cls, text)
        except InvalidOperation:
            raise Invalid("number_syntax", say("不是十进制数：%(text)s", text=text)) from None
        if not -MAX_EXPONENT <= self.adjusted() <= MAX_EXPONENT:
            raise Invalid(
                "number_exponent", say("数值的指数超出 ±%(most)s：%(text)s", most=MAX_EXPONENT, text=text)
            )
        self.text = text
        return self

    def __str__(self) -> str:
        return self.text

    def __reduce__(self) -> tuple[type[Number], tuple[str]]:
        return Number, (self.text,)

    @classmethod
    def from_xsd(cls, text: str) -> Number:
        """An ``xsd:decimal`` or ``xsd:double`` as a JSON number.

        XML allows ``+5``, ``05``, ``.5`` and ``5.``, JSON does not: only then is the text respelled.
        Raises ``ValueError`` for anything else, also for ``NaN`` and ``INF``, which JSON cannot say.
        """
        bare = text.strip(" \t\r\n")
        if len(bare) > MAX_TEXT:
            raise Invalid(
                "number_long", say("数值超过 %(most)s 个字符：%(value)s…", most=MAX_TEXT, value=bare[:20])
            )
        if _JSON_NUMBER.fullmatch(bare):
            return cls(bare)
        found = re.fullmatch(r"([+-]?)0*([0-9]*)\.?([0-9]*)([eE][+-]?[0-9]+)?", bare)
        if found is None or not re.search("[0-9]", bare.lower().partition("e")[0]):
            raise Invalid("number_syntax", say("不是十进制数：%(value)s", value=bare[:40]))
        sign, whole, fraction, exponent = found.groups()
        spelled = ("-" if sign == "-" else "") + (whole or "0") + (f".{fraction}" if fraction else "")
        return cls(spelled + (exponent or ""))
