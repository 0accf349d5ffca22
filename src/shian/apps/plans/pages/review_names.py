"""Names in the document and the units they mean: candidates, choices, units created in place."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from shian.core.text import org_candidates
from shian.kernel.choices.queries import asking
from shian.kernel.choices.widgets import LISTED
from shian.kernel.people.models import Unit
from shian.kernel.places.models import Place
from shian.kernel.scopes import Actor, system
from shian.kernel.scopes.numbers import whole
from shian.kernel.scopes.rights import can_at
from shian.kernel.ui.words import told

from .. import actions
from ..models import Document, Draft, TaskParty
from .common import find_document

QUESTION = "plans.review"
"""Under this name the kernel's choice service knows which units a document may name."""

KIND_WORDS = (
    ("township", ("乡", "镇", "街道", "管委会", "管理委员会", "办事处")),
    ("party", ("组织部", "宣传部", "政法委", "统战部", "网信办", "纪委", "县委", "市委", "区委")),
    ("laboratory", ("检验检测", "检测中心", "检验中心", "检验所")),
    ("business", ("公司", "企业", "集团", "超市")),
    ("station", ("监管所", "派出所", "分局所")),
    ("office", ("食安办", "委员会办公室")),
    ("vertical", ("海关", "烟草", "税务")),
)
"""What a name says about the kind of its unit; anything else is a department."""


def choices(document: Document) -> dict:
    """Units and sets a name of ``document`` may mean, for the chooser of the page; many units are asked for as one types."""
    units = _units(document.place)
    listed = len(units) <= LISTED
    return {
        "ask": "" if listed else f"{reverse('choices', args=['people.unit'])}?of={QUESTION}:{document.pk}",
        "sets": [{"choice": f"s:{code}", "label": str(label), "name": _("随成员变动")} for code, label in TaskParty.SETS if code],
        "units": [
            {"choice": f"u:{u.pk}", "label": u.short_name or u.name, "name": u.name} for u in (units if listed else ())
        ],
        "kinds": [{"choice": f"new:{code}", "label": str(label)} for code, label in Unit.KINDS],
    }  # fmt: skip


@require_GET
def candidates(request: HttpRequest, pk: int) -> HttpResponse:
    """The likeliest meanings of ``?name=``, best first, with the reason; and the kind a new unit would have."""
    document = find_document(request, pk)
    name = request.GET.get("name", "")[:120]
    by_name = {n: u for u in _units(document.place) for n in (u.name, u.short_name) if n}
    with system("names are compared alike for everybody"):
        places = [
            n
            for p in Place.objects.filter(pk__in=document.place.ancestor_ids)
            for n in (p.name, p.short_name)
        ]
    rows, seen = [], set()
    for found in org_candidates(name, by_name, [p for p in places if p]):
        unit = by_name[found.name]
        if unit.pk not in seen:
            seen.add(unit.pk)
            rows.append({"choice": f"u:{unit.pk}", "label": unit.short_name or unit.name, "name": unit.name,
                         "reason": told(found.why), "score": found.score})  # fmt: skip
    return JsonResponse({"name": name, "candidates": rows[:5], "kind": kind_of(name)})


def kind_of(name: str) -> str:
    """The kind a unit of this name most likely has."""
    return next((kind for kind, words in KIND_WORDS if any(w in name for w in words)), "department")


def resolve(
    actor: Actor, document: Document, draft: Draft, index: int, choice: str, version: int | None
) -> list[Draft]:
    """``choice``: ``u:<id>``, ``s:<set>``, ``new:<kind>`` or ``none``; returns the items that changed."""
    if not 0 <= index < len(draft.parties):
        raise ValidationError(_("没有第%(n)s个承办单位") % {"n": index + 1})
    how, _colon, what = choice.partition(":")
    unit, group = None, ""
    if how == "u" and (pk := whole(what)) is not None:
        with system("units are reference data"):
            unit = _named_by(document.place, Unit.objects.live()).filter(pk=pk).first()
    elif how == "new":
        unit = create_unit(actor, document, draft.parties[index]["name"], what)
    elif how == "s" and what in dict(TaskParty.SETS):
        group = what
    if not unit and not group and how != "none":
        raise ValidationError(_("“%(choice)s”不是可选的单位或单位集合") % {"choice": choice})
    return actions.resolve_party(actor=actor, draft=draft, index=index, unit=unit, set=group, version=version)


def create_unit(actor: Actor, document: Document, name: str, kind: str) -> Unit:
    """The unit of that name at the document's place: the one that exists, else a new one."""
    if kind not in dict(Unit.KINDS):
        raise ValidationError(_("单位类型“%(kind)s”无效") % {"kind": kind})
    with system("units are reference data"):
        same = Unit.objects.live().filter(place=document.place, name=name.strip()).first()
    return same or actions.add_unit(actor=actor, document=document, name=name, kind=kind)


def create_missing(actor: Actor, document: Document, drafts: list[Draft]) -> list[Draft]:
    """A unit of the place for every name that means nothing yet; returns the items that changed."""
    changed: dict[int, Draft] = {}
    while True:
        todo = next(
            (
                (d, n) for d in drafts if d.state != "dropped"
                for n, p in enumerate(d.parties) if not (p["unit_id"] or p["set"])
            ),
            None,
        )  # fmt: skip
        if todo is None:
            return list(changed.values())
        draft, index = todo
        name = draft.parties[index]["name"]
        rows = {d.pk: d for d in resolve(actor, document, draft, index, f"new:{kind_of(name)}", None)}
        changed |= rows
        drafts = [rows.get(d.pk, d) for d in drafts]


def _units(place: Place) -> list[Unit]:
    with system("units are reference data"):
        return list(_named_by(place, Unit.objects.live()).order_by("sort", "pk"))


def _named_by(place: Place, units: QuerySet) -> QuerySet:
    """Of ``units`` those that a document of ``place`` may name: its own, its townships', and its superiors' vertical ones."""
    own = Q(place=place) | Q(place__parent=place, kind__in=("township", "office"))
    return units.filter(own, valid_to=None).exclude(kind="business")


def _units_for(actor: Actor, pk: int) -> QuerySet | None:
    """The units that ``/choices/people.unit/`` offers to whoever reviews the document ``pk``."""
    document = Document.objects.for_actor(actor).live().select_related("place").filter(pk=pk).first()
    if document is None or not can_at(actor, "draft.edit", document.place.path):
        return None
    return _named_by(document.place, Unit.objects.for_actor(actor).live())


asking(QUESTION, Unit, _units_for)
