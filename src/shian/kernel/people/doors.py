"""Where a person signed in before: from there nobody else's wrong passwords lock him out.

Two marks are kept: a cookie in the browser, and the address, as a keyed hash (个人信息保护法 6: no more than is needed).
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac

from shian.kernel.scopes.context import system

from .models import Door, User

COOKIE = "shian_door"
SALT = "shian.people.doors"
REMEMBERED = dt.timedelta(days=180)
MOST = 20
"""Addresses kept a person; the one not used for longest goes first."""


def hashed(address: str) -> str:
    """An address nobody can read back without the installation's key."""
    return salted_hmac(SALT, address, algorithm="sha256").hexdigest()


def known_browser(request: HttpRequest, username: str) -> str:
    """The id of the cookie this browser got when ``username`` signed in with it; empty for another's or a forged one."""
    try:
        name, mark = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=REMEMBERED
        )  # fmt: skip
    except (signing.BadSignature, TypeError, ValueError):
        return ""
    return str(mark) if name == username else ""


def known_address(username: str, address: str) -> bool:
    """Whether ``username`` signed in from ``address`` lately."""
    since = timezone.now() - REMEMBERED
    return Door.unscoped.filter(user__username=username, address=hashed(address), used_at__gte=since).exists()


def remember(response: HttpResponse, user: User, address: str) -> None:
    """Both marks, after a sign-in that succeeded with every factor asked for."""
    with system("sign-in"):
        Door.unscoped.update_or_create(user=user, address=hashed(address), defaults={"used_at": timezone.now()})
        kept = Door.unscoped.filter(user=user).order_by("-used_at").values_list("pk", flat=True)[:MOST]
        Door.unscoped.filter(user=user).exclude(pk__in=list(kept)).delete()
    response.set_cookie(
        COOKIE,
        signing.dumps([user.username, get_random_string(12)], salt=SALT),
        max_age=REMEMBERED,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
        path="/accounts/",
    )
