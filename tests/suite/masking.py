"""Personal values stand in full only where the oracle opens them; everybody else reads them masked, or not at all."""

from __future__ import annotations

import pytest
from django.db import models
from django.test import Client

from shian.kernel.scopes import SYSTEM
from tests.oracle import MEMBERS

from . import declared
from .reading import Reading


class Masking(Reading):
    def given(self, laid, turn: int) -> dict[str, str]:
        """Personal field → a value like no other in the run, stored through the resource."""
        row, values = self.stored(laid.pk), {}
        for n, name in enumerate(declared.personal_texts(self.model)):
            values[name] = f"1{turn}{n}77{laid.pk:06d}"
            if isinstance(declared.field(self.model, name), models.EmailField):
                values[name] += "@mail.cn"
            setattr(row, name, values[name])
        self.declared.actions.save(actor=SYSTEM, rows=[row], verb=self.declared.permission("edit"))
        return values

    @pytest.mark.needs("personal")
    def test_personal_values_are_shown_as_the_oracle_allows(self):
        if not declared.personal_texts(self.model):
            return
        self.lay()
        self.former = {laid.pk: self.given(laid, 1) for laid in self.laid}
        self.present = {laid.pk: self.given(laid, 2) for laid in self.laid}
        self.consult()
        tried = set()
        for member, client in self.each_member():
            seen = self.seen(member)
            opened = {laid.pk for laid in self.laid if laid.pk in seen and self.oracle.opens(member, laid.row)}
            tried |= {pk in opened for pk in seen}
            self.judge_lists(member, client, opened)
            self.judge_rows(member, client, seen, opened)
            self.judge_questions(member, client, opened)
        assert tried == {True, False}, f"let some of {list(MEMBERS)} read rows with and without personal values"

    def judge_lists(self, member: str, client: Client, opened: set[int]) -> None:
        columns = {name for name, _shown in declared.columns(self.declared)}
        told = set(declared.form_fields(self.declared))
        answers = [
            (client.get(self.base, {"per_page": 200} | self.every_column()), columns),
            (client.get(self.api, {"size": 1000}), told),
            (client.get(f"{self.base}new/"), set()),
        ]
        if self.oracle.may(member, "export"):
            answers.append((client.get(f"{self.base}export.csv", self.every_column()), columns))
        for answer, names in answers:
            where = f"{member}: {answer.request['PATH_INFO']}"
            text = text_of(answer)
            found = {pk for pk, values in self.present.items() if any(v in text for v in values.values())}
            assert found <= opened, where
            full = {pk for pk in opened if all(v in text for n, v in self.present[pk].items() if n in names)}
            assert not names or full == opened, f"{where}: hides what may be read"

    def judge_rows(self, member: str, client: Client, seen: set[int], opened: set[int]) -> None:
        """Page with its change tab, form and API of each row."""
        shown = set(declared.form_fields(self.declared))
        for laid in self.laid:
            page = text_of(client.get(declared.url(self.declared, laid.row), follow=True))
            api = text_of(client.get(f"{self.api}{laid.pk}/"))
            form = text_of(client.get(f"{self.base}{laid.pk}/edit/"))
            for name, value in self.present[laid.pk].items():
                what = f"{member}: {name} of {laid.spot}"
                if laid.pk in opened and name in shown:
                    assert value in page and value in api, f"{what} is hidden"
                if laid.pk not in opened:
                    assert value not in page and value not in api, what
                    assert value not in form, f"{what} in the form"
                    assert self.former[laid.pk][name] not in page + form, f"{what} in the change tab"

    def judge_questions(self, member: str, client: Client, opened: set[int]) -> None:
        """Nobody learns by asking for a value whose it is."""
        for laid in (self.laid[0], self.laid[-1]):
            link = f'href="{declared.url(self.declared, laid.row)}"'
            for name, value in self.present[laid.pk].items():
                found = set(self.listed(client, {"q": value})) | set(self.api_listed(client, {"q": value}))
                if name in declared.filters(self.declared):
                    found |= set(self.listed(client, {name: value}))
                if laid.pk not in opened:
                    assert laid.pk not in found, f"{member} finds {laid.spot} by {name}"
                    for address in ("/search/", "/search/suggest/"):
                        assert link not in text_of(client.get(address, {"q": value})), (member, address)


def text_of(answer) -> str:
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return data.decode("utf-8", errors="ignore")
