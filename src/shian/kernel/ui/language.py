"""The language of the interface: Chinese, unless this browser was switched to another one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.signals import request_finished
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers


class LanguageMiddleware:
    """Only the cookie of the language switch decides.

    Django's own ``LocaleMiddleware`` also follows ``Accept-Language``. Office computers often carry an
    English browser, and their users did not ask for an English system by that.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        code = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(code)
        request.LANGUAGE_CODE = code
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", code)
        patch_vary_headers(response, ("Cookie",))
        return response


def in_every_language(words: Callable[[], str]) -> set[str]:
    """What ``words`` says in each language: a sheet may come from someone who uses another one."""
    found = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.add(str(words()))
    return found


def record_language() -> translation.override:
    """What is kept for others to read (decisions, notices, official tables) is in the site's language."""
    return translation.override(settings.LANGUAGE_CODE)


def forget_language(**_signal: Any) -> None:
    """Only once a streamed answer has been sent too; the thread's next work starts in Chinese."""
    translation.deactivate()


request_finished.connect(forget_language, dispatch_uid="shian.language")
