"""Hostile values in every parameter and field of every address: an answer in words, never a fault of ours (C9)."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import cycle

import pytest
from django.db import transaction
from django.test import Client

from shian.kernel.resources import registry
from shian.kernel.resources.filters import filterset_for
from tests.stories.test_leak import make_world

from .addresses import addresses

pytestmark = pytest.mark.full
PEOPLE = ("shianban", "donghe", "guanliyuan", "")
VALUES = (
    "²", "9" * 40, "-1", "1e999", "NaN", "Infinity", "@today+99999999999", "@today-9" + "9" * 30, "\x00", "'\"><script>alert(1)</script>",
    "２０２６", "١٢", "", " ", "a" * 3000, "0x1f", "2026-02-30", "9999-12-31", "0000-00-00", "[]", "{}", "true", "null", "%", "_", "\u202e",
    "2026-13", "1;drop table", "../../etc/passwd", "-0", "1.0000000000000000000001", "😀" * 50,
)  # fmt: skip
PAGE = ("q", "sort", "page", "size", "as_of", "is", "cursor", "columns", "of", "next", "lang", "format", "kind", "unit")
PLAIN = re.compile(r'name="([\w-]+)"')


@pytest.fixture
def clients(cast):
    make_world(cast)
    out = {}
    for name in PEOPLE:
        out[name] = Client(raise_request_exception=False)
        if name:
            out[name].force_login(cast.users[name])
    return out


def parameters(address: str) -> list[str]:
    """Filters of the list an address belongs to, with their ends, and what pages know."""
    name = address.removeprefix("/api/v1").split("/")[1]
    try:
        known = list(filterset_for(registry.get(name)).base_filters)
    except KeyError:
        known = []
    ends = [f"{n}{end}" for n in known for end in ("_min", "_max", "_after", "_before", "_text")]
    return [*known, *ends, *PAGE]


def faults(answers: list[tuple[str, str, str, int]]) -> list[str]:
    return [f"{who or 'nobody'}: {what} {sent!r:.80} → {status}" for who, what, sent, status in answers if status >= 500]


def test_every_parameter_of_every_address(clients, capsys):
    answers, values = [], cycle(VALUES)
    for address in addresses():
        for name in parameters(address):
            for who in PEOPLE[:1] if name not in PAGE[:4] else PEOPLE:
                value = next(values)
                status = clients[who].get(address, {name: value}).status_code
                answers.append((who, f"GET {address}?{name}", value, status))
    with capsys.disabled():
        print(f"\nattack: {len(answers)} hostile queries, {dict(Counter(a[3] for a in answers))}")
    assert len(answers) >= 5000
    assert faults(answers) == []


def test_every_field_of_every_form_and_body(clients, capsys):
    """Names are read off the page itself; what a post changes is taken back."""
    answers, values = [], cycle(VALUES)
    for address in addresses():
        page = clients["shianban"].get(address)
        text = page.content.decode(errors="replace") if page.get("Content-Type", "").startswith("text/html") else ""
        names = sorted(set(PLAIN.findall(text)))[:60] or ["x", "version", "reason"]
        for who in ("shianban", "guanliyuan"):
            for turn in range(3):
                sent = {name: next(values) for name in names}
                body = json.dumps(sent | {"version": (0, 2**70, "²")[turn]})
                for kind in ("form", "json"):
                    try:
                        with transaction.atomic():
                            if kind == "form":
                                status = clients[who].post(address, sent).status_code
                            else:
                                status = clients[who].post(address, body, content_type="application/json").status_code
                            answers.append((who, f"POST {kind} {address}", str(sent), status))
                            raise Undone
                    except Undone:
                        pass
    with capsys.disabled():
        print(f"\nattack: {len(answers)} hostile posts, {dict(Counter(a[3] for a in answers))}")
    assert faults(answers) == []


class Undone(Exception):
    """Takes back what a post did."""
