"""Open a file of any of the formats, judged by its content."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..model import Network, NetworkError
from .flags import FileFlags
from .json_v0 import is_v0, read_v0
from .json_v1 import read_v1
from .workbook import read_workbook


@dataclass(frozen=True)
class FileContent:
    """The tables of a file and the flags it carries."""

    network: Network
    flags: FileFlags


def read_file(path: Path) -> FileContent:
    """Read FoodChain-Lab JSON (v0, v1) or its all-in-one workbook. Raises :class:`NetworkError`."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith(b"PK"):
        return FileContent(read_workbook(path), FileFlags())
    try:
        document: Any = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise NetworkError(f"{path.name}: 既不是 XLSX 也不是 JSON（{error}）") from error
    return read_document(document, path.name)


def read_document(document: Any, name: str = "JSON") -> FileContent:
    """The same for JSON that is already parsed."""
    if not isinstance(document, dict):
        raise NetworkError(f"{name}: 应为一个 JSON 对象")
    try:
        if "data" in document:
            network, flags = read_v1(document)
        elif is_v0(document):
            network, flags = read_v0(document)
        elif "utxCore" in document:
            raise NetworkError(f"{name}: 是 UTX 文件，尚不能读；请先在 FoodChain-Lab 中打开并另存为 JSON")
        else:
            raise NetworkError(f"{name}: 不是 FoodChain-Lab 格式（缺少 data，也没有 stations/deliveries）")
        flags.check(network.station_index, network.delivery_index)
    except (KeyError, TypeError, AttributeError) as error:
        raise NetworkError(f"{name}: 结构不符合 FoodChain-Lab 格式（{error!r}）") from error
    return FileContent(network, flags)
