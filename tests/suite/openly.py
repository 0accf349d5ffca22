"""The public side: read as nobody, it shows the named fields of the published rows and nothing else."""

from __future__ import annotations

import itertools
import re
import zlib

import pytest
from django.db import models
from django.test import Client

from shian.kernel.scopes import SYSTEM

from . import declared
from .rows import Laid, Suite, undone

LINK = re.compile(r'href="([^"#]+)"')
LARGEST = 100_000
"""Bytes of a public page."""
VISITORS = itertools.count()
"""Each crawl comes from an address of its own: nobody may ask too often."""


class Openly(Suite):
    public: tuple[str, ...] = ()
    """Fields that anybody may read, as the suite states them beside the declaration."""

    def is_public(self, row: models.Model) -> bool:
        """Whether a row that is in use is published."""
        return True

    hides: tuple[str, object] | None = None
    """A form field and the value with which a row is not published; none: every row in use is."""

    # -- what stands there ------------------------------------------------------------------------
    def branded(self, laid: Laid) -> dict[str, str]:
        """Field → a word that stands in this field of this row and nowhere else; stored through the resource."""
        row, words, mine = self.stored(laid.pk), {}, zlib.crc32(self.resource.encode()) % 9999
        for found in self.model._meta.concrete_fields:
            if isinstance(found, models.CharField | models.TextField) and not found.choices:
                word = f"印{mine}记{len(words)}号{laid.pk}完"
                if found.max_length is None or len(word) <= found.max_length:
                    words[found.name] = word
                    setattr(row, found.name, word)
        self.store(row)
        return words

    def store(self, row: models.Model) -> None:
        self.declared.actions.save(actor=SYSTEM, rows=[row], verb=self.declared.permission("edit"))

    def wanted(self, words: dict[int, dict[str, str]]) -> set[str]:
        """The words that the public may read."""
        rows = self.model.unscoped.filter(pk__in=list(words), retired_at=None)
        shown = [row for row in rows if self.is_public(row)]
        return {word for row in shown for name, word in words[row.pk].items() if name in self.public}

    def published(self) -> dict[str, str]:
        """Address → text of everything that can be reached from the list by links, as nobody."""
        return crawl(f"/public/{self.resource}/")

    def assert_public(self, words: dict[int, dict[str, str]], when: str) -> dict[str, str]:
        pages = self.published()
        text = "\n".join(pages.values())
        every = {word for of_row in words.values() for word in of_row.values()}
        assert {word for word in every if word in text} == self.wanted(words), when
        return pages

    @pytest.mark.needs("Public")
    def test_the_public_reads_the_named_fields_of_published_rows_and_nothing_else(self):
        if not declared.is_open(self.declared):
            return
        self.lay()
        words = {laid.pk: self.branded(laid) for laid in self.laid}
        assert self.wanted(words), "let some row of the sample be public, and a text among its fields"
        pages = self.assert_public(words, "as laid")
        assert all(len(text.encode()) < LARGEST and "<script" not in text for text in pages.values())
        first = next(laid for laid in self.laid if self.is_public(laid.row))
        with undone():
            declared.retire(self.declared, self.stored(first.pk))
            gone = self.assert_public(words, "a row was retired")
            again = self.stored(first.pk)
            again.retired_at = None
            self.store(again)
            assert set(self.assert_public(words, "it was restored")) == set(pages), "its address is the same again"
        assert set(gone) < set(pages)
        if self.hides is not None:
            name, value = self.hides
            row = self.stored(first.pk)
            setattr(row, name, value)
            self.store(row)
            self.assert_public(words, f"{name} became {value}")

    @pytest.mark.needs("Public")
    def test_public_addresses_tell_nothing_and_are_searched_by_title(self):
        if not declared.is_open(self.declared):
            return
        self.lay()
        words = {laid.pk: self.branded(laid) for laid in self.laid}
        titles = [words[x.pk][self.public[0]] for x in self.laid if self.is_public(x.row)]
        found = Client().get(f"/public/{self.resource}/", {"q": titles[0]}).content.decode()
        assert [t for t in titles if f'/">{t}</a>' in found] == titles[:1]
        keys = [a.split("/")[3] for a in self.published() if a.endswith("/") and "/page/" not in a and a.count("/") == 4]
        assert keys and all(len(key) >= 12 and not key.isdigit() for key in keys)
        for laid in self.laid:
            assert Client().get(f"/public/{self.resource}/{laid.pk}/").status_code == 404


def crawl(start: str) -> dict[str, str]:
    """Everything below ``start`` that links lead to, read without signing in."""
    client, pages, waiting = Client(REMOTE_ADDR=f"10.9.8.{next(VISITORS) % 250}"), {}, [start]
    while waiting:
        address = waiting.pop()
        if address in pages or not address.startswith(start):
            continue
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        pages[address] = answer.content.decode()
        if "json" not in answer["Content-Type"]:
            waiting += [link for link in LINK.findall(pages[address]) if link.startswith("/")]
    return pages
