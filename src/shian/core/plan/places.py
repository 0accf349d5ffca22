"""Places in headings: which level of government a name belongs to.

Prefecture-level cities are listed (GB/T 2260); every other 市 that is not a municipality is a
county-level city (县级市).
"""

from __future__ import annotations

import re

from .model import Level

MUNICIPALITIES = frozenset(("北京市", "天津市", "上海市", "重庆市"))
_PREFECTURE_NAMES = """
石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁 呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔
巴彦淖尔 乌兰察布 沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛 长春 吉林 四平 辽源 通化 白山 松原 白城 哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆
伊春 佳木斯 七台河 牡丹江 黑河 绥化 南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 合肥
芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城 福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德 南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安
宜春 抚州 上饶 济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽 莱芜 郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡
南阳 商丘 信阳 周口 驻马店 武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 广州 韶关
深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮 南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾
崇左 海口 三亚 三沙 儋州 成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 贵阳 六盘水 遵义 安顺 毕节 铜仁 昆明 曲靖 玉溪
保山 昭通 丽江 普洱 临沧 拉萨 日喀则 昌都 林芝 山南 那曲 西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛 兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西
陇南 西宁 海东 银川 石嘴山 吴忠 固原 中卫 乌鲁木齐 克拉玛依 吐鲁番 哈密
"""
PREFECTURES = frozenset(_PREFECTURE_NAMES.split())
_PLACE = re.compile(
    r"(?P<p>[\u4e00-\u9fff]{2,3}省|内蒙古自治区|广西壮族自治区|西藏自治区|宁夏回族自治区|新疆维吾尔自治区|北京市|天津市|上海市|重庆市)?"
    r"(?P<c>[\u4e00-\u9fff]{2,6}?市(?![场民政容辖直区级委])|[\u4e00-\u9fff]{2,12}?自治州|[\u4e00-\u9fff]{2,8}?盟|[\u4e00-\u9fff]{2,5}?地区|[\u4e00-\u9fff]{2,3}州(?=政府|人民|食|委|安))?"
    r"(?P<k>[\u4e00-\u9fff]{1,12}?(?:自治县|自治旗|林区|特区|新区|开发区|高新区|管理区|示范区)|[\u4e00-\u9fff]{1,5}?(?:县|区|旗|市(?![场民政容辖直区级]))(?![域块])|[\u4e00-\u9fff]{1,3}?市(?=市))?"
)
_NO_PLACE = re.compile(r"全|我|本|各|食品|安全|工作|创建|社区|景区|校区|小区|城区工|市场|城市|超市|都市|上市|开展|关于|印发|年|国务|农村|乡村|地区性|重点|部门|监管|建设(?!区)|治理|推进|加强|提升|实施")


def find_place(words: str) -> str | None:
    """The chain of places that ``words`` begins with (昆明市晋宁区), as printed."""
    m = _PLACE.match(words)
    if m is None or not m.group():
        return None
    parts = [m.group(g) for g in ("p", "c", "k") if m.group(g)]
    while parts and _NO_PLACE.search(parts[-1]):
        parts.pop()
    if not parts or _NO_PLACE.search("".join(parts)):
        return None
    return "".join(parts)


def level_of(place: str) -> Level | None:
    """Level of the last place of a chain."""
    m = _PLACE.match(place)
    if m is None:
        return None
    if m.group("k") and m.group("k") != place:
        return "county"
    if m.group("k"):
        return "county" if not place.endswith("市") else _level_of_city(place)
    if m.group("c"):
        if not m.group("c").endswith("市"):
            return "city"
        return _level_of_city(m.group("c"))
    return "province" if m.group("p") else None


def _level_of_city(name: str) -> Level:
    if name in MUNICIPALITIES:
        return "province"
    return "city" if name[:-1] in PREFECTURES else "county"
