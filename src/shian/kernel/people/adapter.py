"""Accounts are made by an administrator; who may sign in, from where, and how often one may be wrong."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from . import doors
from .models import User


class Backend(AuthenticationBackend):
    """Asked at sign-in and again at every request of an open session: who was retired is out at once."""

    def user_can_authenticate(self, user: Any) -> bool:
        return user.may_sign_in

    def get_user(self, user_id: int) -> User | None:
        """With unit and place, which every page asks for."""
        user = User.unscoped.select_related("unit__place").filter(pk=user_id).first()
        return user if user is not None and user.may_sign_in else None


class ClosedAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: Any, **more: Any) -> HttpResponse | None:
        if not user.may_sign_in:
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **more)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that stands where the trusted proxies wrote it; else that of the connection."""
        hops = [h.strip() for h in request.headers.get("X-Forwarded-For", "").split(",") if h.strip()]
        trusted = settings.ALLAUTH_TRUSTED_PROXY_COUNT
        return hops[-trusted] if 0 < trusted <= len(hops) else request.META.get("REMOTE_ADDR", "")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts of wrong passwords (``ACCOUNT_RATE_LIMITS``); allauth takes a right one back out of them.

        A browser or an address from where the person signed in before has a count of its own.
        """
        name = credentials.get("username", "")
        address = self.get_client_ip(request)
        if mark := doors.known_browser(request, name):
            action, key = "login_failed_browser", f"{name}:{mark}"
        elif doors.known_address(name, address):
            action, key = "login_failed_address", f"{name}:{address}"
        else:
            return super().pre_authenticate(request, **credentials)
        self._login_failed_rl_usage = ratelimit.consume(request, app="allauth.account", action=action, key=key)
        if not self._login_failed_rl_usage:
            raise self.validation_error("too_many_login_attempts")

    def post_login(self, request: HttpRequest, user: Any, **more: Any) -> HttpResponse:
        response = super().post_login(request, user, **more)
        doors.remember(response, user, self.get_client_ip(request))
        return response
