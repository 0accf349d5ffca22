"""GS1 identifiers: Application Identifiers, check digits, EPC URN ↔ Digital Link ↔ element string (商品与物流编码).

Sources: GS1 General Specifications, GS1 Digital Link 1.2 and later, EPC Tag Data Standard.
"""

from shian.core.gs1.ai import TABLE, ApplicationIdentifier, check_value
from shian.core.gs1.checkdigit import check_characters, check_digit, has_check_digit
from shian.core.gs1.digital_link import parse_link, write_link
from shian.core.gs1.elements import Elements, gather, pad_gtin, parse_elements, scan_elements, write_elements
from shian.core.gs1.epc import parse_urn, write_urn
from shian.core.gs1.errors import Gs1Error
from shian.core.gs1.identity import canonical_id, parse

__all__ = [
    "TABLE",
    "ApplicationIdentifier",
    "Elements",
    "Gs1Error",
    "canonical_id",
    "check_characters",
    "check_digit",
    "check_value",
    "gather",
    "has_check_digit",
    "pad_gtin",
    "parse",
    "parse_elements",
    "parse_link",
    "parse_urn",
    "scan_elements",
    "write_elements",
    "write_link",
    "write_urn",
]
