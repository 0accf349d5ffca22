"""Five real plans as documents of their own places, and somebody who may look at them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from importlib.resources import files

from shian.core.plan import read_text
from shian.kernel.changes.writer import change
from shian.kernel.people import actions as people
from shian.kernel.people.models import Unit, User
from shian.kernel.places import actions as places
from shian.kernel.places.models import Place
from shian.kernel.scopes import SYSTEM, system
from shian.kernel.scopes.models import Role

from .. import actions
from ..models import Document
from ..rules.names import Known, resolver

SAMPLES = [
    # file, place, level, GB/T 2260 code
    ("jilin-2020.txt", "吉林省", "province", "220000"),
    ("jinning-2020.txt", "昆明市晋宁区", "county", "530115"),
    ("xiping-2020.txt", "西平县", "county", "411721"),
    ("jizhou-2020.txt", "天津市蓟州区", "county", "120119"),
    ("xihu-2017.txt", "本溪市溪湖区", "county", "210503"),
]


def load_samples(today: dt.date, password: str) -> list[Document]:
    documents = [load_sample(*row, today=today) for row in SAMPLES]
    _reader([d.place for d in documents], password)
    return documents


def load_sample(file: str, name: str, kind: str, code: str, *, today: dt.date) -> Document:
    """One real plan, published; units of its place are made from the names it prints."""
    place = places.save_place(
        actor=SYSTEM, place=Place(name=name, kind=kind, code=code, short_name=name[-3:])
    )
    text = files("shian.apps.plans").joinpath("samples", file).read_text("utf-8")
    make_units(place, [unit.name for task in read_text(text).tasks for unit in task.units])
    document = actions.import_document(actor=SYSTEM, place=place, text=text, filename=file, today=today)
    actions.accept_all(actor=SYSTEM, document=document)
    return actions.publish(actor=SYSTEM, document=document)


def make_units(place: Place, printed: Iterable[str]) -> None:
    """Every printed name that stands for no unit becomes one; spellings of the same body share it."""
    units: list[Unit] = []
    for name in sorted(dict.fromkeys(printed), key=len, reverse=True):
        known = [Known(n, unit.name) for n, unit in enumerate(units)]
        if resolver(known, [place.name], {}).resolve(name) == (None, ""):
            units.append(_unit(name, place))
    with change(SYSTEM, "unit.save", reason="样例数据") as w:
        w.save_all(units)


def _unit(name: str, place: Place) -> Unit:
    """民政局 in a list that began with 县教育局 is 县民政局."""
    kind = "office" if "食安办" in name or "食品安全办" in name else "department"
    level = place.name[-1]
    local = (
        re.search("([局委院]|编办)$", name)
        and not re.match("[省市县区公]", name)
        and place.name[-3:-1] not in name
    )
    return Unit(name=f"{level}{name}" if local else name, kind=kind, place=place, member=True)


def _reader(land: list[Place], password: str) -> None:
    """Someone who may look at the five plans: they belong to nobody of the demo county."""
    with system("sample data"):
        role = Role.objects.get(code="reader")
    archive = people.save_unit(actor=SYSTEM, unit=Unit(name="样例计划资料室", kind="other", place=land[0]))
    user = User(
        username="yangli", name="样例浏览", unit=archive, title="五份真实计划：只读浏览", is_demo=True
    )
    people.save_user(actor=SYSTEM, user=user, password=password)
    people.grant(actor=SYSTEM, user=user, role=role, places=land)
