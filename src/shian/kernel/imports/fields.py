"""What a workbook's columns may mean: the fields of the form, and those of its lines as ``findings.text``."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db import models

from shian.kernel.lines.feature import Children
from shian.kernel.resources.resource import Resource
from shian.kernel.ui.language import in_every_language

from .importable import Importable


def children(resource: Resource) -> Iterator[Children]:
    return (f for f in resource.features if isinstance(f, Children))


def offered(resource: Resource) -> dict[str, str]:
    """Name → label of everything a column may be mapped to, those of lines with the child's name before."""
    out = {name: resource.field_label(name) for name in resource.form_fields}
    for declared in children(resource):
        child = declared.child(resource)._meta
        out |= {
            f"{declared.name}.{n}": f"{child.verbose_name}：{child.get_field(n).verbose_name}"
            for n in declared.fields
        }
    return out


def known_headings(resource: Resource) -> dict[str, set[str]]:
    """Name → headings that mean it; a line's bare label only where nothing else is called so."""
    importable = resource.feature(Importable)
    known = {
        name: {
            name,
            *in_every_language(lambda n=name: resource.field_label(n)),
            *(importable.aliases.get(name, ()) if importable else ()),
        }
        for name in resource.form_fields
    }
    plain = {f"{d.name}.{n}": in_every_language(lambda d=d, n=n: _field(resource, d, n).verbose_name)
             for d in children(resource) for n in d.fields}  # fmt: skip
    for declared in children(resource):
        for name in declared.fields:
            key = f"{declared.name}.{name}"
            others = [*(known[n] for n in resource.form_fields), *(plain[k] for k in plain if k != key)]
            bare = plain[key] - set().union(*others)
            known[key] = {key, *bare, *in_every_language(lambda k=key: offered(resource)[k])}
    return known


def _field(resource: Resource, declared: Children, name: str) -> models.Field:
    return declared.child(resource)._meta.get_field(name)


def lined(resource: Resource, mapping: Collection[str]) -> list[Children]:
    """The kinds of lines that columns are mapped to."""
    heads = {name.partition(".")[0] for name in mapping if "." in name}
    return [declared for declared in children(resource) if declared.name in heads]
