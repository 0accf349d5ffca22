"""The skeleton that ``shian new`` writes: names are refused before anything is written, then all or nothing."""

from __future__ import annotations

import ast
import keyword
import re
import sys
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

WORD = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST = 30
FOLDERS = {"apps", "core", "engines", "kernel", "shian", "tests"}
"""Names of the project's own floors."""


class Refused(Exception):
    """Why nothing was written, in Chinese."""


@dataclass(frozen=True)
class Names:
    """The ways in which one name is written: ``site_visit`` → SiteVisit, sitevisit, site-visits."""

    word: str

    @property
    def title(self) -> str:
        return "".join(part.capitalize() for part in self.word.split("_"))

    @property
    def model(self) -> str:
        return self.title.lower()

    @property
    def plural(self) -> str:
        word = self.word.replace("_", "-")
        if re.search("[^aeiou]y$", word):
            return word[:-1] + "ies"
        return word + ("es" if re.search("(s|x|z|ch|sh)$", word) else "s")


def check_word(word: str, what: str) -> None:
    if not WORD.fullmatch(word) or len(word) > LONGEST:
        raise Refused(
            f"{what}名称“{word}”不合要求：以小写字母开头，只含小写字母、数字和词间的单个下划线，最多 {LONGEST} 个字符"
        )
    if keyword.iskeyword(word):
        raise Refused(f"{what}名称“{word}”是 Python 的关键字")


def check_label(label: str) -> None:
    if not re.search("[\u4e00-\u9fff]", label) or len(label) > LONGEST or not re.fullmatch(r"[^\W_]+", label):
        raise Refused(
            f"中文名“{label}”不合要求：含汉字，只有文字和数字，最多 {LONGEST} 个字符（用 --label 给出）"
        )


def check_app(word: str, src: Path, tests: Path, installed: set[str]) -> None:
    check_word(word, "应用")
    if word in FOLDERS or word in sys.stdlib_module_names:
        raise Refused(f"应用名称“{word}”已被本系统的目录或 Python 标准库占用")
    if word in installed:
        raise Refused(f"应用名称“{word}”与已安装的应用同名")
    for folder in (src / "apps" / word, tests / "apps" / word):
        if folder.exists():
            raise Refused(f"{folder} 已存在，不会覆盖")


def render(template: str, **values: str) -> str:
    return Template(files("shian.site.skeleton").joinpath(template).read_text("utf-8")).substitute(values)


def new_app(word: str, label: str, src: Path, tests: Path) -> dict[Path, str]:
    """path → text of every file of a new app."""
    folder, values = src / "apps" / word, {"app": word, "label": label, "title": Names(word).title}
    return {
        folder / "__init__.py": "",
        folder / "apps.py": render("app.txt", **values),
        folder / "models.py": render("models.txt", **values),
        folder / "resources.py": render("resources.txt", **values),
        tests / "apps" / word / "__init__.py": "",
    }


def new_entity(app: str, word: str, label: str, src: Path, tests: Path) -> dict[Path, str]:
    """path → new text of the four files an entity is made of."""
    folder, names, test = src / "apps" / app, Names(word), tests / "apps" / app / f"test_{word}.py"
    if test.exists():
        raise Refused(f"{test} 已存在，不会覆盖")
    values = {"app": app, "label": label, "title": names.title, "plural": names.plural}
    models = folder / "models.py" if (folder / "models.py").is_file() else folder / "models" / "__init__.py"
    changed = {}
    for path, template in ((models, "entity_model.txt"), (folder / "resources.py", "entity_resource.txt")):
        changed[path] = merge(_read(path), render(template, **values), names.title, path)
    config = _read(folder / "apps.py")
    line = f'Item("records", _("{label}"), "listing:list", "folder", 100, "{names.model}.view", ("{names.plural}",))'
    config = add_to_tuple(config, "nav", line, folder / "apps.py")
    config = add_to_tuple(config, "roles", f'Part("office", ("{names.model}.*",))', folder / "apps.py")
    config = with_imports(
        config,
        "from django.utils.translation import gettext_lazy as _\n\nfrom shian.kernel.app import Item, Part\n",
    )
    return changed | {folder / "apps.py": config, test: render("entity_test.txt", **values)}


def write(texts: dict[Path, str]) -> None:
    """Nothing is written unless every text is Python."""
    for path, text in texts.items():
        try:
            ast.parse(text)
        except SyntaxError as error:
            raise Refused(
                f"不能改写 {path}（第 {error.lineno} 行）；请按 docs/adding-an-entity.md 手写"
            ) from error
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


# --- editing Python ---------------------------------------------------------------------------------
def _read(path: Path) -> str:
    if not path.is_file():
        raise Refused(f"{path} 不存在")
    text = path.read_text("utf-8")
    try:
        ast.parse(text)
    except SyntaxError as error:
        raise Refused(f"{path} 第 {error.lineno} 行不是正确的 Python") from error
    return text


def _imports(tree: ast.Module) -> list[ast.Import | ast.ImportFrom]:
    return [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]


def _bound(tree: ast.Module) -> set[str]:
    """Names that the module's top level gives a meaning to."""
    names = {alias.asname or alias.name for node in _imports(tree) for alias in node.names}
    return names | {n.name for n in tree.body if isinstance(n, (ast.ClassDef, ast.FunctionDef))}


def merge(text: str, addition: str, title: str, path: Path) -> str:
    """The module ``text`` with the imports and the body of ``addition`` at its end."""
    new = ast.parse(addition)
    last = _imports(new)[-1].end_lineno or 0
    taken = _bound(ast.parse(text)) | {a.name for n in _imports(new) if n.module != "models" for a in n.names}
    if title in taken:
        raise Refused(f"{path} 中已有 {title}")
    lines = addition.splitlines(keepends=True)
    head, body = "".join(lines[:last]), "".join(lines[last:])
    gap = "\n" if body.lstrip().startswith("class") or len(ast.parse(text).body) > 1 else ""
    return with_imports(text, head).rstrip() + "\n\n" + gap + body.strip() + "\n"


def with_imports(text: str, wanted: str) -> str:
    """``text`` with those names of the block ``wanted`` that it does not import yet."""
    tree = ast.parse(text)
    had, bound = _imports(tree), _bound(tree)
    block = wanted.strip()
    if had:
        block = "\n".join(
            f"from {'.' * node.level}{node.module or ''} import {', '.join(map(ast.unparse, missing))}"
            for node in _imports(ast.parse(wanted))
            if isinstance(node, ast.ImportFrom)
            and (missing := [a for a in node.names if (a.asname or a.name) not in bound])
        )
    lines = text.splitlines(keepends=True)
    first = tree.body[0] if tree.body else None
    docstring = first if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) else None
    after = had[-1] if had else docstring
    at = (after.end_lineno or 0) if after else 0
    gap = "" if had or not at else "\n"
    return "".join(lines[:at]) + gap + (block + "\n" if block else "") + "".join(lines[at:])


def add_to_tuple(text: str, name: str, line: str, path: Path) -> str:
    """``line`` as the last element of the class attribute ``name = (…)``."""
    for node in ast.walk(ast.parse(text)):
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and target.id == name and isinstance(value, ast.Tuple):
            break
    else:
        raise Refused(f"{path} 中没有 {name} = (…)；请先写上，可以是空的")
    raw = text.encode()
    rows = raw.splitlines(keepends=True)
    at = sum(map(len, rows[: value.end_lineno - 1])) + value.end_col_offset - 1
    before = raw[:at].rstrip()
    comma = b"" if before.endswith((b",", b"(")) else b","
    return (before + comma + f"\n        {line},\n    ".encode() + raw[at:]).decode()
