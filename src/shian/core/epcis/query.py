"""Queries as documents: a JSON object of parameters, or an EPCISQueryDocument that polls or subscribes (XML).

They hold no events; what can be checked is that every parameter exists and its value is of its kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shian.core.words import say

from .errors import Problem
from .jsonld.read import parse_json
from .model import Json
from .number import Number
from .schema import check_query, parameter
from .schema.labels import named
from .xml import is_xml
from .xml.names import QUERY
from .xml.parse import Node, parse_xml

_SCHEMA = "query-schema.json"
_REQUESTS = ("Poll", "Subscribe")


def query_problems(data: bytes) -> Sequence[Problem] | None:
    """The problems of the query in ``data``; ``None`` if it is none. Raises :class:`EpcisError` for bytes that are
    neither JSON nor XML."""
    return _xml_problems(data) if is_xml(data) else _json_problems(data)


def _json_problems(data: bytes) -> Sequence[Problem] | None:
    if _SCHEMA.encode() not in data:
        return None
    query: Any = parse_json(data)
    if type(query) is not dict or _SCHEMA not in str(query.get("@context")):
        return None
    return check_query(query)


def _xml_problems(data: bytes) -> Sequence[Problem] | None:
    if not any(name.encode() in data for name in _REQUESTS):
        return None
    root = parse_xml(data)
    body = root.child("EPCISBody")
    request = next((node for node in body or () if node.name in _REQUESTS and node.space in QUERY), None)
    if root.name != "EPCISQueryDocument" or root.space not in QUERY or request is None:
        return None
    path = f"epcisBody.{request.name}"
    problems: list[Problem] = []
    for name in ("queryName", "params"):
        if request.child(name) is None:
            problems.append(
                Problem(f"{path}.{name}", "schema.required", say("缺少必填字段 %(name)s", name=named(name)))
            )
    for index, param in enumerate(request.child("params") or ()):
        problems += [problem.below(f"{path}.params[{index}]") for problem in _param(param)]
    return problems


def _param(param: Node) -> Sequence[Problem]:
    named_by, value = param.child("name"), param.child("value")
    if named_by is None or not named_by.text.strip():
        return (Problem("name", "schema.required", "查询参数没有名称（name）"),)
    name = named_by.text.strip()
    if value is None:
        return (Problem("value", "schema.required", say("查询参数 %(name)s 没有值（value）", name=name)),)
    return [
        Problem("value", problem.rule, problem.message)
        for problem in check_query({name: _value(name, value)})
    ]


def _value(name: str, value: Node) -> Json:
    """The value of the parameter ``name``: what XML writes as text may be a number or a truth value in JSON."""
    if value.children:
        return [_typed(name, child.text.strip(), in_list=True) for child in value]
    return _typed(name, value.text.strip(), in_list=False)


def _typed(name: str, text: str, *, in_list: bool) -> Json:
    candidates: list[Json] = [text]
    if text in ("true", "false"):
        candidates.append(text == "true")
    if not text:
        candidates.append(None)
    try:
        candidates.append(Number.from_xsd(text))
    except ValueError:
        pass
    check = parameter(name)
    fits = (c for c in candidates if check is not None and not check([c] if in_list else c))
    return next(fits, text)
