"""Notes that hold for several items: printed with a heading, after the last of a group, or said of all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from .items import Layout, read_item
from .leaf import Leaf
from .model import Role
from .notes import Note, chunks
from .outline import Item
from .text import Text
from .units import is_party, read_units

_EVERYONE = re.compile(
    r"(?:以下|下列|下述|上述|以上|本(?:章|节|部分))(?P<all>各项|所列|所有|全部)?(?:重点|主要)?(?:任务|工作|事项|措施|内容|项目)?，?(?P<each>均|都|全部|一律)?(?:需要?|由|须|要|应|请)*"
    r"(?P<u>[^，。；：由]{2,60}?)(?:按(?:照)?(?:各自)?职责(?:分工)?|共同|分别|具体|协同|认真|抓好|组织)*(?P<v>落实|负责|配合|执行|实施|参与|牵头|协助)"
)
_DEPARTMENT = re.compile(r"(?:(?<![格布结全大])局|厅|委|办|委员会|办公室|政府|宣传部|政法委|法院|检察院|大队|支队|中心|所|科|股|处|室|街道|乡镇|（街道）|（乡、镇）|各单位|成员单位)$")
_ROLES: dict[str, Role] = {"牵头": "lead", "主办": "lead", "协办": "support", "配合": "support", "参与": "support", "协助": "support"}


def share_notes(t: Text, roots: list[Item], leaves: list[Leaf], layout: Layout, body_start: int) -> list[Leaf]:
    """A note printed with a heading, or on a line of its own after the last of several items that have
    none, holds for all of them; so does a sentence about all of them (以下各项均需各县落实)."""
    leaves = _without_chance_units(t, leaves)
    at = {leaf.span[0]: k for k, leaf in enumerate(leaves)}
    stack = [r for r in roots if r.children]
    while stack:
        parent = stack.pop()
        stack += [c for c in parent.children if c.children]
        family = [at[x.mark.start] for x in parent.leaves()]
        noted = [k for k in family if leaves[k].has_units]
        read = read_item(t, parent, layout, False)
        own = [n for n in read.notes if n.units and n.shape != "running"] or _heading_unit(t, read.title)
        if own:
            for k in family:
                if not any(n.units and n.shape != "running" for n in leaves[k].notes):
                    leaves[k] = replace(leaves[k], notes=(*own, *leaves[k].notes))
        elif len(family) > 1 and noted == family[-1:]:
            shared = [n for n in leaves[family[-1]].notes if n.units and n.shape != "running" and t.starts_line(n.start)]
            for k in family[:-1] if shared else ():
                leaves[k] = replace(leaves[k], notes=tuple(shared))
    return _with_everyone(t, roots, leaves, body_start)


_AS = re.compile(r"（(?P<r>牵头|主办|责任|配合|协办)?(?:单位|部门)?）$")


def _heading_unit(t: Text, title: tuple[int, int]) -> list[Note]:
    """A list of duties by department: the heading is a party (县公安局（责任单位）) and holds for its items."""
    start, end = title
    m = _AS.search(t.norm, start, end)
    stop = m.start() if m else end
    role = _ROLES.get((m.group("r") or "") if m else "", "joint")
    units = read_units(t, start, stop, role)
    names = chunks(t.norm[start:stop])
    sure = bool(names) and all(is_party(n) and (_DEPARTMENT.search(n) or m) for n in names)
    return [Note(start, end, tuple(units), (), "heading")] if units and sure and len(units) == len(names) else []


def _without_chance_units(t: Text, leaves: list[Leaf]) -> list[Leaf]:
    """Where most items print a note, an item without one has units only if its text names a lead or
    hands the task over (由…)."""
    printed = sum(any(n.units and n.shape != "running" for n in leaf.notes) for leaf in leaves)
    if printed * 2 < len(leaves):
        return leaves

    def meant(leaf: Leaf) -> bool:
        return any(t.norm[n.start - 1] == "由" or any(u.role == "lead" for u in n.units) for n in leaf.notes if n.shape == "running")

    return [leaf if meant(leaf) else replace(leaf, notes=tuple(n for n in leaf.notes if n.shape != "running")) for leaf in leaves]


def _with_everyone(t: Text, roots: list[Item], leaves: list[Leaf], body_start: int) -> list[Leaf]:
    """以下各项均需各县落实: a party named for all items below a heading, or of the plan, joins each of them."""
    at = {leaf.span[0]: k for k, leaf in enumerate(leaves)}
    said = [(note, list(range(len(leaves)))) for note in _said_of_all(t, body_start, roots[0].mark.start if roots else body_start)]
    for root in roots:
        for item in _inner(root):
            family = [at[x.mark.start] for x in item.leaves()]
            said += [(note, family) for note in _said_of_all(t, item.mark.body, item.own_end)]
    for note, family in said:
        for k in family:
            known = {u.name for n in leaves[k].notes for u in n.units}
            if more := tuple(u for u in note.units if u.name not in known):
                leaves[k] = replace(leaves[k], notes=(*leaves[k].notes, replace(note, units=more)))
    return leaves


def _inner(root: Item) -> Iterator[Item]:
    """Items with sub-items, from the top."""
    stack = [root]
    while stack:
        item = stack.pop()
        if item.children:
            yield item
            stack += item.children


def _said_of_all(t: Text, start: int, end: int) -> Iterator[Note]:
    for m in _EVERYONE.finditer(t.norm, start, max(start, end)):
        if m.group("all") or m.group("each"):
            units = [u for u in read_units(t, m.start("u"), m.end("u"), _ROLES.get(m.group("v"), "joint")) if u.confidence > 0.6]
            if units:
                yield Note(m.start(), m.end(), tuple(units), (), "said of all")
