"""The rules of the ratified EPCIS 2.0 JSON Schema, compiled by hand, formats asserted.

A generic validator needs 0.6 ms an event and, by default, does not look at ``format``, so that it lets an
event of the 45th of March pass. These rules accept exactly what the schema accepts (a test generates
positive and negative cases from it and compares), except that they are stricter where the schema forgot:
``persistentDisposition`` is checked in every event type, patterns do not tolerate a trailing line feed.
"""

from .documents import check_document, check_event
from .queries import check_query, parameter

__all__ = ["check_document", "check_event", "check_query", "parameter"]
