"""The resources served right now. Registering one takes effect at once, without a restart."""

from __future__ import annotations

from ..search import registry as search
from .resource import Resource

_resources: dict[str, Resource] = {}


def register(resource: Resource) -> Resource:
    """Serves ``resource`` under its name; a later declaration of the same name replaces the earlier."""
    _resources[resource.name] = resource
    if resource.search:
        search.register(
            resource.model, resource.search, url=resource.url, subtitle=lambda _obj: resource.label
        )
    return resource


def unregister(name: str) -> None:
    gone = _resources.pop(name, None)
    if gone is not None and gone.search:
        search.unregister(gone.model)


def get(name: str) -> Resource:
    """Raises KeyError when no such resource is served."""
    return _resources[name]


def all_resources() -> list[Resource]:
    return list(_resources.values())


def for_model(model) -> Resource | None:
    return next((r for r in _resources.values() if r.model is model), None)
