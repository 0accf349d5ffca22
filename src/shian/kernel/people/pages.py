"""The one screen of people that is not generic: a new password, shown once."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from .actions import reset_password
from .models import User


@never_cache
@require_POST
def new_password(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User.objects.for_actor(request.actor).live(), pk=pk)
    password = reset_password(actor=request.actor, user=person)
    return render(request, "people/password.html", {"person": person, "password": password})
