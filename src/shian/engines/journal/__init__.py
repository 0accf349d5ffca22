"""The event journal (追溯事件日志): append-only, idempotent, safe against a crash at any instruction."""

from .model import Behaviour, Item, Observer, Receipt, Status, Stored, View
from .store import Journal

__all__ = ["Behaviour", "Item", "Journal", "Observer", "Receipt", "Status", "Stored", "View"]
