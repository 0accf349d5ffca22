"""Pages without sign-in: small, without script, cacheable, and no more often than a person can read."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from shian.kernel.resources.resource import Resource

from . import presentation
from .queries import QUERY, board_of

MINUTES = 5
"""How long a cache on the way may answer in our stead."""
JSON = "application/json; charset=utf-8"


def open_to_all(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """``ACCOUNT_RATE_LIMITS["public"]`` per address, as the sign-in pages; ETag; a short life in caches."""

    @wraps(view)
    def limited(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        # The public wrapper of allauth lets every GET pass.
        if not ratelimit.consume(request, app="allauth.account", action="public", limit_get=True):
            return ratelimit.respond_429(request)
        return kept(request, *args, **kwargs)

    kept = conditional_page(cache_control(public=True, max_age=MINUTES * 60)(view))
    return login_not_required(require_safe(limited))


def asked(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:QUERY]


@open_to_all
def index(request: HttpRequest) -> HttpResponse:
    return HttpResponse(presentation.index())


@open_to_all
def listing(request: HttpRequest, resource: Resource, number: int = 1) -> HttpResponse:
    return HttpResponse(presentation.listing(board_of(resource), number, asked(request)))


@open_to_all
def listing_json(request: HttpRequest, resource: Resource, number: int = 1) -> HttpResponse:
    return HttpResponse(presentation.listing_json(board_of(resource), number, asked(request)), content_type=JSON)


@open_to_all
def detail(request: HttpRequest, resource: Resource, key: str) -> HttpResponse:
    board = board_of(resource)
    return HttpResponse(presentation.detail(board, board.row(key)))


@open_to_all
def detail_json(request: HttpRequest, resource: Resource, key: str) -> HttpResponse:
    board = board_of(resource)
    return HttpResponse(presentation.detail_json(board, board.row(key)), content_type=JSON)
