"""Places in headings: which level of government a name belongs to.

Whether a 市 is a prefecture or a county-level city (县级市) is looked up; where it is in no list, the
text tells: a city with 各县（区） below it is a prefecture, one with townships below it a county.
"""

from __future__ import annotations

import re

from .divisions import COUNTY_CITIES, MUNICIPALITIES, PREFECTURES
from .model import Level

_PLACE = re.compile(
    r"(?P<p>[\u4e00-\u9fff]{2,3}省|内蒙古自治区|广西壮族自治区|西藏自治区|宁夏回族自治区|新疆维吾尔自治区|北京市|天津市|上海市|重庆市)?"
    r"(?P<c>[\u4e00-\u9fff]{2,6}?市(?![场民政容辖直区级委])|[\u4e00-\u9fff]{2,12}?自治州|[\u4e00-\u9fff]{2,8}?盟|[\u4e00-\u9fff]{2,5}?地区|[\u4e00-\u9fff]{2,3}州(?=政府|人民|食|委|安))?"
    r"(?P<k>[\u4e00-\u9fff]{1,12}?(?:自治县|自治旗|林区|特区|新区|开发区|高新区|管理区|示范区)|[\u4e00-\u9fff]{1,5}?(?:县|区|旗(?![区县镇])|市(?![场民政容辖直区级]))(?![域块])|[\u4e00-\u9fff]{1,3}?市(?=市))?"
    r"(?P<t>[\u4e00-\u9fff]{1,8}?(?:街道|镇(?![江海平赉宁雄坪康巴沅原])|乡(?![村镇域])))?"
)
_NO_PLACE = re.compile(r"^(?:乡镇|镇街|镇|乡|街道)$|全|我|本|各|食品|安全|工作|创建|社区|景区|校区|小区|^(?:城市|都市|超市|上市|市场)$|开展|关于|印发|年|国务|农村|乡村|地区性|重点|部门|监管|建设(?!区)|治理|推进|加强|提升|实施")


def find_place(words: str) -> str | None:
    """The chain of places that ``words`` begins with (昆明市晋宁区), as printed."""
    m = _PLACE.match(words)
    if m is None or not m.group():
        return None
    parts = [m.group(g) for g in ("p", "c", "k", "t") if m.group(g)]
    while parts and _NO_PLACE.search(parts[-1]):
        parts.pop()
    if not parts or _NO_PLACE.search("".join(parts)):
        return None
    return "".join(parts)


_HAS_COUNTIES = re.compile(r"各县|各区县|各区(?!域|块)|县（市|县（区|县区|区县|市辖区|县市区|区（市")
_HAS_TOWNSHIPS = re.compile(r"各乡|各镇|乡镇|镇街|街道办|镇（街")


def level_of(place: str, context: str = "") -> Level | None:
    """Level of the last place of a chain; ``context`` is the plan's text, for cities in no list."""
    m = _PLACE.match(place)
    if m is None:
        return None
    if m.group("t"):
        return "township"
    if m.group("k") and m.group("k") != place:
        return "county"
    if m.group("k"):
        return "county" if not place.endswith("市") else _level_of_city(place, context)
    if m.group("c"):
        if not m.group("c").endswith("市"):
            return "city"
        return _level_of_city(m.group("c"), context)
    return "province" if m.group("p") else None


def _level_of_city(name: str, context: str) -> Level:
    if name in MUNICIPALITIES:
        return "province"
    if name[:-1] in PREFECTURES:
        return "city"
    if name[:-1] in COUNTY_CITIES:
        return "county"
    if _HAS_COUNTIES.search(context) is None and _HAS_TOWNSHIPS.search(context) is not None:
        return "county"
    return "city"
