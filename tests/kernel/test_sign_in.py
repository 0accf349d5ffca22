"""Sign-in: argon2, lockout, TOTP, the demo cast in demo mode only."""

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.hashers import identify_hasher
from django.core.cache import cache
from django.test import Client, override_settings

from shian.kernel.people.actions import save_user
from shian.kernel.people.models import User
from shian.kernel.scopes import SYSTEM, system
from shian.site import env, shell
from shian.site.demo.cast import PASSWORD
from shian.site.preflight import problems

ARGON2 = ["django.contrib.auth.hashers.Argon2PasswordHasher"]


@pytest.fixture(autouse=True)
def no_counts():
    cache.clear()
    yield
    cache.clear()


def sign_in(client, password=PASSWORD, username="donghe"):
    return client.post("/accounts/login/", {"login": username, "password": password})


@override_settings(PASSWORD_HASHERS=ARGON2)
def test_passwords_are_stored_as_argon2_and_open_the_door(cast):
    user = User.unscoped.get(username="donghe")
    save_user(actor=SYSTEM, user=user, password="another-long-word-7")
    assert identify_hasher(User.unscoped.get(username="donghe").password).algorithm == "argon2"
    assert sign_in(Client(), "another-long-word-7").status_code == 302


def test_five_wrong_passwords_lock_the_account_even_for_the_right_one(cast):
    client = Client()
    for _n in range(5):
        assert sign_in(client, "wrong").status_code == 200
    locked = sign_in(client)
    assert locked.status_code == 200 and "_auth_user_id" not in client.session
    assert locked.context["form"].errors
    assert sign_in(Client(), username="xiling").status_code == 302


def test_a_second_factor_is_asked_for_and_checked(cast):
    user = cast.users["donghe"]
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    client = Client()
    step = sign_in(client)
    assert step.status_code == 302 and "2fa" in step["Location"]
    assert "_auth_user_id" not in client.session
    assert client.get(step["Location"]).status_code == 200
    assert client.post(step["Location"], {"code": "000000"}).status_code == 200
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    done = client.post(step["Location"], {"code": code})
    assert done.status_code == 302 and client.session["_auth_user_id"] == str(user.pk)
    assert get_adapter() is not None


def test_the_cast_stands_on_the_sign_in_page_in_demo_mode_only(cast, monkeypatch):
    from shian.kernel.ui import context

    assert "周敏" not in Client().get("/accounts/login/").content.decode()
    monkeypatch.setattr(context, "_public_providers", [shell.demo_cast])
    assert "周敏" in Client().get("/accounts/login/").content.decode()


def test_production_refuses_demo_accounts_and_the_demo_key(cast):
    with override_settings(SECRET_KEY=env.DEMO_KEY, DEBUG=False):
        text = "；".join(problems())
    assert "SHIAN_SECRET_KEY" in text and "演示账号" in text
    with system("arranged by the test"):
        User.unscoped.update(is_demo=False)
    with override_settings(SECRET_KEY="k" * 50, DEBUG=False):
        assert problems() == []


def test_nobody_signs_up(cast):
    before = User.unscoped.count()
    Client().post("/accounts/signup/", {"username": "new", "password1": "x" * 12, "password2": "x" * 12})
    assert User.unscoped.count() == before
