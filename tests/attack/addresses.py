"""Every address the resolver knows, with keys of rows that are there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from shian.kernel.resources import registry

ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")
WORDS = ("csv", "xlsx", "receive", "confirm", "table", "²", "x" * 300)
"""For slugs and texts: some that mean something somewhere, some that mean nothing."""


def routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """Routes as written, ``<res:resource>/<int:pk>/``; regular expressions are other people's and left out."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        elif isinstance(entry, URLPattern) and "(" not in route and "^" not in route:
            yield route


def addresses() -> Iterator[str]:
    for route in sorted(set(routes())):
        names = [r.name for r in registry.all_resources()] if "<res:" in route else [""]
        for name in names:
            for word in WORDS if re.search(r"<(slug|str|\w+)>|<(slug|str|path):", route) else WORDS[:1]:
                yield "/" + ARGUMENT.sub(lambda m, name=name, word=word: _filled(m, name, word), route)


def _filled(found: re.Match, name: str, word: str) -> str:
    kind = found.group(1) or "str"
    if kind == "res":
        return name
    if kind == "int":
        return str(_key(name))
    if kind == "uuid":
        return "00000000-0000-4000-8000-000000000000"
    return word


def _key(name: str) -> int:
    """The first row of the resource, or 1."""
    if not name:
        return 1
    return registry.get(name).model.unscoped.values_list("pk", flat=True).order_by("pk").first() or 1
