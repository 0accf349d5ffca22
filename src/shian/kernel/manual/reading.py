"""A page of the manual is a Markdown file of its app: the title, a paragraph that says what it is about, the rest.

「」 quotes what stands on a screen; ``tests/meta/test_manual_names.py`` looks every such name up in the catalogues.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from shian.kernel.app import installed


@dataclass(frozen=True)
class Page:
    app: str
    name: str
    title: str
    about: str
    text: str

    @property
    def html(self) -> SafeString:
        # The files are the tree's own, and HTML in them is escaped all the same.
        return mark_safe(MarkdownIt("commonmark", {"html": False}).render(self.text))


def read(app: str, path: Path) -> Page:
    title, about, text = path.read_text("utf-8").split("\n\n", 2)
    return Page(app, path.stem, title.removeprefix("# ").strip(), about.strip(), text)


def pages() -> list[Page]:
    """Every page of every installed app, in the order of the settings."""
    return [read(app.label, path) for app in installed() for path in app.pages()]
