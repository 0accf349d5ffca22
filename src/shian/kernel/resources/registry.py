"""The resources served right now. Registering one takes effect at once, without a restart."""

from __future__ import annotations

from ..flows import registry as flows
from ..scopes import verbs
from ..search import registry as search
from .checks import check
from .resource import Resource

_resources: dict[str, Resource] = {}


def register(resource: Resource) -> Resource:
    """Serves ``resource`` under its name; a later declaration of the same name replaces the earlier.

    Raises ValueError when the declaration names what does not exist.
    """
    check(resource)
    if resource.case is not None:
        case = flows.put(resource.case)
        verbs.declare({case.permission(t.verb): t.label for t in case.flow.transitions})
    _resources[resource.name] = resource
    verbs.declare_generic(resource.model._meta.model_name, resource.words)
    _make_searchable(resource.model)
    return resource


def unregister(name: str) -> None:
    gone = _resources.pop(name, None)
    if gone is not None:
        kept = {word for r in _resources.values() if r.model is gone.model for word in r.words}
        own = {*gone.words, *(gone.case.flow.verb if gone.case else ())}
        verbs.withdraw(gone.model._meta.model_name, own - kept)
        flows.drop(name)
        _make_searchable(gone.model)


def _make_searchable(model) -> None:
    """The global index follows the first resource of a model that declares a search; none: not indexed."""
    resource = next((r for r in _resources.values() if r.model is model and r.search), None)
    if resource is None:
        search.unregister(model)
    else:
        search.register(model, resource.search, url=resource.url, subtitle=lambda _obj: resource.label)


def get(name: str) -> Resource:
    """Raises KeyError when no such resource is served."""
    return _resources[name]


def all_resources() -> list[Resource]:
    return list(_resources.values())


def for_model(model) -> Resource | None:
    return next((r for r in _resources.values() if r.model is model), None)
