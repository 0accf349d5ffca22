"""Scoring of a ledger against a gold ledger, in the manner of the project's scoring tool, kept short:
one-to-one tasks by number and words, then units, targets and deadlines of matched tasks."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import Any

Json = dict[str, Any]
Figures = dict[str, tuple[int, int, int]]
_FOLD = str.maketrans("〔〕【】(){}“”‘’—－–~～", "[][][][]\"\"''-----")


def norm(s: object) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(s or ""))).translate(_FOLD)


def _no(task: Json) -> str:
    return re.sub(r"[\[\]、.。,，:：]", "", norm(task["no"]))


def _pairs(gold: list[Json], got: list[Json]) -> list[tuple[int, int]]:
    scored = []
    for i, g in enumerate(gold):
        for j, p in enumerate(got):
            n = min(12, len(norm(g["text_starts"])), len(norm(p["text_starts"])))
            words = n >= 6 and norm(g["text_starts"])[:n] == norm(p["text_starts"])[:n]
            title = norm(g["title"]).strip("。.") == norm(p["title"]).strip("。.") != ""
            number = _no(g) == _no(p) != ""
            if (number and (words or title)) or (words and title):
                scored.append((-(number + 2 * words + 2 * title), abs(i - j), i, j))
    left_i, left_j, out = set(), set(), []
    for _, _, i, j in sorted(scored):
        if i not in left_i and j not in left_j:
            left_i.add(i)
            left_j.add(j)
            out.append((i, j))
    return out


def _unit(unit: str, value: float) -> tuple[str, float]:
    u = norm(unit)
    if len(u) > 1 and u[0] in "万亿" and not u.startswith("万分"):
        value, u = value * {"万": 1e4, "亿": 1e8}[u[0]], u[1:]
    u = re.sub("^个(?=工作日|小时|月|学时|百分点|自然日)", "", u)
    return ("次" if u.startswith("次/") else {"天": "日"}.get(u, u)), round(value, 6)


def _count(gold: list[tuple[Any, bool]], got: list[Any]) -> tuple[int, int, int]:
    """(true positive, false positive, false negative); optional gold swallows what is left."""
    left, tp, fn = Counter(got), 0, 0
    for want_optional in (False, True):
        for key, optional in gold:
            if optional == want_optional:
                hit = left[key] > 0
                left[key] -= hit
                tp += hit and not optional
                fn += not hit and not optional
    return tp, sum(left.values()), fn


def score_one(gold: Json, got: Json) -> Figures:
    pairs = _pairs(gold["tasks"], got["tasks"])
    place = {got["tasks"][j]["id"]: gold["tasks"][i]["id"] for i, j in pairs}
    where = lambda x: None if x["task"] is None else place.get(x["task"], "?")  # noqa: E731
    out: Figures = {"tasks": (len(pairs), len(got["tasks"]) - len(pairs), len(gold["tasks"]) - len(pairs))}
    of = {gold["tasks"][i]["id"]: got["tasks"][j]["units"] for i, j in pairs}
    for with_role, name in ((False, "units"), (True, "units+role")):
        key = lambda t, u, r=with_role: (t, norm(u["name"]), u["role"] if r else "")  # noqa: E731
        wanted = [(key(t["id"], u), False) for t in gold["tasks"] for u in t["units"]]
        given = [key(t, u) for t, units in of.items() for u in units]
        out[name] = _count(wanted, given)
    for with_op, name in ((False, "targets"), (True, "targets+op")):
        def op(x: Json, w: bool = with_op) -> str:
            return "" if not w else ">=" if x["op"] == "==" and (x.get("bare") or x["value"] == 100) else x["op"]
        wanted = [((x["task"], *_unit(x["unit"], x["value"]), op(x)), bool(x.get("optional"))) for x in gold["targets"]]
        out[name] = _count(wanted, [(where(x), *_unit(x["unit"], x["value"]), op(x)) for x in got["targets"]])
    wanted = [((x["task"], x["date"]), bool(x.get("optional"))) for x in gold["deadlines"]]
    out["deadlines"] = _count(wanted, [(where(x), x["date"]) for x in got["deadlines"]])
    out["doc"] = _doc(gold["doc"], got["doc"])
    return out


def _doc(gold: Json, got: Json) -> tuple[int, int, int]:
    right = 0
    for name in ("title", "issuer", "doc_number", "region", "level", "year", "date"):
        g, p = norm(gold.get(name)), norm(got.get(name))
        loose = name in ("title", "issuer", "region") and min(len(g), len(p)) >= 2
        right += g == p or (loose and (g in p or p in g))
    return right, 0, 7 - right


def score(pairs: list[tuple[Json, Json]]) -> Figures:
    total: dict[str, list[int]] = {}
    for gold, got in pairs:
        for k, v in score_one(gold, got).items():
            total[k] = [a + b for a, b in zip(total.get(k, [0, 0, 0]), v, strict=True)]
    return {k: (v[0], v[1], v[2]) for k, v in total.items()}
