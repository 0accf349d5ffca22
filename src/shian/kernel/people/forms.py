"""A forgotten password: the letter goes to the address an administrator keeps, and to no other."""

from __future__ import annotations

from allauth.account.forms import ResetPasswordForm

from .models import User


class ResetForm(ResetPasswordForm):
    def clean_email(self) -> str:
        """``users`` are those who may sign in and have this address; allauth's own table of addresses is not asked."""
        email = self.cleaned_data["email"]
        found = User.unscoped.signing_in().filter(email__iexact=email)
        self.users = [u for u in found if u.email.lower() == email.lower()]  # a database folds more letters than post does
        return email
