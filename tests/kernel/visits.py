"""A parent with children, made for tests: a visit and what was found (检查样例、问题样例)."""

from contextlib import contextmanager

from django.apps import apps
from django.db import connection, models

from shian.kernel.attachments.feature import Attachments
from shian.kernel.imports.importable import Importable
from shian.kernel.lines.feature import Children
from shian.kernel.listing.export import Exportable
from shian.kernel.resources import registry
from shian.kernel.resources.declare import Column, Resource, Section
from shian.kernel.scopes import Scope, system
from shian.kernel.scopes.entity import Entity
from shian.kernel.scopes.models import Role
from shian.kernel.scopes.unique import OneLive


class Visit(Entity):
    scope = Scope(place="place__path")
    natural_key = ("title",)
    tracked = ("state", "unit")

    title = models.CharField("检查名称", max_length=60)
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+", verbose_name="区域")
    unit = models.ForeignKey(
        "people.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    state = models.CharField(
        "状态", max_length=8, choices=[("open", "待办"), ("done", "办结")], default="open"
    )

    class Meta(Entity.Meta):
        app_label = "ledgers"
        verbose_name = verbose_name_plural = "检查样例"

    def __str__(self) -> str:
        return self.title


class Finding(Entity):
    scope = Scope(place="visit__place__path")
    personal = ("person",)

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="findings", verbose_name="检查")
    text = models.CharField("问题", max_length=60)
    count = models.PositiveIntegerField("数量", default=1)
    unit = models.ForeignKey(
        "people.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="责任单位"
    )
    person = models.CharField("责任人", max_length=20, blank=True)
    sort = models.PositiveIntegerField(default=0)

    class Meta(Entity.Meta):
        app_label = "ledgers"
        verbose_name = verbose_name_plural = "问题样例"
        constraints = [OneLive("visit", "text", name="one_live_finding_sample")]

    def __str__(self) -> str:
        return self.text


LINES = Children("findings", fields=("text", "count", "unit", "person"), sort="sort", most=20)
VISITS = Resource(
    name="visits",
    model=Visit,
    columns=(Column("title"), Column("place"), Column("unit"), Column("state")),
    form=(Section("检查", ("title", "place", "unit", "state")),),
    filters=("place", "state", "unit"),
    ordering=("title",),
    features=(Importable(), Exportable(), LINES, Attachments(photos=True)),
)
MODELS = (Visit, Finding)
for model in MODELS:
    del apps.all_models["ledgers"][model._meta.model_name]
apps.clear_cache()


@contextmanager
def tables():
    with connection.schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)
    yield
    with connection.schema_editor() as editor:
        for model in reversed(MODELS):
            editor.delete_model(model)


@contextmanager
def served():
    """The models known, the resource served, the administrator entitled."""
    for model in MODELS:
        apps.all_models["ledgers"][model._meta.model_name] = model
    apps.clear_cache()
    registry.register(VISITS)
    role = Role.unscoped.get(code="admin")
    with system("arranged by the test"):
        Role.unscoped.filter(pk=role.pk).update(permissions=[*role.permissions, "visit.*"])
    yield
    registry.unregister("visits")
    for model in MODELS:
        del apps.all_models["ledgers"][model._meta.model_name]
    apps.clear_cache()
