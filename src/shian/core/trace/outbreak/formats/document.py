"""A parsed JSON document of either version, judged by its content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shian.core.words import say

from ..model import Network, NetworkError
from .flags import FileFlags
from .json_v0 import is_v0, read_v0
from .json_v1 import read_v1


@dataclass(frozen=True)
class FileContent:
    """The tables of a file and the flags it carries."""

    network: Network
    flags: FileFlags


def read_document(document: Any, name: str = "JSON") -> FileContent:
    """Network and flags of FoodChain-Lab JSON, v0 or v1. Raises :class:`NetworkError`; ``name`` is the file's in words."""
    if not isinstance(document, dict):
        raise NetworkError("not_an_object", say("%(name)s: 应为一个 JSON 对象", name=name))
    try:
        if "data" in document:
            network, flags = read_v1(document)
        elif is_v0(document):
            network, flags = read_v0(document)
        elif "utxCore" in document:
            raise NetworkError(
                "utx",
                say("%(name)s: 是 UTX 文件，尚不能读；请先在 FoodChain-Lab 中打开并另存为 JSON", name=name),
            )
        else:
            raise NetworkError(
                "not_fcl",
                say("%(name)s: 不是 FoodChain-Lab 格式（缺少 data，也没有 stations/deliveries）", name=name),
            )
        flags.check(network.station_index, network.delivery_index)
    except (KeyError, TypeError, AttributeError) as error:
        raise NetworkError(
            "structure",
            say("%(name)s: 结构不符合 FoodChain-Lab 格式（%(error)s）", name=name, error=repr(error)),
        ) from error
    return FileContent(network, flags)
