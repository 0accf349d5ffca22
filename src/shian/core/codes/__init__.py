"""Codes of businesses, licences, places, goods and people: parsed, checked, and explained in Chinese when wrong."""

from .code import Code, Problem, clean, mod11_10
from .credit import credit_check, organisation_check, parse_credit_code
from .division import PROVINCES, ancestors, parse_division
from .gtin import gtin_check, parse_gtin
from .licence import SC_CATEGORIES, parse_licence
from .person import (
    mask_address,
    mask_mobile,
    mask_name,
    mask_resident_id,
    mask_text,
    parse_mobile,
    parse_resident_id,
    resident_check,
)

__all__ = [
    "PROVINCES",
    "SC_CATEGORIES",
    "Code",
    "Problem",
    "ancestors",
    "clean",
    "credit_check",
    "gtin_check",
    "mask_address",
    "mask_mobile",
    "mask_name",
    "mask_resident_id",
    "mask_text",
    "mod11_10",
    "organisation_check",
    "parse_credit_code",
    "parse_division",
    "parse_gtin",
    "parse_licence",
    "parse_mobile",
    "parse_resident_id",
    "resident_check",
]
