"""What stays Chinese on a page that is read in English: shared by the kernel's and the apps' tests."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable

from django.apps import apps
from django.test import Client

from shian.kernel.people.models import User

HAN = re.compile("[\u4e00-\u9fff]+")
EXAMPLES = ("2026年3月1日", "演食安委〔2026〕3号")
"""Chinese that stays in English sentences besides what is quoted: examples of what to type."""


def english_client(username: str) -> Client:
    client = Client()
    client.force_login(User.unscoped.get(username=username))
    client.cookies["shian_language"] = "en"
    return client


def shown(page: str) -> str:
    """What a person sees or hears of a page: texts and the attributes that are read out."""
    page = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", page)
    said = re.findall(r'(?:title|aria-label|placeholder|data-confirm|data-label)="([^"]*)"', page)
    return html.unescape("\n".join([*re.sub(r"(?s)<[^>]*>", "\n", page).splitlines(), *said]))


def stored() -> str:
    """Every value of the database as one text: data, not interface."""
    rows = (
        model._base_manager.values_list()
        for model in apps.get_models()
        if model._meta.managed and model._meta.app_label not in {"sessions", "contenttypes"}
    )
    return "\n".join(json.dumps(r, ensure_ascii=False, default=str) for found in rows for r in found)


def chinese_left(client: Client, addresses: Iterable[str]) -> dict[str, list[str]]:
    """address → Chinese words that are no data and no example."""
    data, left = stored(), {}
    for address in addresses:
        page = shown(client.get(address).content.decode())
        words = {w for w in HAN.findall(page) if w not in data and w not in "".join((*EXAMPLES, "中文"))}
        if words:
            left[address] = sorted(words)
    return left
