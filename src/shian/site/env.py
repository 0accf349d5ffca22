"""Reads the environment once. Every setting a deployer may change has a ``SHIAN_`` variable."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlparse

DEMO_KEY = "demo-only-never-in-production"

MODE = os.environ.get("SHIAN_MODE", "demo")
"""``demo`` (cast on the sign-in page), ``production`` (refuses demo accounts and the demo key), ``test``."""

DATA = Path(os.environ.get("SHIAN_DATA", "data")).resolve()
"""Database, uploaded files and logs of one installation, outside the web root."""


def flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def number(name: str, default: int) -> int:
    """A small whole number; anything else is named before the server starts."""
    text = os.environ.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ValueError(f"{name}: “{text[:40]}”不是非负整数")
    return int(text)


def one_of(name: str, choices: tuple[str, ...]) -> str:
    """One of ``choices``, the first being the default."""
    text = os.environ.get(name, "").strip().lower() or choices[0]
    if text not in choices:
        raise ValueError(f"{name}: “{text[:40]}”不可用，只接受 {'、'.join(choices)}")
    return text


def words(name: str, default: str = "") -> list[str]:
    return [w.strip() for w in os.environ.get(name, default).split(",") if w.strip()]


def database(url: str | None) -> dict:
    """Django's database dictionary for ``sqlite:///path`` or ``postgres://user:pw@host:port/name``."""
    if not url:
        DATA.mkdir(parents=True, exist_ok=True)  # SQLite makes the file, not its folder
        url = f"sqlite:///{DATA / 'shian.sqlite3'}"
    parts = urlparse(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]) if parts.path != "/:memory:" else ":memory:",
            "OPTIONS": {
                # Writers queue at BEGIN instead of failing in the middle (architecture, point 9).
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA busy_timeout=20000;"
                "PRAGMA cache_size=-32000;PRAGMA temp_store=MEMORY;",
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
        }
    raise ValueError(f"SHIAN_DATABASE_URL: 不支持的数据库类型“{parts.scheme}”，只接受 sqlite 或 postgres")
