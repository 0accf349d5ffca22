"""Forms of the task screens. They carry what was typed; every rule is in the actions."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shian.kernel.flows.fields import DateInput, FilesField, long_text
from shian.kernel.people.models import Unit
from shian.kernel.places.models import Place
from shian.kernel.scopes import Actor

from ..models import Document, Task, TaskParty


class ReportForm(forms.Form):
    text = long_text(
        gettext_lazy("进展情况"), rows=5, help_text=gettext_lazy("做了什么、数量和成效、存在的问题")
    )
    percent = forms.IntegerField(label=gettext_lazy("完成进度（%）"), min_value=0, max_value=100, initial=0)
    final = forms.BooleanField(
        label=gettext_lazy("本单位任务已完成，提请办结"),
        required=False,
        help_text=gettext_lazy("勾选后进度记为100%，由食安办审核"),
    )
    files = FilesField(
        label=gettext_lazy("佐证材料"),
        required=False,
        help_text=gettext_lazy("可选多个：文件、表格、图片、PDF"),
    )


class NoteForm(forms.Form):
    note = long_text(gettext_lazy("审核意见"), required=False, rows=3)


class RemindForm(forms.Form):
    note = long_text(
        gettext_lazy("催办要求"), required=False, rows=3, help_text=gettext_lazy("不填则为：请按完成时限抓紧办理，及时报送进展")
    )


class DecisionForm(forms.Form):
    """Which fields are asked depends on the kind of decision; see :func:`decision_form`."""

    reason = long_text(gettext_lazy("理由"), rows=3)
    number = forms.CharField(
        label=gettext_lazy("依据文件（文号）"),
        max_length=120,
        help_text=gettext_lazy("例：演食安委〔2026〕3号"),
    )
    on = forms.DateField(label=gettext_lazy("决定日期"), widget=DateInput())


class ValueForm(forms.Form):
    value = forms.CharField(label=gettext_lazy("填报值"), max_length=30)
    as_of = forms.DateField(label=gettext_lazy("截至日期"), widget=DateInput())
    note = forms.CharField(
        label=gettext_lazy("说明"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"wide": True}),
    )
    files = FilesField(label=gettext_lazy("佐证材料"), required=False)


class MilestoneForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("事项"), max_length=200)
    due = forms.DateField(label=gettext_lazy("时限"), widget=DateInput())


class DocumentForm(forms.Form):
    """A source whose tasks are entered one by one: an instruction, minutes, a finding."""

    kind = forms.ChoiceField(label=gettext_lazy("类型"), choices=Document.KINDS, initial="instruction")
    title = forms.CharField(label=gettext_lazy("标题"), max_length=200)
    number = forms.CharField(label=gettext_lazy("文号"), max_length=80, required=False)
    issuer = forms.CharField(label=gettext_lazy("发文机关"), max_length=120, required=False)
    date = forms.DateField(label=gettext_lazy("成文日期"), widget=DateInput())
    files = FilesField(label=gettext_lazy("原件"), required=False)


class PartiesMixin:
    """One lead, and any number of responsible and supporting units or live sets."""

    def add_parties(self, actor: Actor, below: str) -> None:
        """``below``: the path of the place whose units, and those beneath it, may be chosen."""
        rows = Unit.objects.for_actor(actor).live().filter(place__path__startswith=below, valid_to=None)
        rows = rows if below else rows.none()
        units = [
            (f"u{u.pk}", u.short_name or u.name) for u in rows.exclude(kind__in=("business", "laboratory"))
        ]
        sets = [(code, label) for code, label in TaskParty.SETS if code]
        choices = [(_("单位集合（随成员变动）"), sets), (_("单位"), units)]
        for role, label in TaskParty.ROLES:
            self.fields[role] = (
                forms.ChoiceField(label=_("牵头单位"), choices=[("", _("（无，共同负责）")), *choices], required=False)
                if role == "lead"
                else forms.MultipleChoiceField(
                    label=_("%(label)s单位") % {"label": label}, choices=choices, required=False,
                    widget=forms.SelectMultiple(attrs={"size": 9}),
                )
            )  # fmt: skip

    def parties(self) -> list[dict]:
        """[{unit_id or set, role, name}] of what was chosen, leads first."""
        out = []
        for role, _label in TaskParty.ROLES:
            names = dict(TaskParty.SETS)
            chosen = self.cleaned_data.get(role) or []
            for value in [chosen] if isinstance(chosen, str) else chosen:
                if value in names:
                    out.append({"set": value, "role": role, "name": str(names[value])})
                else:
                    out.append({"unit_id": int(value[1:]), "role": role})
        return out


class TaskForm(forms.Form, PartiesMixin):
    """A task entered by hand, from any source."""

    title = forms.CharField(
        label=gettext_lazy("任务"), max_length=300, widget=forms.TextInput(attrs={"wide": True})
    )
    text = long_text(gettext_lazy("工作内容"), required=False)
    document = forms.ModelChoiceField(
        label=gettext_lazy("来源文件"), queryset=None, required=False, empty_label=gettext_lazy("（无）")
    )
    due = forms.DateField(label=gettext_lazy("完成时限"), widget=DateInput())
    recurrence = forms.ChoiceField(
        label=gettext_lazy("周期"), choices=[p for p in Task.PERIODS if p[0] != "week"], required=False
    )
    soft = forms.BooleanField(label=gettext_lazy("倡导性（力争、鼓励）"), required=False)

    def __init__(self, *args, actor: Actor, place: Place, **more):
        super().__init__(*args, **more)
        documents = Document.objects.for_actor(actor, "task.assign").live().exclude(state="replaced")
        self.fields["document"].queryset = documents.filter(place=place)
        self.add_parties(actor, place.path)


class TransferForm(DecisionForm, PartiesMixin):
    def clean(self) -> dict:
        said = super().clean()
        return said | {"parties": self.parties()}


def parties_of(task: Task) -> dict[str, str | list[str]]:
    """Who has the task now, as the fields of :class:`PartiesMixin` write it."""
    held: dict[str, list[str]] = {role: [] for role, _label in TaskParty.ROLES}
    for row in task.parties.filter(retired_at=None):
        if row.set or row.unit_id:
            held[row.role].append(row.set or f"u{row.unit_id}")
    lead, *others = held["lead"] or [""]
    return held | {"lead": lead, "joint": others + held["joint"]}


def decision_form(kind: str, task: Task | None, data, *, actor: Actor, today: dt.date) -> DecisionForm:
    """The form of one kind of decision on ``task``, or on a selection."""
    now = {"due": task.due, "title": task.title, "text": task.text} if task else {}
    initial = {"on": today} | now
    if kind == "transfer":
        held = parties_of(task) if task else {}
        form: DecisionForm = TransferForm(data, initial=initial | held)
        form.add_parties(actor, task.place.path if task else actor.place_path)
        return form
    form = DecisionForm(data, initial=initial)
    if kind in ("extend", "change"):
        form.fields["due"] = forms.DateField(
            label=_("新的完成时限"), widget=DateInput(), required=kind == "extend"
        )
    if kind == "change":
        form.fields["title"] = forms.CharField(
            label=_("任务"), max_length=300, widget=forms.TextInput(attrs={"wide": True})
        )
        form.fields["text"] = long_text(_("工作内容"), required=False)
    return form


def target_decision_form(kind: str, target, data, *, today: dt.date) -> DecisionForm:
    now = {"due": target.due, "value": target.value.normalize()} if target else {}
    form = DecisionForm(data, initial={"on": today} | now)
    if kind == "change" and target:
        form.fields["value"] = forms.DecimalField(
            label=_("新的目标值（%(unit_text)s）") % {"unit_text": target.unit_text},
            max_digits=20,
            decimal_places=4,
        )
        form.fields["value_max"] = forms.DecimalField(
            label=_("上限（区间时填写）"), required=False, max_digits=20, decimal_places=4
        )
    if kind in ("change", "extend"):
        form.fields["due"] = forms.DateField(label=_("新的完成时限"), widget=DateInput(), required=False)
    return form
