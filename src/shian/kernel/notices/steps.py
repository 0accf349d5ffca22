"""E-mail, a few notices a step, so that a broken connection repeats few of them."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from shian.kernel.jobs.kinds import Step, job
from shian.kernel.jobs.models import Job
from shian.kernel.people.models import User

from .models import Notice
from .queries import absolute

CHUNK = 20


def unsent() -> QuerySet[Notice]:
    waiting = Notice.unscoped.filter(emailed_at=None, email_failure="", read_at=None)
    return waiting.filter(user__in=User.unscoped.signing_in()).exclude(user__email="")


@job(
    "notices.email",
    title=gettext_noop("发送邮件通知"),
    attempts=8,
    every_minutes=1,
    needed=lambda: settings.EMAIL_ENABLED and unsent().exists(),
)
def send(row: Job, cursor: dict):
    """Unread notices of people with an address. One refused address does not keep the others waiting;
    a server out of reach fails the step, which is tried again later."""
    batch = list(unsent().select_related("user").order_by("pk")[:CHUNK]) if settings.EMAIL_ENABLED else []
    failures: dict[int, str] = {}
    if batch:
        with get_connection() as server:
            for notice in batch:
                try:
                    _message(notice, server).send()
                except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, ValueError) as error:
                    failures[notice.pk] = f"{type(error).__name__}: {error}"[:200]
    yield
    sent = [n.pk for n in batch if n.pk not in failures]
    Notice.unscoped.filter(pk__in=sent).update(emailed_at=timezone.now())
    for pk, text in failures.items():
        Notice.unscoped.filter(pk=pk).update(email_failure=text)
    done = row.done + len(sent)
    return Step(done=done, message=f"已发送 {done} 封", finished=len(batch) < CHUNK)


def _message(notice: Notice, server) -> EmailMessage:
    subject = " ".join(notice.title.split())
    text = "\n\n".join(part for part in (notice.title, notice.body, absolute(notice.url)) if part)
    return EmailMessage(subject, text, to=[notice.user.email], connection=server)
