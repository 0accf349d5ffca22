"""A made-up food economy for demonstrations, tests and benches (演示用食品流通数据): farms, packers, wholesalers,
markets, kitchens. Seeded: the same numbers give the same world. No person, place or firm in it exists; its
identifiers use the prefix that GS1 reserves for examples (952)."""

from ..economy.bulk import event_number, load, snapshot
from ..economy.documents import documents
from ..economy.world import World, generate

__all__ = ["World", "documents", "event_number", "generate", "load", "snapshot"]
