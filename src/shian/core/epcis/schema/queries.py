"""The parameters of a query and their values: the rules of the ratified EPCIS 2.0 query schema (EPCIS 2.0 §8.2.7.1).

Sixty parameters are called by name; the others are families, such as ``GE_value_CEL`` (a sensor value in degrees) or
``EQ_ILMD_ex:harvest`` (an extension). A query is a JSON object of them, all of which must hold.
"""

from __future__ import annotations

import re
from typing import Any

from shian.core.words import say

from ..errors import Problem, shown
from ..number import Number
from .checks import FINE, Check, Problems, array, boolean, date_time, fail, kind, number, one_of, text, uri
from .events import ACTION, biz_step, context, disposition, error_reason, event_type, measurement
from .labels import meant


def _integer(value: Any) -> Problems:
    if type(value) is not Number:
        return kind(Number, value)
    return (
        FINE
        if value == value.to_integral_value()
        else fail("type", say("应为整数，实为：%(value)s", value=value))
    )


def _nothing(value: Any) -> Problems:
    """``EXISTS_…`` says all in its name; JSON gives it ``null`` or a number, which mean nothing."""
    return FINE if value is None else _integer(value)


def _number_or_time(value: Any) -> Problems:
    return FINE if type(value) is Number else date_time(value)


def _any_of_texts(value: Any) -> Problems:
    return array(text)(value) if type(value) is list else _number_or_time(value)


_uris, _texts, _numbers = array(uri), array(text), array(number)
_COMPARED = ("GT", "GE", "LT", "LE")


def _named(prefixes: tuple[str, ...], names: str, check: Check) -> dict[str, Check]:
    return {f"{prefix}_{name}": check for prefix in prefixes for name in names.split()}


PARAMETERS: dict[str, Check] = {
    "@context": context,
    "eventType": array(event_type),
    "EQ_action": array(ACTION),
    "EQ_bizStep": array(biz_step),
    **_named(
        ("EQ",), "disposition persistentDisposition_set persistentDisposition_unset", array(disposition)
    ),
    "EQ_errorReason": array(error_reason),
    "EQ_type": array(measurement),
    **_named(("GE", "LT"), "eventTime recordTime errorDeclaration_Time time startTime endTime", date_time),
    "EQ_quantity": _numbers,
    **_named(_COMPARED, "quantity percRank", number),
    **_named(("EQ", "WD"), "readPoint bizLocation", _uris),
    **_named(("MATCH",), "epc parentID inputEPC outputEPC anyEPC", _uris),
    **_named(("MATCH",), "epcClass inputEPCClass outputEPCClass anyEPCClass", _uris),
    **_named(
        ("EQ",),
        "transformationID eventID correctiveEventID deviceID dataProcessingMethod microorganism chemicalSubstance"
        " bizRules uriValue",
        _uris,
    ),
    **_named(("EQ",), "stringValue hexBinaryValue", _texts),
    "EQ_booleanValue": boolean,
    **_named(("EXISTS",), "errorDeclaration sensorElementList", _nothing),
    "orderBy": text,
    "orderDirection": one_of(["ASC", "DESC"]),
    "eventCountLimit": _integer,
    "maxEventCount": _integer,
}
"""Parameters called by name."""

_FIELD = r"[a-z][a-zA-Z0-9]*:[A-Za-z0-9_]+"
_INSIDE = r"(?:INNER_)?(?:(?:ILMD|ERROR_DECLARATION|SENSORELEMENT|SENSORMETADATA|SENSORREPORT)_)?"
_FAMILIES: tuple[tuple[re.Pattern[str], Check], ...] = tuple(
    (re.compile(pattern), check)
    for pattern, check in (
        (r"EQ_(?:bizTransaction|source|destination)_[a-z][a-zA-Z0-9_]+", _uris),
        (r"EQ_(?:value|quantity)_[A-Z0-9]{2,4}", _numbers),
        (r"(?:GT|GE|LT|LE)_(?:value|quantity|minValue|maxValue|meanValue|sDev)_[A-Z0-9]{2,4}", number),
        (r"(?:GT|GE|LT|LE)_percValue_[A-Z0-9]{2,4}", number),
        (rf"EQ_(?:{_INSIDE}|(?:INNER_)?(?:readPoint|bizLocation)_){_FIELD}", _any_of_texts),
        (rf"(?:GT|GE|LT|LE)_{_INSIDE}{_FIELD}", _number_or_time),
        (
            rf"EXISTS_(?:(?:INNER_)?(?:ILMD_|ERROR_DECLARATION_)?|SENSOR(?:ELEMENT|METADATA|REPORT)_){_FIELD}",
            _nothing,
        ),
        (rf"HASATTR_{_FIELD}", _texts),
        (r"EQ_ATTR_[A-Za-z0-9_]+_[A-Za-z0-9_]+", _any_of_texts),
    )
)


def check_query(query: dict[str, Any]) -> Problems:
    """What the query schema has against the parameters of ``query``."""
    problems: list[Problem] = []
    for name, value in query.items():
        check = parameter(name)
        if check is None:
            message = say(
                "没有这个查询参数：%(name)s%(hint)s", name=shown(name, 60), hint=meant(name, PARAMETERS)
            )
            problems.append(Problem(shown(name, 60), "query.parameter", message))
        else:
            problems += [problem.below(name) for problem in check(value)]
    return problems


def parameter(name: str) -> Check | None:
    """The check of the values of the parameter called ``name``; none if there is no such parameter."""
    if (check := PARAMETERS.get(name)) is not None:
        return check
    return next((check for pattern, check in _FAMILIES if pattern.fullmatch(name)), None)
