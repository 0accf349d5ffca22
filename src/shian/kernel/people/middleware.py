"""The account pages: a declared system block, because users are looked up before there is an actor; and only those we use."""

from __future__ import annotations

from django.http import Http404

from shian.kernel.scopes.context import system

OPEN = frozenset(
    {
        "account_login", "account_logout", "account_inactive", "account_reauthenticate", "account_change_password",
        "account_reset_password", "account_reset_password_done",
        "account_reset_password_from_key", "account_reset_password_from_key_done",
        "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp",
        "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
    }
)  # fmt: skip
"""Pages of allauth; its others (addresses of one's own, sign-up, sign-in by code) write past our write path: 404."""


class SignInMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path.startswith("/accounts/"):
            with system("sign-in"):
                return self.get_response(request)
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.path.startswith("/accounts/") and request.resolver_match.url_name not in OPEN:
            raise Http404
