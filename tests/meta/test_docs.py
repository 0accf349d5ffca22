"""The example of ``docs/adding-an-entity.md`` is executed as it stands there."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models
from tests.resource_suite import ResourceTests, Roads

from shian.kernel.imports.importable import Importable
from shian.kernel.listing.export import Exportable
from shian.kernel.resources import registry
from shian.kernel.resources.declare import Actions, Column, Resource, Section, register
from shian.kernel.scopes import Scope
from shian.kernel.scopes.entity import Entity

PAGE = Path(__file__).resolve().parents[2] / "docs" / "adding-an-entity.md"
NAMES = {
    "Entity": Entity, "Scope": Scope, "models": models, "Column": Column, "Resource": Resource, "Importable": Importable, "Exportable": Exportable, "Actions": Actions, "Section": Section,
    "register": register, "ResourceTests": ResourceTests, "Roads": Roads, "__name__": "example",
}  # fmt: skip
exec("\n".join(re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.S)), NAMES)  # noqa: S102
Drill, DECLARED = NAMES["Drill"], registry.get("drills")
registry.unregister("drills")
del apps.all_models["ledgers"]["drill"]
apps.clear_cache()


@pytest.fixture(scope="module")
def drills(django_db_setup, django_db_blocker):
    """The example's table, for this module only."""
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        editor.create_model(Drill)
    yield
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        editor.delete_model(Drill)


class TestDrills(NAMES["TestDrills"]):
    @pytest.fixture(autouse=True)
    def _served(self, drills, db):
        apps.all_models["ledgers"]["drill"] = Drill
        apps.clear_cache()
        register(DECLARED)
        yield
        registry.unregister("drills")
        del apps.all_models["ledgers"]["drill"]
        apps.clear_cache()
