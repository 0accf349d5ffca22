"""Places, units and people of the demo county. Also the cast of the test suite.

Nothing here is a real place, body or person; every place name says 演示.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from shian.kernel.people import actions as people
from shian.kernel.people.models import Unit, User
from shian.kernel.people.roles import load_roles
from shian.kernel.places import actions as places
from shian.kernel.places.models import Place
from shian.kernel.scopes import SYSTEM, Actor
from shian.kernel.scopes.queries import actor_for

PASSWORD = "tryout-2026-only"
"""Of every demo account; shown on the sign-in page in demo mode only."""

DEPARTMENTS = [
    "市场监督管理局",
    "农业农村局",
    "卫生健康局",
    "教育体育局",
    "公安局",
    "财政局",
    "民政局",
    "商务局",
    "发展和改革局",
    "工业和信息化局",
    "司法局",
    "自然资源局",
    "住房和城乡建设局",
    "文化广电和旅游局",
    "交通运输局",
    "城市管理局",
    "林业局",
    "人力资源和社会保障局",
    "粮食和物资储备中心",
    "供销合作社",
]
PARTY = ["委组织部", "委宣传部", "委政法委", "委统战部", "委网信办"]
COURTS = ["人民法院", "人民检察院"]
TOWNSHIPS = [
    ("东河镇", "township"),
    ("西岭镇", "township"),
    ("南湾乡", "township"),
    ("城关街道", "township"),
    ("产业集聚区", "zone"),
]

PEOPLE = [
    # username, name, post, unit key, role, what the sign-in page says
    ("shianban", "周敏", "科长", "office", "office", "看全县：导入计划、分解任务、审核督办"),
    ("shichangju", "李建国", "副局长", "市场监督管理局", "member", "办本局牵头和参与的任务"),
    ("nongyeju", "王秀英", "股长", "农业农村局", "member", "办本局牵头和参与的任务"),
    ("jiaoyuju", "赵磊", "股长", "教育体育局", "member", "办本局参与的任务"),
    ("donghe", "孙丽", "专干", "东河镇", "member", "办本镇的任务"),
    ("xiling", "吴强", "专干", "西岭镇", "member", "办本镇的任务"),
    ("shishianban", "陈静", "主任科员", "city", "reader", "上级：查看所辖各县（只读）"),
    ("guanliyuan", "刘洋", "管理员", "office", "admin", "管理本县的单位、用户、授权、区域"),
    ("pingtai", "何平", "平台管理员", "province", "platform", "维护全系统共用的日历和计划任务"),
]


@dataclass
class Cast:
    """Handles on what was made: ``units["市场监督管理局"]``, ``users["shianban"]``, ``actor("shianban")``."""

    county: Place
    city: Place
    other_county: Place
    places: dict[str, Place] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    password: str = PASSWORD

    def actor(self, username: str) -> Actor:
        return actor_for(User.unscoped.get(username=username))


def _place(name: str, kind: str, parent: Place | None, code: str = "", short: str = "") -> Place:
    return places.save_place(
        actor=SYSTEM, place=Place(name=name, kind=kind, parent=parent, code=code, short_name=short or name)
    )


def make_cast(*, password: str = PASSWORD, demo: bool = True) -> Cast:
    """Builds the whole cast once, on an empty database."""
    roles = load_roles()
    province = _place("演示省", "province", None, "990000")
    city = _place("演示市", "city", province, "990100")
    county = _place("演示县", "county", city, "990121")
    other = _place("邻演示县", "county", city, "990122")
    cast = Cast(county, city, other, places={"省": province, "市": city, "县": county}, password=password)
    for n, (name, kind) in enumerate(TOWNSHIPS, 1):
        cast.places[name] = _place(name, kind, county, f"990121{n:03d}000")
    for key, (name, kind, place, options) in _unit_rows(cast, province).items():
        unit = Unit(name=name, kind=kind, place=place, **options)
        cast.units[key] = people.save_unit(actor=SYSTEM, unit=unit)
    for username, name, title, key, role, _does in PEOPLE:
        user = User(username=username, name=name, unit=cast.units[key], title=title, is_demo=demo)
        people.save_user(actor=SYSTEM, user=user, password=password)
        people.grant(actor=SYSTEM, user=user, role=roles[role], places=_land(cast, key, role))
        cast.users[username] = user
    places.set_population(actor=SYSTEM, place=county, year=2020, persons=512300, source="演示数据")
    places.set_population(actor=SYSTEM, place=county, year=2026, persons=506800, source="演示数据")
    return cast


def find_cast() -> Cast:
    """The cast as it stands in the database (after :func:`make_cast`)."""
    by_name = {p.name: p for p in Place.unscoped.live()}
    cast = Cast(by_name["演示县"], by_name["演示市"], by_name["邻演示县"])
    cast.places = by_name | {"省": by_name["演示省"], "市": cast.city, "县": cast.county}
    rows = {(u.place_id, u.name): u for u in Unit.unscoped.live()}
    shadow = Cast(cast.county, cast.city, cast.other_county, places=cast.places)
    for key, (name, _kind, place, _options) in _unit_rows(shadow, by_name["演示省"]).items():
        cast.units[key] = rows[place.pk, name]
    cast.users = {u.username: u for u in User.unscoped.filter(username__in=[p[0] for p in PEOPLE])}
    return cast


def _land(cast: Cast, key: str, role: str) -> list[Place]:
    if role == "reader":
        return [cast.city]
    if role == "admin":
        return [cast.county]
    return [cast.units[key].place]


def _unit_rows(cast: Cast, province: Place) -> dict[str, tuple[str, str, Place, dict]]:
    """key → (name, kind, place, other columns) of every unit of the cast."""
    county = cast.county
    rows: dict[str, tuple[str, str, Place, dict]] = {
        "province": ("演示省食品安全委员会办公室", "office", province, {"short_name": "省食安办", "sort": 1}),
        "city": ("演示市食品安全委员会办公室", "office", cast.city, {"short_name": "市食安办", "sort": 1}),
        "neighbour": (
            "邻演示县食品安全委员会办公室",
            "office",
            cast.other_county,
            {"short_name": "县食安办", "sort": 1},
        ),
        "office": (
            "演示县食品安全委员会办公室",
            "office",
            county,
            {"short_name": "县食安办", "sort": 1, "member": True},
        ),
        "生态环境局": ("演示市生态环境局演示分局", "vertical", county, {"sort": 40, "member": True}),
    }
    for n, name in enumerate(DEPARTMENTS):
        rows[name] = (
            f"演示县{name}",
            "department",
            county,
            {"short_name": f"县{name}", "sort": 10 + n, "member": True},
        )
    for n, name in enumerate(PARTY):
        rows[name] = (
            f"中共演示县{name}",
            "party",
            county,
            {"short_name": f"县{name}", "sort": 50 + n, "member": True},
        )
    for n, name in enumerate(COURTS):
        short = {"short_name": f"县{name[2:]}", "sort": 60 + n, "member": True}
        rows[name] = (f"演示县{name}", "department", county, short)
    for n, (name, kind) in enumerate(TOWNSHIPS):
        seat = "管理委员会" if kind == "zone" else "办事处" if name.endswith("街道") else "人民政府"
        rows[name] = (f"{name}{seat}", "township", cast.places[name], {"short_name": name, "sort": 70 + n})
    for n, name in enumerate(["东河", "西岭", "南湾", "城关"]):
        rows[f"{name}所"] = (f"{name}市场监督管理所", "station", county, {"sort": 80 + n})
    return rows
