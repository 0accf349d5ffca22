"""What an app's ``resources.py`` needs to declare its entities."""

from .export import Exportable
from .parts import Actions, Column, Condition, Feature, Panel, Section
from .registry import all_resources, get, register, unregister
from .resource import Resource, resource_from

__all__ = [
    "Actions",
    "Column",
    "Condition",
    "Exportable",
    "Feature",
    "Panel",
    "Resource",
    "Section",
    "all_resources",
    "get",
    "register",
    "resource_from",
    "unregister",
]
