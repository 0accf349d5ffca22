"""An account from end to end: second factor, recovery codes, a forgotten password over a real SMTP connection
(issue "Safe by construction", A3). Full tier."""

import re
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client, override_settings

from shian.kernel.jobs.actions import enqueue
from shian.kernel.jobs.worker import run_worker
from shian.kernel.notices.actions import notify
from shian.kernel.people.models import User
from shian.kernel.scopes import SYSTEM, system
from shian.site.demo.cast import PASSWORD

pytestmark = pytest.mark.full
NEW = "quite-another-word-42"


@pytest.fixture(autouse=True)
def no_counts():
    cache.clear()
    yield
    cache.clear()


class Post:
    """An SMTP server of its own process thread: what arrives is kept, an address may be refused."""

    def __init__(self):
        self.letters, self.refused = [], set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.letters.append((list(envelope.rcpt_tos), message_from_bytes(envelope.content, policy=policy.default)))
        return "250 accepted"


class AnyPort(Controller):
    """The system gives a free port: what the controller's own first connection must know too."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def post():
    handler = Post()
    server = AnyPort(handler, hostname="127.0.0.1", port=0)
    server.start()
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=server.port,
        EMAIL_ENABLED=True,
    ):  # fmt: skip
        yield handler
    server.stop()


def with_address(username="donghe", address="donghe@example.org"):
    with system("arranged by the test"):
        User.unscoped.filter(username=username).update(email=address)


def sign_in(client, password=PASSWORD, username="donghe"):
    return client.post("/accounts/login/", {"login": username, "password": password})


def totp(secret):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def test_a_forgotten_password_is_set_anew_by_a_letter(cast, post):
    with_address()
    client = Client()
    assert "/accounts/password/reset/" in client.get("/accounts/login/").content.decode()
    assert client.post("/accounts/password/reset/", {"email": "donghe@example.org"}).status_code == 302
    (to, letter) = post.letters[0]
    text = letter.get_content()
    assert to == ["donghe@example.org"] and len(post.letters) == 1
    assert re.search("[一-鿿]", text), "the letter speaks Chinese"
    address = re.search(r"http://testserver(/\S+)", text)[1]
    form = client.get(address, follow=True)
    at = form.redirect_chain[-1][0]
    assert client.post(at, {"password1": "short", "password2": "short"}).status_code == 200, "the rules hold here too"
    assert client.post(at, {"password1": NEW, "password2": NEW}).status_code == 302
    assert "_auth_user_id" not in sign_in_anew(PASSWORD).session, "the old one is gone"
    assert "_auth_user_id" in sign_in_anew(NEW).session
    assert Client().get(address, follow=True).context.get("token_fail"), "a link opens once"


def sign_in_anew(password):
    client = Client()
    sign_in(client, password)
    return client


def test_asking_tells_nobody_who_has_an_account_and_retired_people_get_no_letter(cast, post):
    with_address()
    with system("arranged by the test"):
        User.unscoped.filter(username="donghe").update(is_active=False)
    for address in ("donghe@example.org", "nobody@example.org"):
        answer = Client().post("/accounts/password/reset/", {"email": address})
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/password/reset/done/")
    assert post.letters == []


def test_without_a_mail_server_the_page_says_whom_to_ask(cast):
    page = Client().get("/accounts/password/reset/").content.decode()
    assert "联系本单位管理员" in page and 'name="email"' not in page
    assert "/accounts/password/reset/" not in Client().get("/accounts/login/").content.decode()


def test_an_open_session_ends_when_the_password_is_changed_elsewhere(cast, post):
    with_address()
    elsewhere = sign_in_anew(PASSWORD)
    assert elsewhere.get("/").status_code == 200
    here = sign_in_anew(PASSWORD)
    body = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert here.post("/accounts/password/change/", body).status_code == 302
    assert here.get("/").status_code == 200 and elsewhere.get("/").status_code == 302


def test_a_second_factor_from_turning_on_to_recovery(cast):
    client = sign_in_anew(PASSWORD)
    step = client.get("/accounts/2fa/totp/activate/")
    assert "reauthenticate" in step.get("Location", "") or step.status_code == 200
    if step.status_code == 302:
        assert client.post(step["Location"], {"password": "wrong"}).status_code == 200
        assert client.post(step["Location"], {"password": PASSWORD}).status_code == 302
        step = client.get("/accounts/2fa/totp/activate/")
    secret = step.context["form"].secret
    assert client.post("/accounts/2fa/totp/activate/", {"code": "000000"}).status_code == 200
    assert not Authenticator.objects.exists()
    assert client.post("/accounts/2fa/totp/activate/", {"code": totp(secret)}).status_code == 302
    codes = client.get("/accounts/2fa/recovery-codes/").context["unused_codes"]
    assert len(codes) >= 8
    by_code = Client()
    asked = sign_in(by_code)
    assert "2fa" in asked["Location"] and "_auth_user_id" not in by_code.session
    assert by_code.get("/").status_code == 302, "a password alone opens nothing"
    assert by_code.post(asked["Location"], {"code": codes[0]}).status_code == 302
    assert by_code.get("/").status_code == 200
    again = Client()
    assert again.post(sign_in(again)["Location"], {"code": codes[0]}).status_code == 200, "each code once"
    assert "_auth_user_id" not in again.session


def test_wrong_codes_are_counted_too(cast):
    client = sign_in_anew(PASSWORD)
    step = client.get("/accounts/2fa/totp/activate/")
    client.post(step["Location"], {"password": PASSWORD})
    secret = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    client.post("/accounts/2fa/totp/activate/", {"code": totp(secret)})
    guesser = Client()
    at = sign_in(guesser)["Location"]
    said = [guesser.post(at, {"code": f"{n:06d}"}) for n in range(12)]
    assert said[-1].status_code == 429 or "次" in said[-1].content.decode()
    assert "_auth_user_id" not in guesser.session


def test_notices_go_out_by_the_same_road_and_a_refused_address_keeps_nobody_waiting(cast, post):
    with_address()
    with_address("xiling", "gone@example.org")
    post.refused.add("gone@example.org")
    notify([cast.users["xiling"], cast.users["donghe"]], "任务将到期", "三日内报送")
    enqueue(SYSTEM, "notices.email")
    run_worker(once=True)
    assert [to for to, _letter in post.letters] == [["donghe@example.org"]]
    assert post.letters[0][1]["Subject"] == "任务将到期"
