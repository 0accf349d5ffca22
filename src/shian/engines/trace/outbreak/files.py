"""Open a file of any of the formats, judged by its content."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from shian.core.trace.outbreak.formats import FileContent, FileFlags, read_document
from shian.core.trace.outbreak.model import NetworkError
from shian.core.words import say

from .workbook import read_workbook


def read_file(path: Path) -> FileContent:
    """Read FoodChain-Lab JSON (v0, v1) or its all-in-one workbook. Raises :class:`NetworkError`."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith(b"PK"):
        return FileContent(read_workbook(path), FileFlags())
    try:
        document: Any = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise NetworkError(
            "file_type", say("%(name)s: 既不是 XLSX 也不是 JSON（%(error)s）", name=path.name, error=error)
        ) from error
    return read_document(document, path.name)
