"""Short words of the review tests: an item by its number, a piece of the source, the stamp of the summary."""

from shian.apps.plans.models import Document, Draft


def draft_of(document: Document, no: str) -> Draft:
    return document.drafts.get(no=no, retired_at=None)


def span(document: Document, words: str) -> dict:
    start = document.text.index(words)
    return {"start": start, "end": start + len(words)}


def stamp_of(html: str) -> str:
    return html.split('name="stamp" value="')[1].split('"')[0]
