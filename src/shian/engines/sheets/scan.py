"""Feeding expat only what needs it.

Expat calls Python five times for a plain cell, which alone takes half a minute for 12 million cells.  Nearly all rows
of real files have one canonical spelling, so each stretch that ends in ``</row>`` (or ``</si>``) is first offered to
``fast``, a regular expression that must match *all* of it; only what it does not recognise goes to expat.

Why that is safe: after a closing tag *reported by expat* (``closed()`` grew), the position in the document is known
exactly; a complete element recognised there can be left out and the rest stays well formed.  When expat sees the
bytes of a closing tag but reports none (a comment, CDATA, another namespace), nothing is offered to ``fast`` again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from xml.parsers.expat import ExpatError, XMLParserType

from .package import broken_xml

LONGEST_STRETCH = 4 << 20


def scan(
    part: str,
    chunks: Iterable[bytes],
    parser: XMLParserType,
    closing: bytes,
    closed: Callable[[], int],
    fast: Callable[[bytes], bool],
    fast_block: Callable[[bytes], bool] = lambda _: False,
) -> Iterator[None]:
    """Drive ``parser`` and ``fast`` over ``chunks``; yields after each chunk so that the caller can hand on results.

    ``fast_block`` is offered many elements at once, closing tags included, before ``fast`` gets them one by one.
    """
    rest, trusted, possible = b"", False, True
    try:
        for chunk in chunks:
            if not possible:
                parser.Parse(chunk)
                yield
                continue
            text = rest + chunk
            end = text.rfind(closing) + len(closing)
            if trusted and end >= len(closing) and fast_block(text[:end]):
                rest = text[end:]
                yield
                continue
            stretches = text.split(closing)
            rest = stretches.pop()
            for position, stretch in enumerate(stretches):
                if trusted and fast(stretch):
                    continue
                before = closed()
                parser.Parse(stretch + closing)
                trusted = closed() == before + 1
                if not trusted:
                    possible, rest = False, closing.join([*stretches[position + 1 :], rest])
                    break
            if not possible or len(rest) > LONGEST_STRETCH:
                parser.Parse(rest)
                possible, rest = False, b""
            yield
        parser.Parse(rest, True)
    except ExpatError as error:
        raise broken_xml(part, error) from error
    yield
