"""How a row is written in words, and found again by them: natural keys across workbooks.

A row's chain is its natural key with references spelled out: 演示市 / 演示县 / 市场监督管理局. A cell holds the end of
the chain as far as it takes to be clear: the name alone, or 演示县/市场监督管理局; /演示市 is a chain from its beginning.
"""

from __future__ import annotations

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from .actor import Actor
from .entity import Entity

SEPARATOR = "/"
NAMES = ("name", "short_name", "code", "username")
"""Fields that name a row beside its natural key."""
MANY = 20_000
"""Up to this many rows are known by name in memory; of a larger table each word is asked for."""
SHOWN = 5


def chain(row: models.Model) -> list[str]:
    """The natural key in words, from the outermost reference to the row's own name; its text where it has none."""
    key = getattr(type(row), "natural_key", ())
    if not key or callable(key):
        return [str(row)]
    out: list[str] = []
    for name in key:
        value = getattr(row, name)
        if isinstance(value, models.Model):
            out += chain(value)
        elif value not in (None, ""):
            out.append(str(value))
    return out or [str(row)]


class Names:
    """The live rows of one model that an actor may see, by name. Keeps what it has read; use for one piece of work."""

    def __init__(self, model: type[Entity], actor: Actor):
        self.rows = model.objects.for_actor(actor).live()
        self.fields = [n for n in dict.fromkeys((*NAMES, *model.natural_key)) if _worded(model, n)]
        self._keys: dict[str, set[int]] | None = None
        self._asked: dict[str, set[int]] = {}
        self._chains: dict[int, list[str]] = {}
        self._written: dict[int, str] = {}

    def find(self, text: str) -> set[int]:
        """Keys of the rows that ``text`` may mean: one if it is clear, several if more than one bears the name."""
        if keys := self._named(text):
            return keys
        *above, last = [part.strip() for part in text.split(SEPARATOR)]
        if not above:
            return set()
        return {pk for pk in self._named(last) if self._chain(pk)[-len(above) - 1 : -1] == above}

    def ways(self, keys: set[int]) -> list[str]:
        """How each of ``keys`` is written so that it is clear; the first few of them."""
        return [self._clear(pk) for pk in sorted(keys)[:SHOWN]]

    def written(self, row: models.Model) -> str:
        """The shortest text that :meth:`find` reads back as ``row``: its own where that is clear."""
        text = self._written.get(row.pk)
        if text is None:
            text = self._written[row.pk] = self._write(row)
        return text

    # -- inside -----------------------------------------------------------------------------------
    def _write(self, row: models.Model) -> str:
        meant = self.find(str(row))
        if not self.fields or meant == {row.pk}:
            return str(row)
        if self._chain(row.pk):
            return self._clear(row.pk)
        return _("%(name)s（已停用）") % {"name": row} if meant else str(row)

    def _clear(self, pk: int) -> str:
        parts = self._chain(pk)
        endings = (SEPARATOR.join(parts[-n:]) for n in range(1, len(parts) + 1))
        return next((text for text in endings if self.find(text) == {pk}), SEPARATOR.join(parts))

    def _chain(self, pk: int) -> list[str]:
        if pk not in self._chains:
            row = self.rows.filter(pk=pk).first()
            self._chains[pk] = ["", *chain(row)] if row is not None else []
        return self._chains[pk]

    def _named(self, word: str) -> set[int]:
        if not word or not self.fields:
            return set()
        if self._keys is None:
            self._keys = self._read_all()
        if self._keys:
            return self._keys.get(word, set())
        if word not in self._asked:
            match = Q()
            for name in self.fields:
                match |= Q(**{name: word})
            self._asked[word] = set(self.rows.filter(match).order_by().values_list("pk", flat=True)[:MANY])
        return self._asked[word]

    def _read_all(self) -> dict[str, set[int]]:
        rows = list(self.rows.order_by().values_list("pk", *self.fields)[: MANY + 1])
        known: dict[str, set[int]] = {}
        for pk, *words in rows if len(rows) <= MANY else ():
            for word in words:
                if word:
                    known.setdefault(str(word), set()).add(pk)
        return known


def _worded(model: type[models.Model], name: str) -> bool:
    """Whether ``name`` is a text field of ``model``'s own."""
    try:
        found = model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return isinstance(found, models.CharField | models.TextField) and not found.choices
