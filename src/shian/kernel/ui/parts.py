"""Icons, chips and bars as markup: what the tags and the table body are made of."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from .deadlines import judge

SAME = {"secondary": "neutral", "error": "danger", "": "neutral"}


@lru_cache(maxsize=1024)
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """An icon of the sprite; decorative unless ``label`` says what it means."""
    aria = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon {}" {}><use href="{}#{}"></use></svg>', css, aria, static("ui/icons.svg"), name
    )


@lru_cache(maxsize=4096)
def chip(text: str, tone: str = "neutral", icon_name: str = "", url: str = "", css: str = "") -> SafeString:
    """A word with a shape and a colour; a link where ``url`` is given."""
    tag = format_html('a href="{}"', url) if url else "span"
    shape = icon(icon_name) if icon_name else ""
    return format_html(
        '<{} class="chip chip-{} {}">{}<span class="label">{}</span></{}>',
        mark_safe(tag), SAME.get(tone, tone), css, shape, text, "a" if url else "span",
    )  # fmt: skip


def state(value: Any, tone: str = "", icon_name: str = "") -> SafeString:
    """A state badge from ``{label, tone, icon}`` (dict or object) or from a plain word."""
    get = value.get if isinstance(value, dict) else lambda key, default="": getattr(value, key, default)
    label = get("label", "") or str(value)
    return chip(str(label), tone or get("tone", "") or "neutral", icon_name or get("icon", "") or "point")


def as_date(value: Any) -> dt.date | None:
    """The local date of a date or a moment; None of nothing."""
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value or None


def due(
    date: Any,
    today: dt.date,
    *,
    done: Any = None,
    working_days: int | None = None,
    show_date: bool = True,
    paused: bool = False,
) -> SafeString:
    """A deadline with what remains of it; ``done`` is the day it was met, or True; ``paused``: its time does not run."""
    day = as_date(date)
    met = done if done is True else as_date(done)
    verdict = judge(day, today, done=met, working_days=working_days, paused=paused)
    shown = f'<span class="date">{day.isoformat()}</span> ' if day and show_date else ""
    return mark_safe(f'<span class="due">{shown}{chip(verdict.text, verdict.tone, verdict.icon)}</span>')


def progress(value: Any, maximum: float = 100, tone: str = "", label: str = "") -> SafeString:
    """A bar with its share in words; None means not yet reported."""
    if value in (None, "") or not maximum:
        return format_html('<span class="muted">{}</span>', _("未报"))
    share = float(value) / float(maximum) * 100
    return format_html(
        '<span class="progress-line"><progress class="{}" max="{}" value="{}" aria-label="{}"></progress>'
        "<span>{}%</span></span>",
        f"tone-{tone}" if tone else "", maximum, value, label or _("进度"), f"{share:.1f}".removesuffix(".0"),
    )  # fmt: skip
