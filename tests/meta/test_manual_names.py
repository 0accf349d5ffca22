"""The manual cannot rot in silence: what it quotes from the screens stands in the catalogues."""

import re

import pytest
from tests.meta.test_i18n import CATALOGUES, ENGLISH, HOME, entries, named

from shian.kernel.app import installed

PAGES = [(app, path) for app in installed() for path in app.pages()]
HOLE = re.compile(r"%\(\w+\)s")


def texts(label: str) -> set[str]:
    """What may stand on a screen that the app tells of: the kernel's texts and its own."""
    own = [folder for folder in CATALOGUES if folder == HOME or named(folder) == label]
    return {text for folder in own for entry in entries(folder / ENGLISH) for text in entry.sources}


def known(name: str, catalogue: set[str]) -> bool:
    """A text as it is, or one with a number or another text in each gap: 「写入 12 行」, 「新建来源文件」."""
    if name in catalogue:
        return True
    for text in catalogue:
        words = HOLE.split(text)
        if len(words) > 1 and any(word.strip() for word in words):
            found = re.fullmatch("(.+)".join(map(re.escape, words)), name)
            if found and all(part in catalogue or part.isdecimal() for part in found.groups()):
                return True
    return False


@pytest.mark.parametrize(("app", "path"), PAGES, ids=[f"{app.label}-{path.stem}" for app, path in PAGES])
def test_names_quoted_in_the_manual_stand_on_the_screens(app, path):
    catalogue, names = texts(app.label), re.findall("「([^」]*)」", path.read_text("utf-8"))
    assert len(names) > 3
    assert [name for name in names if not known(name, catalogue)] == []


@pytest.mark.parametrize("name", ["按钮不存在", "写入 若干 行", "新建火箭", ""])
def test_a_name_that_stands_nowhere_is_found(name):
    assert not known(name, texts("site"))


@pytest.mark.parametrize("name", ["应用筛选", "写入 12 行", "新建单位"])
def test_a_name_that_stands_somewhere_is_known(name):
    assert known(name, texts("site"))
