import sqlite3

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class SiteConfig(AppConfig):
    name = "shian.site"
    label = "site"

    def ready(self) -> None:
        from shian.site import shell

        shell.wire()
        connection_created.connect(whole_sets, dispatch_uid="shian.whole_sets")


def whole_sets(connection, **_signal) -> None:
    """As many values in one statement as this SQLite takes: Django reckons with 999, which cuts a set of 500 rows into eight."""
    if connection.vendor == "sqlite":
        connection.features.max_query_params = connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
