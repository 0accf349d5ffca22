"""What a sign-in leaves behind."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from ..scopes.context import system
from .models import User


def note_login(sender: Any, user: User, **_signal: Any) -> None:
    user.last_login = timezone.now()
    with system("sign-in"):
        User.unscoped.filter(pk=user.pk).update(last_login=user.last_login)
