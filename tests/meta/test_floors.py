"""The floors of the house: what core may touch, and no circle of files."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOTS = ("core", "engines", "kernel", "apps", "site")
"""Packages of ``shian``, all free of circles."""

STYLED = ROOTS
"""Packages in one import style."""

SRC = Path(__file__).resolve().parents[2] / "src"

CALLS = {"open", "input", "print"}
CLOCK = {"now", "utcnow", "today"}
"""What the import contracts of pyproject.toml cannot see: disk and clock without an import."""


def files(*roots: str) -> dict[str, Path]:
    """Module name → file, of all files under ``shian/<root>``."""
    found = {}
    for root in roots:
        for path in sorted((SRC / "shian" / root).rglob("*.py")):
            parts = path.relative_to(SRC).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path, module: str) -> Iterator[tuple[str, str]]:
    """(module, name or "") of every import of a file, those within functions and for typing as well."""
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    waiting: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *filter(None, [node.module])])
            yield from ((source, alias.name) for alias in node.names)
        waiting += ast.iter_child_nodes(node)


def graph(*roots: str) -> dict[str, set[str]]:
    """File → files that it imports. ``from package import name`` means the file of that name, if there is one."""
    known = files(*roots)
    found: dict[str, set[str]] = {}
    for module, path in known.items():
        ends = {
            f"{source}.{name}" if f"{source}.{name}" in known else source
            for source, name in imports(path, module)
        }
        found[module] = ends & known.keys()
    return found


def circle(edges: dict[str, set[str]]) -> list[str]:
    """One circle, each file importing the next; empty where there is none."""
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


def test_no_circle_of_files():
    assert circle(graph(*ROOTS)) == []


def test_circles_are_seen():
    assert circle({"a": {"b"}, "b": {"c"}, "c": set()}) == []
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) in (
        ["a", "b", "c", "a"], ["b", "c", "a", "b"], ["c", "a", "b", "c"],
    )  # fmt: skip


def test_core_opens_nothing_and_reads_no_clock():
    guilty = []
    for module, path in files("core").items():
        guilty += [f"{module}: {source}" for source, _ in imports(path, module) if source == "urllib.request"]
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=name)) if name in CALLS:
                    guilty.append(f"{module}:{node.lineno} {name}()")
                case ast.Call(func=ast.Attribute(attr=name)) if name in CLOCK:
                    guilty.append(f"{module}:{node.lineno} .{name}()")
    assert guilty == []


def test_one_style_of_import():
    """Within a package (``shian.core.tlog``) relative, across packages absolute (docs/decisions/0025)."""
    guilty = []
    for module, path in files(*STYLED).items():
        package = ".".join(module.split(".")[:3])
        package_is_folder = (SRC / package.replace(".", "/")).is_dir()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.ImportFrom):
                continue
            depth = len(module.split(".")) - (path.name != "__init__.py")
            if node.level and depth - node.level + 1 < 3:
                guilty.append(f"{module}:{node.lineno} leaves its package by dots")
            own = node.module == package or (node.module or "").startswith(package + ".")
            if not node.level and own and package_is_folder:
                guilty.append(f"{module}:{node.lineno} names its own package in full")
    assert guilty == []


def strangers(edges: dict[str, set[str]]) -> list[str]:
    """Imports of one app by another beyond its ``queries`` and ``actions``."""
    found = []
    for module, ends in edges.items():
        for end in ends:
            app, part = end.split(".")[2:3], end.split(".")[3:4]
            if app and app != module.split(".")[2:3] and part not in (["queries"], ["actions"]):
                found.append(f"{module} -> {end}")
    return sorted(found)


def test_apps_meet_in_queries_and_actions_only():
    assert strangers(graph("apps")) == []
    assert strangers({"shian.apps.a.pages": {"shian.apps.b.queries", "shian.apps.b.models", "shian.apps.a.models"}}) == [
        "shian.apps.a.pages -> shian.apps.b.models"
    ]
