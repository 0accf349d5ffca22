"""Accounts have one door: pages of allauth that we do not use are closed, names differ by more than letter case."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import get_resolver

from shian.kernel.people.models import User
from shian.kernel.scopes import system
from shian.site.demo.cast import PASSWORD


@pytest.fixture(autouse=True)
def no_counts():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def signed_in(cast):
    client = Client()
    client.force_login(cast.users["donghe"])
    return client


def account_pages(resolver=None, names=()):
    """Every name below ``accounts/`` in the site's addresses."""
    for pattern in (resolver or next(p for p in get_resolver().url_patterns if str(p.pattern) == "accounts/")).url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from account_pages(pattern)
        else:
            yield pattern.name


CLOSED = {
    "account_email": "email/", "account_email_verification_sent": "confirm-email/",
    "account_confirm_email": "confirm-email/a:b/", "account_signup": "signup/",
    "account_set_password": "password/set/", "account_confirm_login_code": "login/code/confirm/",
}  # fmt: skip
USED = {
    "account_login", "account_logout", "account_inactive", "account_reauthenticate", "account_change_password",
    "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
    "account_reset_password_from_key_done", "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp",
    "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
}  # fmt: skip


def test_every_page_of_allauth_is_either_used_or_closed():
    assert set(account_pages()) == USED | set(CLOSED)


@pytest.mark.parametrize("page", CLOSED.values())
def test_pages_we_do_not_use_are_not_there(signed_in, page):
    for client in (signed_in, Client()):
        for answer in (client.get(f"/accounts/{page}"), client.post(f"/accounts/{page}", {"email": "x@example.org"})):
            at_gate = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
            assert answer.status_code == 404 or (at_gate and client is not signed_in)
    assert not EmailAddress.objects.exists()


def test_an_address_somebody_added_gets_no_letter(cast, signed_in):
    signed_in.post("/accounts/email/", {"action_add": "", "email": "thief@example.org"})
    EmailAddress.objects.create(user=cast.users["donghe"], email="thief@example.org", verified=True, primary=True)
    with system("arranged by the test"):
        User.unscoped.filter(username="donghe").update(email="Donghe@example.org")
    with override_settings(EMAIL_ENABLED=True):
        for address in ("thief@example.org", "donghe@example.org"):
            assert Client().post("/accounts/password/reset/", {"email": address}).status_code == 302
    assert [letter.to for letter in mail.outbox] == [["donghe@example.org"]]
