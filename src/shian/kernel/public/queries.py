"""What the public pages show, alike for HTML, JSON and files."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import EmptyPage, Page, Paginator
from django.http import Http404
from django.utils import timezone
from django.utils.functional import cached_property

from shian.kernel.resources.resource import Resource

from .feature import Public, published
from .models import PublicRow

PAGE = 50
SHOWN = 5
"""Fields of a row in the list; all of them stand on its own page and in JSON."""
QUERY = 60
"""Characters of a search that are looked for."""


@dataclass(frozen=True)
class Board:
    """The public side of one resource."""

    resource: Resource
    feature: Public

    @property
    def address(self) -> str:
        return f"/public/{self.resource.name}/"

    @property
    def label(self) -> str:
        return self.resource.label_plural

    @property
    def fields(self) -> list[tuple[str, str]]:
        return [(name, self.resource.field_label(name)) for name in self.feature.fields]

    @cached_property
    def rows(self):
        return PublicRow.unscoped.filter(resource=self.resource.name).order_by("-published_at", "-pk")

    def page(self, number: int = 1, q: str = "") -> Page:
        """Raises Http404 for a page that is not there."""
        try:
            return Paginator(self.rows.filter(title__icontains=q) if q else self.rows, PAGE).page(number)
        except EmptyPage as error:
            raise Http404 from error

    def row(self, slug: str) -> PublicRow:
        """Raises Http404 when nothing public bears the key."""
        found = self.rows.filter(slug=slug).first()
        if found is None:
            raise Http404
        return found

    def lines(self, row: PublicRow, most: int | None = None) -> list[tuple[str, str]]:
        """(label, text) of the fields below the title."""
        return [(label, row.data.get(name, {}).get("label", "")) for name, label in self.fields[1:most]]

    def told(self, row: PublicRow) -> dict:
        """A row in JSON: fields that are public today, whatever was stored when it was written."""
        data = {name: row.data.get(name) for name in self.feature.fields}
        times = {n: timezone.localtime(getattr(row, n)).isoformat() for n in ("published_at", "changed_at")}
        return {"key": row.slug, "url": f"{self.address}{row.slug}/", "title": row.title, "data": data, **times}


def boards() -> list[Board]:
    return [Board(resource, feature) for resource, feature in published()]


def board_of(resource: Resource) -> Board:
    """Raises Http404 where a resource has no public side."""
    feature = resource.feature(Public)
    if feature is None:
        raise Http404
    return Board(resource, feature)
