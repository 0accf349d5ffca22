"""House rules that no linter knows: where rows are written, where scopes may be left, what every model owes."""

import ast
import dataclasses
import importlib
import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from shian.kernel.resources import registry
from shian.kernel.resources.resource import Resource
from shian.kernel.scopes.entity import Entity

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "shian"
WRITES = {"save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
MANAGERS = {"objects", "unscoped", "_base_manager", "_default_manager"}


def modules(*parts):
    for folder in parts:
        for path in sorted((SRC / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, ast.parse(path.read_text("utf-8"))


def names_in(node):
    return {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)} | {
        n.id for n in ast.walk(node) if isinstance(n, ast.Name)
    }


def test_apps_never_leave_the_scope():
    """``unscoped`` belongs to the kernel and to site wiring (architecture, point 13)."""
    guilty = [
        f"{path.relative_to(SRC)}:{node.lineno}"
        for path, tree in modules("apps")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"unscoped", "_base_manager", "_default_manager"}
    ]
    assert guilty == []


def test_apps_write_rows_only_in_actions():
    """One write path: ``.save/.create/.update/.delete/bulk_*`` on rows only in ``actions`` (point 16)."""
    guilty = []
    for path, tree in modules("apps"):
        if "actions" in path.relative_to(SRC).parts or path.name == "actions.py":
            continue
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in WRITES
                and (names_in(node.func.value) & (MANAGERS | {"w"}) or node.func.attr.startswith("bulk_"))
            ):
                guilty.append(f"{path.relative_to(SRC)}:{node.lineno}")
    assert guilty == []


EXEMPT = {
    "scopes.role": "the starter set comes from the apps",
    "resources.savedfilter": "part of every list page",
    "imports.session": "has its own screens below each resource",
    "files.storedfile": "opened through what it is attached to",
    "files.attachment": "panel of the object it belongs to",
    "jobs.job": "has its own screens",
    "jobs.schedule": "has its own screens",
    "clock.calendarday": "has its own screens",
    "flows.clock": "tab of the object it hangs on",
}


def exempt():
    """The kernel's and those that each app's tests name (``EXEMPT`` of ``tests/apps/<app>``)."""
    folders = sorted(p.parent.name for p in (ROOT / "tests" / "apps").glob("*/__init__.py"))
    modules = [importlib.import_module(f"tests.apps.{name}") for name in folders]
    return {**EXEMPT, **{k: v for m in modules for k, v in getattr(m, "EXEMPT", {}).items()}}


def test_every_entity_has_a_resource_or_a_written_exemption():
    served, known = {r.model for r in registry.all_resources()}, exempt()
    for model in apps.get_models():
        if issubclass(model, Entity) and model.__module__.startswith("shian."):
            assert model in served or model._meta.label_lower in known, f"{model._meta.label}: no resource, no exemption"


def test_every_entity_is_scoped_and_named():
    for model in apps.get_models():
        if issubclass(model, Entity):
            assert model.scope is not None
            assert re.search("[\u4e00-\u9fff]", str(model._meta.verbose_name)), model
            assert model._meta.base_manager_name == "unscoped"


def test_key_tracked_measured_and_personal_fields_exist():
    for model in apps.get_models():
        if issubclass(model, Entity):
            fields = {f.name for f in model._meta.get_fields()}
            assert {*model.natural_key, *model.tracked, *model.measured, *model.personal, *model.secret} <= fields, model


def test_files_stay_small_enough_to_read():
    long = {
        str(path.relative_to(SRC)): n
        for path in SRC.rglob("*.py")
        if "migrations" not in path.parts and (n := len(path.read_text("utf-8").splitlines())) > 400
    }
    assert long == {}


def test_functions_stay_small_enough_to_read():
    long = {
        f"{path.relative_to(SRC)}:{node.name}": node.end_lineno - node.lineno + 1
        for path, tree in modules(".")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno >= 50
    }
    assert long == {}


def test_template_lines_fit_a_screen():
    wide = [
        f"{path.relative_to(SRC)}:{n}"
        for path in sorted(SRC.rglob("*.html"))
        for n, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if len(line) > 140
    ]
    assert wide == []


def test_no_option_of_a_resource_has_fewer_than_two_users():
    options = {f.name: f for f in dataclasses.fields(Resource)}

    def used(resource, name) -> bool:
        option, value = options[name], getattr(resource, name)
        plain = option.default if option.default_factory is dataclasses.MISSING else option.default_factory()
        return (option.default is dataclasses.MISSING and option.default_factory is dataclasses.MISSING) or value != plain

    users = {name: sum(used(r, name) for r in registry.all_resources() if "bench" not in r.name) for name in options}
    # The apps are the users; a tree without them has none to count.
    assert not any(SRC.glob("apps/*/apps.py")) or {name: n for name, n in users.items() if n < 2} == {}


def test_the_resource_layer_keeps_its_budget():
    paths = [p for p in (SRC / "kernel" / "resources").rglob("*.py") if "migrations" not in p.parts]
    lines = sum(len(p.read_text("utf-8").splitlines()) for p in paths)
    assert lines <= 2000


TEXT = {".py", ".md", ".toml", ".txt", ".yaml", ".yml", ".json", ".html", ".js", ".css", ".sh", ""}


def tracked_files():
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    for name in done.stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file() and path.suffix in TEXT and path.stat().st_size < 2_000_000:
            yield name, path.read_text("utf-8", errors="ignore")


def test_no_machine_path_and_no_registry_address_in_the_project():
    bad = re.compile(r"(?<![\w.])/(?:work|root|farm)/[a-z]|pypi\.org|registry\.npmjs|files\.pythonhosted|deb\.debian\.org")
    this = Path(__file__).relative_to(ROOT).as_posix()
    assert [name for name, text in tracked_files() if name != this and bad.search(text)] == []


def test_locks_hold_hashes_and_no_addresses():
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text("utf-8")
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|--index-url|--find-links", text), path


def test_models_without_change_rows_are_known():
    """A plain model (no Entity) is bookkeeping of the machinery; each one is named here."""
    plain = {
        m._meta.label
        for m in apps.get_models()
        if m.__module__.startswith("shian.") and not issubclass(m, Entity) and issubclass(m, models.Model)
    }
    assert plain == {
        "changes.Change",
        "changes.DirtyCell",
        "changes.OneTimeKey",
        "changes.StateSpan",
        "changes.SubjectKey",
        "imports.Mapping",
        "imports.SessionRow",
        "notices.Notice",
        "people.Door",
        "public.PublicRow",
        "resources.Preference",
        "scopes.Access",
        "search.SearchEntry",
        "search.SearchToken",
    }


def test_every_transition_has_actor_article_and_where_law_gives_one_a_deadline_rule():
    from shian.core.clock import load_rules
    from shian.core.flow import INTERNAL
    from shian.kernel.flows import registry as flows

    assert flows.cases() or not any((SRC / "apps").glob("*/apps.py"))
    for case in flows.cases():
        for row in case.flow.transitions:
            where = f"{case.name}.{row.verb}"
            assert row.actors and row.article, where
            assert {*row.actors, *row.needs} <= set(case.flow.words), where
            assert row.article == INTERNAL or row.stops or row.untimed, where
            assert all(load_rules().known(rule) for rule in (*row.starts, *row.stops)), where


def test_every_state_has_a_look_of_its_own():
    """Colour and icon come from the flow; the icon is in the sprite."""
    from shian.kernel.flows import registry as flows

    sprite = (SRC / "kernel/ui/static/ui/icons.svg").read_text("utf-8")
    for case in flows.cases():
        for state in case.flow.states:
            assert f'id="{state.icon}"' in sprite, (case.name, state.code)
            assert state.tone in {"neutral", "primary", "success", "info", "warning", "danger"}
        for look in filter(None, case.verbs.values()):
            assert not look.icon or f'id="{look.icon}"' in sprite, (case.name, look.icon)
