"""The context processor ``shell``: everything around the content of a page, built only if a template asks."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from . import nav

CHOICES = {"theme": ("light", "dark"), "print": ("normal", "large"), "nav": ("open", "folded")}
"""Looks a person may choose, the first being the default; each is a cookie ``shian_<name>``."""

URL_NAMES = {
    "search_url": "search",
    "suggest_url": "search_suggest",
    "notices_url": "notices",
    "jobs_url": "jobs",
    "profile_url": "profile",
    "password_url": "account_change_password",
    "mfa_url": "mfa_index",
    "help_url": "manual:index",
    "logout_url": "account_logout",
    "login_url": "account_login",
}

_providers: list[Callable[[HttpRequest], dict]] = []
_public_providers: list[Callable[[HttpRequest], dict]] = []


def provide(function: Callable[[HttpRequest], dict]) -> Callable[[HttpRequest], dict]:
    """Register what another kernel app knows of the shell: ``unit``, ``place``, ``places``, ``notices_count``…

    Called once per full page of a signed-in person; the later value of a key wins.
    """
    if function not in _providers:
        _providers.append(function)
    return function


def provide_public(function: Callable[[HttpRequest], dict]) -> Callable[[HttpRequest], dict]:
    """The same for pages without sign-in: ``demo_cast``, ``site_name``."""
    if function not in _public_providers:
        _public_providers.append(function)
    return function


def url_or_none(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def shell(request: HttpRequest) -> dict:
    return {"shell": SimpleLazyObject(lambda: _build(request))}


def _build(request: HttpRequest) -> dict:
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    actor = getattr(request, "actor", None)
    values = {
        "signed_in": signed_in,
        "user_name": str(user) if signed_in else "",
        "user_key": user.pk if signed_in else "",
        "unit": getattr(actor, "unit_name", ""),
        "place": "",
        "places": [],
        "notices_count": 0,
        "demo_cast": [],
        "site_name": getattr(settings, "SITE_NAME", "") or _("食品安全工作平台"),
        "demo": getattr(settings, "DEMO", False),
        "texts": texts(),
        **{key: url_or_none(name) for key, name in URL_NAMES.items()},
        "nav": nav.build(request) if signed_in else [],
        "look": look(request),
        "reset_url": url_or_none("account_reset_password") if settings.EMAIL_ENABLED else None,
    }
    for provider in _providers if signed_in else _public_providers:
        values.update(provider(request))
    return values


def look(request: HttpRequest) -> dict[str, str]:
    """``{"theme": "dark", …}`` from the cookies; anything unknown counts as the default."""
    chosen = {}
    for name, choices in CHOICES.items():
        value = request.COOKIES.get(f"shian_{name}", choices[0])
        chosen[name] = value if value in choices else choices[0]
    return chosen


def texts() -> dict[str, str]:
    """Sentences the scripts show."""
    return {
        "connection_lost": _("连接中断，操作没有完成。已填写的内容保存在本机，恢复后请重试。"),
        "request_failed": _("操作没有完成（{status}）。请刷新页面后重试。"),
        "copied": _("已复制"),
        "draft_saved": _("草稿已保存在本机 {time}"),
        "picked": _("已选 {n} 条"),
        "picked_all": _("已选全部 {n} 条"),
    }
