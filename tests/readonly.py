"""Middleware of the test run: a GET or HEAD that writes a row fails, whichever test sent it."""

import re
from threading import get_ident

from django.db import connection

WRITE = re.compile(
    r"\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO)\s+[\"`]?(\w+)", re.I
)
BOOKS = re.compile(r"django_session|django_cache\w*|account_\w+|socialaccount_\w+|mfa_\w+|changes_change")
"""Tables that a request may touch by being made: sessions, caches, the sign-in pages' own, and the log, which
notes who took an export away. A change of a row is caught by the row's own table."""


class WrittenByReading(AssertionError):
    """An address that only reads wrote a row."""


class ReadingNeverWrites:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)

        mine = get_ident()  # the live server of the browser tests lends one connection to all its threads

        def watch(execute, sql, params, many, context):
            found = WRITE.match(sql) if get_ident() == mine else None
            if found and not BOOKS.fullmatch(found.group(1)):
                raise WrittenByReading(f"GET {request.path}: {sql[:200]}")
            return execute(sql, params, many, context)

        with connection.execute_wrapper(watch):
            return self.get_response(request)
