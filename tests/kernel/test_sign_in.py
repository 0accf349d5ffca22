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
from shian.kernel.people.doors import hashed
from shian.kernel.people.models import Door, User
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


# -- limits lock nobody else out (issue "Safe by construction", A2) ---------------------------------------
def from_address(address, *, proxies=0, username="donghe", password=PASSWORD, client=None):
    """A sign-in from ``address``, directly or through as many of our own proxies."""
    where = {"REMOTE_ADDR": address}
    if proxies:
        where = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": f"6.6.6.6, {address}" + ", 10.0.0.2" * (proxies - 1)}
    client = client or Client()
    client.post("/accounts/login/", {"login": username, "password": password}, **where)
    return client if "_auth_user_id" in client.session else None


@pytest.mark.parametrize("proxies", [0, 1, 2])
def test_two_hundred_strangers_do_not_lock_a_member_out(cast, proxies):
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=proxies):
        assert from_address("20.0.0.1", proxies=proxies)
        for n in range(200):
            assert not from_address(f"30.0.{n // 100}.{n % 100}", proxies=proxies, password="wrong")
        assert from_address("20.0.0.1", proxies=proxies), "from an address where he signed in before"
        assert not from_address("40.0.0.1", proxies=proxies), "from anywhere else the account is locked"


def test_strangers_behind_the_same_address_lock_neither_the_member_nor_the_office(cast):
    """A proxy nobody told us of, or an office behind one router."""
    own = from_address("20.0.0.1")
    for n in range(200):
        assert not from_address("20.0.0.1", username=f"stranger{n}", password="wrong")
    for _n in range(60):
        assert not from_address("20.0.0.1", password="wrong")
    assert from_address("20.0.0.1", username="xiling"), "a colleague's first sign-in from there"
    assert not from_address("20.0.0.1"), "fifty wrong ones an address: guessing ends"
    del own.cookies["sessionid"]
    assert from_address("20.0.0.1", client=own), "the browser he used has a count of its own"


def test_right_passwords_are_not_counted(cast):
    for _n in range(70):
        assert from_address("20.0.0.1")


def test_a_forged_or_borrowed_cookie_opens_no_count(cast):
    mine = from_address("20.0.0.1", username="xiling")
    for _n in range(5):
        from_address("30.0.0.1", password="wrong")
    del mine.cookies["sessionid"]
    assert not from_address("50.0.0.1", client=mine), "the cookie of another account"
    forged = Client()
    forged.cookies["shian_door"] = "WyJkb25naGUiLCJ4Il0:1:abc"
    assert not from_address("50.0.0.1", client=forged)


def test_an_address_written_by_the_client_is_not_believed(cast):
    for n in range(5):
        Client().post(
            "/accounts/login/", {"login": "donghe", "password": "wrong"}, REMOTE_ADDR="30.0.0.1",
            HTTP_X_FORWARDED_FOR=f"7.7.7.{n}",
        )  # fmt: skip
    assert Door.unscoped.count() == 0
    assert from_address("20.0.0.9", username="xiling")
    assert [d.address for d in Door.unscoped.all()] == [hashed("20.0.0.9")]


def test_addresses_are_kept_as_keyed_hashes_the_last_twenty(cast):
    for n in range(25):
        assert from_address(f"20.0.0.{n}")
    kept = set(Door.unscoped.values_list("address", flat=True))
    assert kept == {hashed(f"20.0.0.{n}") for n in range(5, 25)}
    assert not any("20.0.0" in address for address in kept)


def test_too_short_a_chain_of_proxies_is_no_error(cast):
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=3):
        assert from_address("20.0.0.1", proxies=1)
