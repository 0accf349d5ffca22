"""One index over everything that has a name: characters, two-character words, pinyin, numbers.

    from shian.kernel import search
    search.register(Unit, fields=("short_name",), url=lambda u: f"/units/{u.pk}/", subtitle="place")

It works alike on SQLite and PostgreSQL, and is kept fresh by the write path itself.
"""

from .registry import Searchable, register, unregister

__all__ = ["Searchable", "register", "unregister"]
