"""What proofs ask of a log, wherever it lies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol


class Proving(Protocol):
    """A log that proves its entries."""

    @property
    def origin(self) -> str: ...

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]: ...


class Growing(Proving, Protocol):
    """A log that takes entries as well."""

    def find(self, digest: bytes) -> int | None: ...

    def append(self, leaf_digests: Iterable[bytes]) -> tuple[int, int]: ...
