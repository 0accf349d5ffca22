"""Sign-in looks up users before there is an actor: the account pages are a declared system block."""

from __future__ import annotations

from shian.kernel.scopes.context import system


class SignInMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path.startswith("/accounts/"):
            with system("sign-in"):
                return self.get_response(request)
        return self.get_response(request)
