"""Gives every request its actor and an id that also stands in the change rows."""

from __future__ import annotations

import uuid

from django.utils.functional import SimpleLazyObject

from .queries import actor_for


class ActorMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.request_id = uuid.uuid4().hex[:12]
        request.actor = SimpleLazyObject(lambda: actor_for(request.user, request_id=request.request_id))
        response = self.get_response(request)
        response["X-Request-Id"] = request.request_id
        return response
