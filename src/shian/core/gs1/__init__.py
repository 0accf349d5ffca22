"""GS1 identifiers: Application Identifiers, check digits, EPC URN ↔ Digital Link ↔ element string (商品与物流编码).

Sources: GS1 General Specifications, GS1 Digital Link 1.2 and later, EPC Tag Data Standard.
"""

from .ai import TABLE, ApplicationIdentifier, check_value
from .checkdigit import check_characters, check_digit, has_check_digit
from .digital_link import parse_link, write_link
from .elements import Elements, gather, pad_gtin, parse_elements, scan_elements, write_elements
from .epc import parse_urn, write_urn
from .errors import Gs1Error
from .identity import canonical_id, parse

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
