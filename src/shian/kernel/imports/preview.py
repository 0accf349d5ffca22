"""What an import would do, row by row, before anything is written (预览)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _

from shian.kernel.changes.models import Change
from shian.kernel.changes.presentation import described
from shian.kernel.resources.resource import Resource
from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.detail import sees_personal

from .fields import lined, offered
from .models import Session, SessionRow

TILES = {
    "new": ("success", "plus"), "changed": ("info", "edit"), "same": ("neutral", "check"), "error": ("danger", "alert-circle"),
    "refused": ("warning", "hand-stop"),
}  # fmt: skip


def tiles(session: Session, kind: str = "") -> list[dict]:
    return [
        {
            "tone": TILES[name][0],
            "icon": TILES[name][1],
            "label": label,
            "value": session.counts.get(name, 0),
            "url": f"?kind={name}",
            "current": name == kind,
        }
        for name, label in SessionRow.KINDS
        if name != "refused" or session.counts.get(name)
    ]


def preview_context(request: HttpRequest, session: Session, resource: Resource) -> dict:
    kind = request.GET.get("kind", "")
    rows = SessionRow.unscoped.filter(session=session)
    rows = rows.filter(kind=kind) if kind in dict(SessionRow.KINDS) else rows
    labels = {n: label for n, label in offered(resource).items() if n in session.mapping}
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    lines = LineDiffs(session, resource, request.actor, list(page))
    return {
        "headers": list(labels.values()),
        "preview_rows": [
            {
                "number": row.number,
                "kind": row.kind,
                "cells": [_cell(row, session.mapping[n]) for n in labels],
                "diff": _diff(resource.model, row.object_id, row.diff) + lines.of(row),
                "errors": ["：".join(part for part in error if part) for error in row.errors],
            }
            for row in page
        ],
        "page": page,
        "count_label": f"{page.paginator.count:,}",
        "tiles": tiles(session, kind),
    } | _ask(session, resource)


def _ask(session: Session, resource: Resource) -> dict:
    """The button and its question."""
    told = {"a": session.counts.get("new", 0), "b": session.counts.get("changed", 0)}
    told |= {"n": told["a"] + told["b"], "gone": session.counts.get("gone", 0)}
    if not lined(resource, session.mapping):
        label = _("写入 %(n)s 行") % told
        question = _("新增 %(a)s 行、更新 %(b)s 行，共 %(n)s 行。确定写入吗？") % told
    else:
        label = _("写入 %(n)s 条（连同明细）") % told
        question = _("新增 %(a)s 条、更新 %(b)s 条，表里没有的 %(gone)s 行明细将被移除。确定写入吗？") % told
    return {"can_apply": bool(told["n"]), "apply_label": label, "apply_question": question}


def _diff(model: type[models.Model], pk: int | None, diff: dict) -> list[dict]:
    fake = Change(object_type=model._meta.label_lower, object_id=pk or 0, diff=diff)
    return described([fake])[0]["diff"] if diff else []


def _cell(row: SessionRow, column: int) -> str:
    return row.cells[int(column)] if int(column) < len(row.cells) else ""


class LineDiffs:
    """What becomes of the lines of stored parents: each beside its own row, those that go beside the first."""

    def __init__(self, session: Session, resource: Resource, actor: Actor, rows: Sequence[SessionRow]):
        kinds = lined(resource, session.mapping)
        self.entries: dict[int, dict] = {}
        if not kinds:
            return
        self.model, self.sort = kinds[0].child(resource), kinds[0].sort
        self.label = str(self.model._meta.verbose_name)
        self.hidden = () if sees_personal(actor, resource.model()) else self.model.personal
        numbers = {row.head or row.number for row in rows}
        heads = SessionRow.unscoped.filter(session=session, number__in=numbers, object_id__isnull=False)
        self.entries = {e["row"]: e for head in heads for e in head.lines.get("lines", ())}

    def of(self, row: SessionRow) -> list[dict]:
        out = []
        if entry := self.entries.get(row.number):
            out = (
                [{"label": self.label, "old": "", "new": _("新增")}]
                if entry["id"] is None
                else self._changed(entry)
            )
        gone = row.lines.get("gone", ()) if row.object_id else ()
        return out + [
            {
                "label": _("移除%(label)s") % {"label": self.label},
                "old": e["label"],
                "new": _("表中没有这一行"),
            }
            for e in gone
        ]

    def _changed(self, entry: dict) -> list[dict]:
        diff: dict[str, Any] = {
            name: ["***", pair[1]] if name in self.hidden else pair
            for name, pair in entry["diff"].items()
            if name != self.sort
        }
        moved = entry["diff"].get(self.sort)
        told = [{"label": _("顺序"), "old": moved[0], "new": moved[1]}] if moved else []
        return _diff(self.model, entry["id"], diff) + told
