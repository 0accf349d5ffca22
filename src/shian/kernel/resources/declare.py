"""What an app's ``resources.py`` needs to declare its entities."""

from .registry import all_resources, get, register, unregister
from .resource import Column, Condition, Panel, Resource, Section, resource_from

__all__ = [
    "Column",
    "Condition",
    "Panel",
    "Resource",
    "Section",
    "all_resources",
    "get",
    "register",
    "resource_from",
    "unregister",
]
