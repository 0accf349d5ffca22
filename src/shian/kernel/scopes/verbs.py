"""The closed list of verbs: what a role may name, what the change log says, what rights are asked for.

A verb is ``<model>.<word>``. Resources declare theirs (view, create, edit …), flows theirs, actions the rest; a verb
that nobody declared cannot be asked for (:class:`UnknownVerb`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

GENERIC: Mapping[str, str] = {
    "view": gettext_lazy("查看"),
    "create": gettext_lazy("新增"),
    "edit": gettext_lazy("修改"),
    "save": gettext_lazy("保存"),
    "retire": gettext_lazy("停用"),
    "restore": gettext_lazy("恢复"),
    "import": gettext_lazy("导入"),
    "undo": gettext_lazy("撤销导入"),
    "export": gettext_lazy("导出"),
    "attach": gettext_lazy("添加附件"),
    "detach": gettext_lazy("移除附件"),
}
"""Words of verbs that many models share."""

INSTALLATION = "installation.change"
"""What a row without a place asks besides its own verb: it belongs to the whole installation."""


class UnknownVerb(LookupError):
    """A verb outside the closed list: a mistake of the program, never of a person."""


@dataclass(frozen=True)
class Verb:
    """``own``: needs no grant on a row of one's own (one's jobs, uploads, saved filters, import sessions)."""

    name: str
    label: str
    own: bool = False


_verbs: dict[str, Verb] = {}


def declare(names: Mapping[str, str], *, own: bool = False) -> None:
    """Adds ``{"task.report": "报送进展", …}`` to the list; declaring again replaces."""
    for name, label in names.items():
        _verbs[name] = Verb(name, label, own)


def declare_generic(model: str, words: Iterable[str]) -> None:
    """Adds ``<model>.<word>`` for each of ``words``; what is declared already keeps its label."""
    for word in words:
        _verbs.setdefault(f"{model}.{word}", Verb(f"{model}.{word}", GENERIC[word]))


def withdraw(model: str, words: Iterable[str]) -> None:
    """Takes back what :func:`declare_generic` added."""
    for word in words:
        _verbs.pop(f"{model}.{word}", None)


def find(name: str) -> Verb:
    """Raises :class:`UnknownVerb`."""
    try:
        return _verbs[name]
    except KeyError:
        raise UnknownVerb(f"verb {name!r} is declared nowhere") from None


def known() -> dict[str, Verb]:
    return dict(_verbs)


def label(name: str) -> str:
    """A verb as a person reads it; an undeclared one of old records by its last word, else as it stands."""
    found = _verbs.get(name)
    word = found.label if found else GENERIC.get(name.rsplit(".", 1)[-1], "")
    return _(str(word)) if word else name


declare({INSTALLATION: gettext_lazy("维护全系统共用的数据")})
