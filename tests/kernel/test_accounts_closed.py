"""Accounts have one door: pages of allauth that we do not use are closed, names differ by more than letter case."""

import json
from importlib import import_module
from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, override_settings
from django.urls import get_resolver
from tests.kernel.test_imports import check

from shian.kernel.changes.taken import Taken
from shian.kernel.imports.models import SessionRow
from shian.kernel.people.actions import save_users
from shian.kernel.people.models import User
from shian.kernel.scopes import SYSTEM, system
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


# -- a login that differs in letter case only -------------------------------------------------------------
ALIKE = "登录名“DongHe”与已有的“donghe”只差字母大小写"


@pytest.fixture
def admin(cast):
    client = Client()
    client.force_login(cast.users["guanliyuan"])
    return client


def person(cast, **more):
    return {"username": "DongHe", "name": "何平", "unit": cast.units["财政局"].pk, "is_active": True} | more


def test_a_login_in_other_letters_is_refused_by_form_and_api(cast, admin):
    page = admin.post("/users/new/", person(cast))
    assert page.status_code == 422 and ALIKE in str(page.context["form"].errors["username"])
    assert len(page.context["form"].errors) == 1
    answer = admin.post("/api/v1/users/", json.dumps(person(cast)), content_type="application/json")
    assert answer.status_code == 400 and ALIKE in json.dumps(answer.json()["errors"]["username"], ensure_ascii=False)
    assert User.unscoped.filter(username__iexact="donghe").count() == 1


def test_a_login_in_other_letters_is_refused_in_a_sheet(cast, admin):
    sheet = f"登录名,姓名,单位,启用\nDongHe,何平,{cast.units['财政局'].name},是\n"
    url = admin.post("/users/import/", {"file": SimpleUploadedFile("用户.csv", sheet.encode())})["Location"]
    check(admin, url)
    row = SessionRow.unscoped.get()
    assert ALIKE in json.dumps(row.errors, ensure_ascii=False)


def test_who_is_faster_with_other_letters_wins_and_the_other_reads_why(cast):
    save_users(actor=SYSTEM, rows=[User(username="hePing", name="何平")], verb="user.save")
    with pytest.raises(Taken) as refused:
        save_users(actor=SYSTEM, rows=[User(username="HePing", name="何平")], verb="user.save")
    assert "不分字母大小写" in refused.value.message_dict["username"][0]


def test_sign_in_reads_over_letter_case_and_finds_the_person(cast):
    client = Client()
    client.post("/accounts/login/", {"login": "DONGHE", "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(cast.users["donghe"].pk)


def test_the_upgrade_names_existing_twins(cast):
    refuse = import_module("shian.kernel.people.migrations.0004_one_login_in_any_case")
    editor = SimpleNamespace(connection=connection)
    refuse.refuse_twins(apps, editor)
    connection.check_constraints()  # PostgreSQL drops no index while deferred checks wait
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_login_in_any_case")
    with system("arranged by the test"):
        User.unscoped.filter(username="xiling").update(username="DONGHE")
    with pytest.raises(refuse.Twins, match="DONGHE"):
        refuse.refuse_twins(apps, editor)


def test_the_greeting_names_the_person(cast):
    page = Client().post("/accounts/login/", {"login": "shianban", "password": PASSWORD}, follow=True)
    text = page.content.decode()
    assert f"{cast.users['shianban'].name}，您好" in text and "成功登录" not in text
