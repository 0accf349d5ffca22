"""``shian new``: what it writes runs as it stands, in a copy of the tree; what it refuses is said and nothing written."""

import ast

import pytest

from shian.site import scaffold
from tests.tree import copy_tree

pytestmark = pytest.mark.full
LINE = '    "shian.site",\n'


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    return copy_tree(tmp_path_factory.mktemp("new") / "tree")


def written(tree):
    return {
        p.relative_to(tree.root)
        for folder in (tree.src, tree.root / "tests")
        for p in folder.rglob("*")
        if p.is_file() and "__pycache__" not in p.parts
    }


def test_a_new_app_with_an_entity_runs_as_written(tree):
    before = written(tree)
    settings = "src/shian/site/settings.py"
    assert 'shian.apps.drills"' in tree.shian("new", "app", "drills", "--label", "应急演练")
    tree.edit(settings, LINE, f'    "shian.apps.drills",\n{LINE}')
    said = tree.shian("new", "entity", "drills", "site_visit", "--label", "现场观摩")
    assert "makemigrations drills" in said
    by_hand = sorted(str(p) for p in written(tree) - before)
    assert by_hand == [
        "src/shian/apps/drills/__init__.py",
        "src/shian/apps/drills/apps.py",
        "src/shian/apps/drills/models.py",
        "src/shian/apps/drills/resources.py",
        "tests/apps/drills/__init__.py",
        "tests/apps/drills/test_site_visit.py",
    ]
    assert len(by_hand) + 1 <= 7, "with the line in the settings"
    tree.manage("makemigrations", "drills")
    tree.shian("migrate")
    assert "no issues" in tree.manage("check")
    tree.run("-m", "ruff", "check", "src/shian/apps/drills", "tests/apps/drills")
    tree.run("-m", "pytest", "-q", "tests/apps/drills")


def test_an_entity_in_an_existing_app_is_four_files(tree):
    """A second entity beside the first, and one in the largest app there is."""
    texts = {p: (tree.root / p).read_bytes() for p in written(tree)}
    tree.shian("new", "entity", "plans", "rehearsal", "--label", "预演")
    after = {p: (tree.root / p).read_bytes() for p in written(tree)}
    assert sorted(str(p) for p in after if texts.get(p) != after[p]) == [
        "src/shian/apps/plans/apps.py",
        "src/shian/apps/plans/models/__init__.py",
        "src/shian/apps/plans/resources.py",
        "tests/apps/plans/test_rehearsal.py",
    ]
    tree.manage("makemigrations", "plans")
    assert "no issues" in tree.manage("check")
    tree.run("-m", "pytest", "-q", "tests/apps/plans/test_rehearsal.py")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["app", "plans"], "同名"),
        (["app", "auth"], "同名"),
        (["app", "kernel"], "占用"),
        (["app", "json"], "标准库"),
        (["app", "Drills"], "小写字母开头"),
        (["app", "演练"], "小写字母开头"),
        (["app", "../x"], "小写字母开头"),
        (["app", "a" * 31], "最多 30 个字符"),
        (["app", "class"], "关键字"),
        (["entity", "nowhere", "drill"], "没有应用“nowhere”；现有：plans"),
        (["entity", "plans", "task"], "“task”已被应用 plans 使用"),
        (["entity", "plans", "unit"], "“unit”已被应用 people 使用"),
        (["entity", "plans", "installation"], "已被操作名 installation.* 占用"),
        (["entity", "plans", "scope"], "中已有 Scope"),
        (["entity", "plans", "notice_"], "小写字母开头"),
        (["entity", "plans", "import"], "关键字"),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_nothing_is_written(args, said):
    from click.testing import CliRunner

    from shian.site.cli import main
    from tests.tree import ROOT

    before = set((ROOT / "src" / "shian" / "apps").rglob("*.py"))
    done = CliRunner().invoke(main, ["new", *args, "--label", "演练"])
    assert done.exit_code == 1 and said in done.output, done.output
    assert set((ROOT / "src" / "shian" / "apps").rglob("*.py")) == before


@pytest.mark.parametrize("label", ["", "drill", '演"练', "演\\练", "演\n练", "演%s", "演{x}", "演" * 31])
def test_a_label_that_would_break_the_source_is_refused(label):
    with pytest.raises(scaffold.Refused, match="不合要求"):
        scaffold.check_label(label)


@pytest.mark.parametrize(
    ("word", "title", "model", "plural"),
    [
        ("drill", "Drill", "drill", "drills"),
        ("site_visit", "SiteVisit", "sitevisit", "site-visits"),
        ("agency", "Agency", "agency", "agencies"),
        ("survey", "Survey", "survey", "surveys"),
        ("inspection_batch", "InspectionBatch", "inspectionbatch", "inspection-batches"),
    ],
)
def test_one_name_in_its_spellings(word, title, model, plural):
    names = scaffold.Names(word)
    assert (names.title, names.model, names.plural) == (title, model, plural)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("class A:\n    nav = ()\n", "class A:\n    nav = (\n        X(1),\n    )\n"),
        ("class A:\n    nav = (Y('中'),)\n", "class A:\n    nav = (Y('中'),\n        X(1),\n    )\n"),
        (
            "class A:\n    nav: T = (\n        Y(2), Y(3)\n    )\n    b = 1\n",
            "class A:\n    nav: T = (\n        Y(2), Y(3),\n        X(1),\n    )\n    b = 1\n",
        ),
    ],
)
def test_a_line_is_added_to_a_tuple_of_the_class(tmp_path, text, wanted):
    made = scaffold.add_to_tuple(text, "nav", "X(1)", tmp_path)
    assert made == wanted and ast.parse(made)


def test_a_class_without_the_tuple_is_named(tmp_path):
    with pytest.raises(scaffold.Refused, match="没有 nav"):
        scaffold.add_to_tuple("class A:\n    roles = ()\n", "nav", "X(1)", tmp_path)
