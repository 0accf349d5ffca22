"""What the site adds to its pages: the demo cast on the sign-in page."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from shian.kernel.ui import context


def wire() -> None:
    if settings.DEMO:
        context.provide_public(demo_cast)


def demo_cast(_request: HttpRequest) -> dict:
    """Cards of the demo accounts, on the sign-in page in demo mode only."""
    from shian.kernel.people.models import User
    from shian.site.demo.cast import PASSWORD, PEOPLE

    does = {p[0]: p[-1] for p in PEOPLE}

    rows = User.unscoped.signing_in().filter(is_demo=True).select_related("unit").order_by("pk")
    cards = [
        {"username": u.username, "name": u.name, "title": u.title, "unit": u.unit.short_name or u.unit.name,
         "does": does.get(u.username, ""), "password": PASSWORD}
        for u in rows
        if u.unit
    ]  # fmt: skip
    return {"demo_cast": cards}
