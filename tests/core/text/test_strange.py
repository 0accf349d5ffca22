"""Names that look like others: expected values are code points, written by hand."""

import pytest

from shian.core.text.strange import mixed, unseen


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("东河镇", ()),
        ("ＡＢＣ 食品（集团）有限公司", ()),
        ("第一行\n第二行\t表", ()),
        ("东\u200b河镇", ("U+200B",)),
        ("\ufeff东河镇", ("U+FEFF",)),
        ("东\u202e河镇\u202c", ("U+202E", "U+202C")),
        ("东河镇\u2066", ("U+2066",)),
        ("东河\u3164镇", ("U+3164",)),
        ("葛\U000e0100城", ("U+E0100",)),
        ("东\x00河\x1b镇", ("U+0000", "U+001B")),
        ("东\u00ad河", ("U+00AD",)),
    ],
)
def test_what_cannot_be_seen_is_named(text, found):
    assert unseen(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ABC食品", ()),
        ("Москва 面包", ()),
        ("АBC食品", ("АBC食品",)),  # the first letter is Cyrillic
        ("Ηello 店", ("Ηello",)),  # a Greek Eta
        ("β-葡聚糖 Beta", ()),
    ],
)
def test_words_of_two_alphabets_are_named(text, found):
    assert mixed(text) == found
