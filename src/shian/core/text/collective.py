"""Names that mean a set of units: 各成员单位, 各乡镇（街道）, 有关部门. The set stays live: whoever joins is meant too."""

from __future__ import annotations

import re
from typing import Literal

from .normal import compact

Collective = Literal["members", "townships", "streets", "departments", "places", "stations", "villages"]

_TOWN_END = r"(?:党委政府|党工委办事处|人民政府|政府|党委|党工委|办事处)*"
_RULES: tuple[tuple[Collective, str], ...] = (
    ("members", r".*成员单位"),
    ("stations", r"各?(?:市场监管|市场监督管理|市监|食药监|基层监管|基层)(?:所|站|分局)|各(?:基层)?(?:监管|市场)?所"),
    ("villages", r"各(?:行政)?村(?:社区|居委会|委会)?.*|各社区.*"),
    ("streets", rf"各街道?{_TOWN_END}|各?(?:街道)?(?:办事处|党工委)+|各街道办"),
    ("townships", rf"各(?:乡|镇)(?:镇|乡|街道?|街办|办事处|办|场|园区|农场|管委会|和|及)*{_TOWN_END}"),
    ("townships", r"(?:各镇办|各乡镇办|镇街|乡镇街道|属地乡镇.*|各镇街|各园区|各乡镇场街)"),
    ("places", r"各(?:地|市|县|区|州|县市|市县|市州|县区|地区|县市区|市县区|设区市|区县|区市|旗县|盟市|旗县区)+(?:区)?(?:人民)?(?:政府|党委政府)?(?:管委会)?"),
    ("departments", r"(?:各|县|区|市|省|州|级|直)*(?:有关|相关|各级|监管|职能|责任|牵头|行业主管|主管)+(?:职能|监管|责任)?(?:部门|单位|委办局)(?:单位)?"),
    ("departments", r"(?:县|区|市|省|州)[级直]各?(?:部门|单位)"),
    ("departments", r"各(?:部门|单位|委办局|职能部门|监管部门)"),
)
_COMPILED = [(kind, re.compile(pattern)) for kind, pattern in _RULES]


def collective(name: str) -> Collective | None:
    """Which set of units ``name`` means, or None for the name of a single unit."""
    text = compact(name)
    return next((kind for kind, pattern in _COMPILED if pattern.fullmatch(text)), None)
