"""A year of work in 演示县: a plan imported, published and worked on by the demo's cast."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from operator import itemgetter

from shian.kernel import day
from shian.kernel.day import written_on
from shian.kernel.scopes import Actor, GrantView, system
from shian.kernel.scopes.models import Role

from .. import actions, queries
from ..models import Document, Milestone, Target, Task
from .photos import hang

ISSUED = dt.date(2026, 3, 6)
"""The day of the plan, and of its publication here."""


@dataclass(frozen=True)
class Report:
    """``who`` reports on task ``no`` ``days`` before today; ``then``: accept, return or nothing."""

    no: str
    who: str
    days: int
    text: str
    percent: int = 0
    final: bool = False
    then: str = ""
    note: str = ""


REPORTS = [
    Report("（三）", "市场监督管理局", 60, "全县23家规模以上食品生产企业全部提交自查报告；抽查考核管理人员118人。", 70, then="accept"),
    Report("（四）", "office", 24, "评议考核已完成现场评议，正在汇总得分。", 80, then="accept"),
    Report("（五）", "农业农村局", 50, "完成重点地块土壤采样86个，配合编制治理方案。", 60, then="accept"),
    Report("（六）", "农业农村局", 40, "举办减量增效培训6期，发布病虫情报12期。", 75, then="accept"),
    Report("（七）", "农业农村局", 35, "新建省级追溯点4个，合格证开具率88%。", 65, then="accept"),
    Report("（七）", "农业农村局", 3, "新增追溯点2个，累计6个；开具率升至91%。", 90),
    Report("（九）", "教育体育局", 70, "完成秋季开学前学校食堂全覆盖检查，互联网+明厨亮灶接入137所，剩5所教学点。", 96, then="accept"),
    Report("（九）", "市场监督管理局", 68, "检查校园周边食品经营者412户，责令整改37户。", 100, final=True, then="accept"),
    Report("（十）", "东河镇", 20, "备案农村集体聚餐46起，现场指导41起。", 80, then="accept"),
    Report("（十）", "西岭镇", 6, "备案农村集体聚餐19起。", 60, then="return", note="请补充未备案聚餐的处置情况和佐证材料"),
    Report("（十一）", "市场监督管理局", 12, "登记建档小作坊203家，尚有18家正在补正材料。", 90),
    Report("（十三）", "市场监督管理局", 30, "已检查保健食品经营企业87家，占应检的78%。", 78, then="accept"),
    Report("（十五）", "市场监督管理局", 45, "完成抽检1760批次，合格率98.4%。", 86, then="accept"),
    Report("（十五）", "农业农村局", 44, "配合完成食用农产品抽样320批次。", 90, then="accept"),
    Report("（十五）", "市场监督管理局", 2, "完成抽检2041批次（4.03批次/千人），全年任务完成，请予办结。", final=True),
    Report("（十六）", "农业农村局", 15, "完成定量检测585批次，合格583批次。", 97, then="accept"),
    Report("（十八）", "公安局", 26, "立案侦办食品犯罪案件7起，抓获犯罪嫌疑人11名。", 80, then="accept"),
    Report("（二十）", "市场监督管理局", 18, "检查农村食品经营户836户次，查扣假冒食品120余公斤。", final=True, then="accept"),
    Report("（二十二）", "市场监督管理局", 10, "受理投诉举报642件，按期办结642件。", 88, then="accept"),
    Report("（二十三）", "市场监督管理局", 16, "集体用餐配送单位已全部投保，学校食堂投保率48%。", 55, then="return", note="请分校报投保清单"),
    Report("（十九）", "人民检察院", 150, "修订稿已印发，联席会议于6月18日召开。", 100, final=True, then="accept"),
    Report("（十九）", "公安局", 149, "已按新办法移送线索2条。", 100, final=True, then="accept"),
    Report("（十九）", "司法局", 149, "完成合法性审查。", 100, final=True, then="accept"),
    Report("（十九）", "市场监督管理局", 148, "已按新办法执行。", 100, final=True, then="accept"),
    Report("（二十一）", "委宣传部", 55, "组织宣传周启动仪式，县融媒体刊播32条。", 100, final=True, then="accept"),
    Report("（二十一）", "市场监督管理局", 54, "开展“五进”活动34场次，发放资料1.2万份。", 100, final=True, then="accept"),
]  # fmt: skip

VALUES = [
    ("（三）", "自查报告率", "100", 60),
    ("（三）", "抽查考核", "96.3", 60),
    ("（七）", "开具率", "91", 3),
    ("（七）", "追溯点", "6", 3),
    ("（九）", "明厨亮灶", "96.5", 70),
    ("（十）", "备案率", "93.1", 20),
    ("（十五）", "抽检量", "3.47", 45),
    ("（十五）", "抽检量", "4.03", 2),
    ("（十五）", "合格率", "98.4", 2),
    ("（十五）", "处置率", "100", 2),
    ("（十六）", "检测", "585", 15),
    ("（十六）", "合格率", "99.7", 15),
    ("（二十）", "户", "836", 18),
    ("（二十二）", "办结率", "100", 10),
]
"""(task, part of the target's subject or quote, value, days before today)."""


Event = tuple[dt.date, Callable[[], object]]
"""What happened on a day."""


def load_county(cast, today: dt.date) -> Document:
    """演示县2026年食品安全重点工作计划: imported, published, and worked on by the cast, each step dated when it happened."""
    office = cast.actor("shianban")
    text = files(__package__).joinpath("plan-2026.txt").read_text("utf-8")
    issued = min(ISSUED, today)
    with written_on(issued):
        document = actions.import_document(
            actor=office,
            place=cast.county,
            text=text,
            filename="演示县2026年食品安全重点工作计划.txt",
            today=today,
        )
        actions.accept_all(actor=office, document=document)
        actions.publish(actor=office, document=document)
    with system("demo data"):
        tasks = {t.no: t for t in Task.objects.filter(document=document, parent=None)}
        parts = (_receive, _decide, _report, _values, _series, _milestones)
        events = [event for part in parts for event in part(cast, tasks, today)]
        for on, act in sorted([*events, *_instruction(cast, today)], key=itemgetter(0)):
            with written_on(min(max(on, issued), today)):
                act()
    return document


def _actor(cast, key: str):
    """Somebody of the unit: its user where the cast has one, else somebody with the rights of a member unit."""
    unit = cast.units[key]
    user = next((u for u in cast.users.values() if u.is_demo and u.unit_id == unit.pk and u.username != "guanliyuan"), None)
    if user is not None:
        return cast.actor(user.username)
    with system("demo data"):
        member = Role.objects.get(code="member")
    grant = GrantView(tuple(member.permissions), (unit.place.path,), role=member.code)
    return Actor(None, "经办人", unit.pk, unit.name, unit.place_id, unit.place.path, grants=(grant,))


def _fresh(task: Task) -> Task:
    return Task.objects.select_related("place", "document").get(pk=task.pk)


def _receive(cast, tasks: dict[str, Task], today: dt.date) -> Iterator[Event]:
    for n, no in enumerate(("（三）", "（六）", "（十二）", "（十四）", "（十六）", "（十七）")):
        key = next((k for k, u in cast.units.items() if u.pk == tasks[no].lead_id), "office")
        yield ISSUED + dt.timedelta(2 + n), partial(_received, cast, key, tasks[no])


def _received(cast, key: str, task: Task) -> None:
    actions.receive(actor=_actor(cast, key), task=_fresh(task))


def _report(cast, tasks: dict[str, Task], today: dt.date) -> Iterator[Event]:
    for row in REPORTS:
        yield today - dt.timedelta(row.days), partial(_reported, cast, tasks[row.no], row)


def _reported(cast, task: Task, row: Report) -> None:
    office = cast.actor("shianban")
    made = actions.report(
        actor=_actor(cast, row.who), task=_fresh(task), text=row.text, percent=row.percent, final=row.final
    )
    made.task = _fresh(task)
    if row.then == "accept":
        actions.accept(actor=office, progress=made)
    elif row.then == "return":
        actions.return_report(actor=office, progress=made, reason=row.note)


def _values(cast, tasks: dict[str, Task], today: dt.date) -> Iterator[Event]:
    for no, words, value, days in VALUES:
        yield today - dt.timedelta(days), partial(_valued, cast, tasks[no], words, value)


def _valued(cast, task: Task, words: str, value: str) -> None:
    target = next(t for t in Target.objects.filter(task=task).order_by("pk") if words in t.subject + t.quote)
    key = next((k for k, u in cast.units.items() if u.pk == task.lead_id), "市场监督管理局")
    key = {"（九）": "教育体育局", "（十）": "东河镇"}.get(task.no, key)
    target.task = _fresh(task)
    if target.task.status in queries.OWED:
        actions.report_value(actor=_actor(cast, key), target=target, value=value, as_of=day.today())


def _decide(cast, tasks: dict[str, Task], today: dt.date) -> Iterator[Event]:
    """An extension, a suspension and a changed target, each with its document."""
    office, year = cast.actor("shianban"), today.year

    def extend() -> None:
        actions.decide(
            actor=office, task=_fresh(tasks["（九）"]), kind="extend", due=max(dt.date(2026, 12, 15), today + dt.timedelta(20)),
            reason="5所教学点网络改造由通信企业排期，年内分批接入", number="演食安办〔2026〕11号",
        )  # fmt: skip

    def suspend() -> None:
        actions.decide(
            actor=office, task=_fresh(tasks["（十四）"]), kind="suspend", reason="餐厨废弃物处置中心改扩建，收运协议暂停签订",
            number="演食安办〔2026〕14号",
        )  # fmt: skip

    def change() -> None:
        target = Target.objects.filter(task=tasks["（十六）"], unit_text="批次").first()
        target.task = _fresh(tasks["（十六）"])
        actions.decide_target(
            actor=office, target=target, kind="change", value=620, reason="省级下达补充例行监测任务20批次",
            number="演食安办〔2026〕12号",
        )  # fmt: skip

    yield dt.date(year, 8, 28), extend
    yield dt.date(year, 9, 18), suspend
    yield dt.date(year, 9, 2), change


def _series(cast, tasks: dict[str, Task], today: dt.date) -> Iterator[Event]:
    """Past periods of recurring tasks are closed a few days after they ended, except the last one."""
    office = cast.actor("shianban")
    for task in tasks.values():
        past = list(Task.objects.filter(parent=task, due__lt=today).order_by("due"))
        for instance in past[:-1]:
            yield instance.due + dt.timedelta(3), partial(_closed, office, instance)


def _closed(office, instance: Task) -> None:
    actions.close(actor=office, task=_fresh(instance), note="资料齐全")


def _milestones(cast, tasks: dict[str, Task], today: dt.date) -> Iterator[Event]:
    office = cast.actor("shianban")
    past = Milestone.objects.filter(task__in=tasks.values(), due__lt=today - dt.timedelta(30))
    for row in past:
        yield row.due - dt.timedelta(3), partial(_finished, office, row.pk)


def _finished(office, pk: int) -> None:
    row = Milestone.objects.select_related("task__place").get(pk=pk)
    if row.task.status in queries.OWED:
        actions.finish_milestone(actor=office, milestone=row, on=row.due - dt.timedelta(3))


def _instruction(cast, today: dt.date) -> Iterator[Event]:
    """A leader's instruction and a finding of the upper level, in the same ledger."""
    office = cast.actor("shianban")

    def instruct() -> None:
        letter = actions.create_document(
            actor=office, place=cast.county, kind="instruction", title="关于开展冬季农村聚餐安全检查的批示（演示）",
            number="县领导批示〔2026〕27号", year=today.year, date=today - dt.timedelta(5),
        )  # fmt: skip
        actions.create_task(
            actor=office, document=letter, title="开展冬季农村集体聚餐安全检查", due=today + dt.timedelta(4),
            text="对承办厨师健康证明、原料来源和留样情况开展检查，检查情况报县食安办。",
            parties=[
                {"unit_id": cast.units["市场监督管理局"].pk, "role": "lead", "part": "检查和技术指导"},
                {"set": "townships", "role": "joint", "part": "聚餐申报和现场管理"},
            ],
        )  # fmt: skip

    def find() -> None:
        finding = actions.create_document(
            actor=office, place=cast.county, kind="finding", title="市级督查反馈问题清单（演示）",
            number="市食安办督查〔2026〕6号", year=today.year, date=today - dt.timedelta(20),
        )  # fmt: skip
        task = actions.create_task(
            actor=office, document=finding, title="整改学校食堂留样不规范问题", due=today,
            text="反馈：3所学校食堂留样量不足、未记录时间。", parties=[{"unit_id": cast.units["教育体育局"].pk, "role": "lead"}],
        )  # fmt: skip
        unit = _actor(cast, "教育体育局")
        hang(unit, actions.receive(actor=unit, task=task))

    yield today - dt.timedelta(20), find
    yield today - dt.timedelta(5), instruct
