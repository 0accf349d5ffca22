"""How a deadline is shown: by what remains, in words and a shape, never by colour alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

SOON_DAYS = 3
NEAR_DAYS = 7


@dataclass(frozen=True)
class Verdict:
    text: str
    tone: str
    icon: str


def judge(
    date: dt.date | None,
    today: dt.date,
    *,
    done: dt.date | bool | None = None,
    working_days: int | None = None,
    paused: bool = False,
) -> Verdict:
    """What to say of ``date`` on the day ``today``; ``working_days`` left where the deadline is counted so.

    ``paused``: time does not run, so that nothing is left of it and nothing is late.
    """
    if done:
        late = (done - date).days if isinstance(done, dt.date) and date else 0
        if late > 0:
            return Verdict(_("逾期 %(n)d 天完成") % {"n": late}, "warning", "circle-check")
        return Verdict(_("按期完成") if date else _("已完成"), "success", "circle-check")
    if paused:
        return Verdict(_("已暂停"), "neutral", "clock-pause")
    if date is None:
        return Verdict(_("无期限"), "neutral", "calendar")
    left = (date - today).days
    if left < 0:
        return Verdict(_("逾期 %(n)d 天") % {"n": -left}, "danger", "alert-triangle")
    if left == 0:
        return Verdict(_("今日到期"), "danger", "bell")
    if working_days is not None:
        text = _("剩 %(n)d 个工作日") % {"n": working_days}
    else:
        text = _("剩 %(n)d 天") % {"n": left}
    if left <= SOON_DAYS:
        return Verdict(text, "warning", "hourglass")
    if left <= NEAR_DAYS:
        return Verdict(text, "info", "clock")
    return Verdict(text, "neutral", "calendar")
