"""Tags of the component set; ``docs/ui.md`` shows each with its arguments."""

from __future__ import annotations

import datetime as dt
import io
import re

import segno
from django import forms, template
from django.db.models.fields import BLANK_CHOICE_DASH
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import parts
from ..rows import body

register = template.Library()


icon = register.simple_tag(parts.icon, name="icon")
chip = register.simple_tag(parts.chip, name="chip")
state = register.simple_tag(parts.state, name="state")
progress = register.simple_tag(parts.progress, name="progress")


def _today(context) -> dt.date:
    """``today`` of the context where a page sets it (as-of pages, tests), else the local date."""
    return context.get("today") or timezone.localdate()


@register.simple_tag(takes_context=True)
def due(context, date, done=None, working_days=None, show_date: bool = True, paused: bool = False) -> str:
    """What remains until ``date``: words, a shape and a colour. ``done``: the day it was finished, or True; ``paused``: no time runs."""
    days = None if working_days in (None, "") else int(working_days)
    return parts.due(date, _today(context), done=done, working_days=days, show_date=show_date, paused=bool(paused))


@register.simple_tag(takes_context=True)
def table_rows(context, rows, pick=False) -> str:
    """The body of a table, by the kinds of its cells."""
    return body(rows, _today(context), pick=bool(pick))


@register.simple_tag
def unit(name, url: str = "", lead: bool = False) -> str:
    """A unit of government or a business; the lead owner (牵头) stands out."""
    return chip(str(name), "neutral", "building-bank", url, "chip-lead" if lead else "chip-unit")


@register.simple_tag
def place(name, url: str = "") -> str:
    return chip(str(name), "neutral", "map-pin", url, "chip-place")


@register.simple_tag(takes_context=True)
def ago(context, moment) -> str:
    """``<time>`` with the exact moment as its title and a short relative form: 刚刚, 5 分钟前, 昨天 09:30, 11-20 09:30."""
    if not moment:
        return "—"
    now = context.get("now") or timezone.now()
    local = timezone.localtime(moment)
    minutes = int((now - moment).total_seconds() // 60)
    days = (timezone.localtime(now).date() - local.date()).days
    if 0 <= minutes < 1:
        text = _("刚刚")
    elif 0 <= minutes < 60:
        text = ngettext("%(n)d 分钟前", "%(n)d 分钟前", minutes) % {"n": minutes}
    elif days == 0:
        text = local.strftime("%H:%M")
    elif days == 1:
        text = _("昨天 %(time)s") % {"time": local.strftime("%H:%M")}
    else:
        text = local.strftime("%m-%d %H:%M" if local.year == timezone.localtime(now).year else "%Y-%m-%d")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(),
        local.strftime("%Y-%m-%d %H:%M:%S"),
        text,
    )


@register.simple_tag
def number(value, url: str = "", unit_label: str = "", visible=None) -> str:
    """A number that leads to its rows; ``visible``: how many of them this viewer may open, if fewer."""
    if value in (None, ""):
        return "—"
    text = f"{value:,}"  # Django's Chinese locale groups by four, which no official table does
    shown = (
        format_html('<a class="number-link" href="{}">{}</a>', url, text) if url else format_html("{}", text)
    )
    note = ""
    if visible is not None and visible != value:
        note = format_html(' <span class="muted">{}</span>', _("您可查看 %(n)s 条") % {"n": visible})
    return format_html("{}{}{}", shown, format_html(" {}", unit_label) if unit_label else "", note)


@register.simple_tag
def qr(text: str, label: str = "") -> str:
    """The QR code of ``text`` as inline SVG without style attributes."""
    out = io.BytesIO()
    segno.make(str(text), error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=2, title=label or _("二维码"), svgclass=None,
        lineclass=None,
    )  # fmt: skip
    return mark_safe(out.getvalue().decode())  # made of fixed markup; segno escapes the title


@register.filter
def wrappable(address: str) -> str:
    """An address that may break after a slash and before a dot, where a reader expects it."""
    return mark_safe(re.sub(r"((?<![:/])/(?=[^/])|(?=\.))", r"\1<wbr>", escape(address)))


@register.simple_tag
def diff(rows) -> str:
    """Changed fields of ``[{label, old, new}]`` as a definition list with <del> and <ins>."""
    lines = format_html_join(
        "",
        "<dt>{}</dt><dd>{}{}</dd>",
        ((row["label"], _old_value(row.get("old")), _new_value(row.get("new"))) for row in rows),
    )
    return format_html('<dl class="diff">{}</dl>', lines)


def _old_value(value):
    return format_html("<del>{}</del> ", value) if value not in (None, "") else ""


def _new_value(value):
    return (
        format_html("<ins>{}</ins>", value)
        if value not in (None, "")
        else format_html('<span class="muted">{}</span>', _("（清空）"))
    )


@register.simple_tag(takes_context=True)
def url_with(context, **changes) -> str:
    """The present address with some parameters changed; None or "" removes one. Returns "?…"."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value not in (None, ""):
            query[key] = value
    return "?" + query.urlencode()


@register.simple_tag(takes_context=True)
def keep_params(context, without: str = "page") -> str:
    """Hidden inputs that carry the present parameters through a GET form, except those named in ``without``."""
    dropped = set(without.replace(",", " ").split())
    pairs = ((k, v) for k, values in context["request"].GET.lists() if k not in dropped for v in values if v)
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)


@register.filter
def marked(text, query: str) -> str:
    """``text`` with every occurrence of ``query`` in <mark>; both are escaped."""
    text, query = str(text), (query or "").strip()
    at = text.lower().find(query.lower()) if query else -1
    if at < 0 or len(text.lower()) != len(text):
        return format_html("{}", text)
    parts = []
    while at >= 0:
        parts += [format_html("{}<mark>{}</mark>", text[:at], text[at : at + len(query)])]
        text = text[at + len(query) :]
        at = text.lower().find(query.lower())
    return format_html("{}{}", mark_safe("".join(parts)), text)  # the parts are escaped above


@register.filter
def filesize_short(size) -> str:
    """1536 → 1.5 KB."""
    value = float(size or 0)
    for step in ("B", "KB", "MB", "GB"):
        if value < 1024 or step == "GB":
            return f"{value:.0f} {step}" if step == "B" or value >= 10 else f"{value:.1f} {step}"
        value /= 1024
    raise AssertionError


@register.simple_tag
def page_numbers(page, around: int = 1) -> list[int | None]:
    """Numbers to show around the present page; None stands for a gap."""
    last = page.paginator.num_pages if hasattr(page, "paginator") else page.num_pages
    wanted = sorted({1, last, *range(max(1, page.number - around), min(last, page.number + around) + 1)})
    shown: list[int | None] = []
    for number in wanted:
        if shown and shown[-1] is not None and number - shown[-1] > 1:
            shown.append(number - 1 if number - shown[-1] == 2 else None)
        shown.append(number)
    return shown


@register.filter
def widget_of(field) -> str:
    """``text``, ``select``, ``checkbox``, ``radio``, ``textarea``, ``file``… of a bound field."""
    return getattr(field.field.widget, "input_type", "") or type(field.field.widget).__name__.lower()


def _name_blank(field) -> None:
    """Django's dashes for "nothing chosen" become words; a model choice keeps reading its rows lazily."""
    if hasattr(field, "empty_label"):
        field.empty_label = field.empty_label and _("请选择")
    elif isinstance(field, forms.NullBooleanField):
        field.widget.choices = [("", _("不限")), ("true", _("是")), ("false", _("否"))]
    elif getattr(field, "choices", None) and field.choices[0] == BLANK_CHOICE_DASH[0]:
        field.choices = [("", _("请选择")), *field.choices[1:]]


@register.simple_tag
def control(field, css: str = "", label: str = "") -> str:
    """A bound field's widget in the look of the theme, tied to its help and error text; ``label`` where none is shown."""
    kind = widget_of(field)
    base = {
        "select": "form-select",
        "checkbox": "form-check-input",
        "radio": "",
        "checkboxselectmultiple": "",
    }
    attrs = {
        "class": f"{field.field.widget.attrs.get('class', '')} {base.get(kind, 'form-control')} {css}".strip()
    }
    described = [f"{field.auto_id}_help"] if field.help_text else []
    if field.errors:
        attrs["class"] += " is-invalid"
        attrs["aria-invalid"] = "true"
        described.append(f"{field.auto_id}_error")
    if field.field.widget.attrs.get("placeholder") == field.label:
        attrs["placeholder"] = ""
    if label:
        attrs["aria-label"] = label
    if kind == "select":
        _name_blank(field.field)
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attrs)


@register.simple_tag
def import_steps(step: str, steps=None) -> list[dict]:
    """The steps with those before ``step`` done; by default the five of an import session."""
    steps = steps or [
        {"name": "upload", "label": _("上传文件")},
        {"name": "mapping", "label": _("列对应")},
        {"name": "preview", "label": _("预览")},
        {"name": "apply", "label": _("写入")},
        {"name": "result", "label": _("结果")},
    ]
    at = next((i for i, each in enumerate(steps) if each["name"] == step), 0)
    finished = step == steps[-1]["name"]
    return [
        {**each, "done": i < at or (finished and i == at), "current": i == at} for i, each in enumerate(steps)
    ]


@register.filter
def words(text: str) -> list[str]:
    """The words of a constant list in a template."""
    return text.split()


@register.simple_tag
def faults(form, parts=()) -> list[dict]:
    """What a sent form refuses, its own fields first, then those of its parts: {label, at (the id of a control), text}."""
    if not form.errors and not any(part.faults for part in parts or ()):
        return []
    out = [{"label": "", "at": "", "text": text} for text in form.non_field_errors()]
    for field in form:
        at = "" if field.is_hidden else field.auto_id
        out += [{"label": field.label, "at": at, "text": text} for text in field.errors]
    return [*out, *(fault for part in parts or () for fault in part.faults)]
