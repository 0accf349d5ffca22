"""What an app's ``resources.py`` needs to declare its entities."""

from ..flows.declare import Verb
from .parts import Actions, Column, Condition, Feature, Panel, Section
from .registry import all_resources, get, register, unregister
from .resource import Resource, resource_from

__all__ = [
    "Actions",
    "Column",
    "Condition",
    "Feature",
    "Panel",
    "Resource",
    "Section",
    "Verb",
    "all_resources",
    "get",
    "register",
    "resource_from",
    "unregister",
]
