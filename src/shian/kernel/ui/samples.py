"""Invented data for the style guide: every component in every state, all names fictitious."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils import timezone

TODAY = dt.date(2026, 11, 20)


def _moment(days: int, hour: int = 9) -> dt.datetime:
    day = dt.datetime.combine(TODAY + dt.timedelta(days), dt.time(hour, 30))
    return timezone.make_aware(day)


STATES = [
    {"label": "草稿", "tone": "neutral", "icon": "pencil"},
    {"label": "待签收", "tone": "info", "icon": "inbox"},
    {"label": "办理中", "tone": "primary", "icon": "progress"},
    {"label": "待审核", "tone": "warning", "icon": "eye"},
    {"label": "已退回", "tone": "danger", "icon": "arrow-back-up"},
    {"label": "已办结", "tone": "success", "icon": "circle-check"},
    {"label": "已暂停", "tone": "neutral", "icon": "clock-pause"},
]

TASKS = [
    ("组织开展校园及周边食品安全专项整治，学校食堂检查覆盖率达到100%", "县市场监管局", -4, 2, 60),
    ("完成食品安全监督抽检4批次/千人任务", "县市场监管局", 0, 2, 92),
    ("开展农村假冒伪劣食品治理，规范农村集体聚餐备案管理", "青石镇", 2, 4, 80),
    ("推进餐饮服务食品安全“明厨亮灶”，覆盖率达到90%以上", "县市场监管局", 6, 3, 100),
    ("农产品例行监测合格率稳定在98%以上", "县农业农村局", 11, 2, 71),
    ("组织食品安全宣传周活动，发放宣传资料不少于5000份", "县食安办", 41, 1, None),
    ("严格粮食收购质量监管，入库粮食检验率100%", "县发展改革局", 41, 2, 45),
    ("严厉打击食品药品领域违法犯罪，开展“昆仑”专项行动", "县公安局", -20, 5, 100),
]


def _task_rows() -> list[dict]:
    rows = []
    for number, (title, owner, days, at, share) in enumerate(TASKS, 1):
        cells = [
            {"label": "任务", "text": title, "kind": "long", "url": "/ui/styleguide/detail/"},
            {"label": "牵头单位", "text": owner, "kind": "text", "url": "#"},
            {"label": "来源", "text": f"2026 年食品安全工作要点 第 {number} 项", "kind": "text"},
            {"label": "状态", "text": STATES[at]["label"], "kind": "state", "state": STATES[at]},
            {"label": "进度", "text": share, "kind": "progress"},
            {
                "label": "完成时限",
                "text": TODAY + dt.timedelta(days),
                "kind": "due",
                "done": TODAY + dt.timedelta(days) if at == 5 else None,
            },
        ]
        rows.append({"pk": number, "url": "/ui/styleguide/detail/", "cells": cells})
    return rows


def _table(rows: list[dict]) -> dict:
    labels = [cell["label"] for cell in rows[0]["cells"]] if rows else ["任务"]
    columns = [
        {
            "name": f"c{i}",
            "label": label,
            "sortable": True,
            "sort_url": f"?sort=c{i}",
            "sorted": "asc" if i == 5 else "",
        }
        for i, label in enumerate(labels)
    ]
    return {"columns": columns, "rows": rows}


class FilterForm(forms.Form):
    unit = forms.ChoiceField(label="牵头单位", required=False, choices=[("", "全部"), ("1", "县市场监管局")])
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), ("2", "办理中"), ("5", "已办结")]
    )
    due_after = forms.DateField(
        label="时限不早于", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    due_before = forms.DateField(
        label="时限不晚于", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class TaskForm(forms.Form):
    title = forms.CharField(
        label="任务内容",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="一句话写清做什么、做到什么程度。",
    )
    unit = forms.ChoiceField(
        label="牵头单位", choices=[("", "请选择"), ("1", "县市场监管局"), ("2", "县农业农村局")]
    )
    joint = forms.CharField(
        label="配合单位", required=False, help_text="多个单位用顿号分开；“各乡镇”会展开。"
    )
    due = forms.DateField(label="完成时限", widget=forms.DateInput(attrs={"type": "date"}))
    share = forms.IntegerField(label="目标值（%）", min_value=0, max_value=100, required=False)
    kind = forms.ChoiceField(
        label="任务来源",
        widget=forms.RadioSelect,
        choices=[("plan", "工作要点"), ("upper", "上级文件"), ("meeting", "会议决定")],
    )
    recurring = forms.BooleanField(label="每季度重复", required=False)
    evidence = forms.FileField(
        label="佐证材料", required=False, help_text="PDF、图片、Word、Excel，单个不超过 20 MB。"
    )


def components(request: HttpRequest) -> tuple[str, dict]:
    return "ui/styleguide.html", {
        "today": TODAY,
        "now": _moment(0, 15),
        "tones": ["success", "info", "warning", "danger"],
        "states": STATES,
        "dues": [(TODAY + dt.timedelta(d), None, None) for d in (-4, 0, 2, 6, 41)]
        + [(TODAY, TODAY - dt.timedelta(1), None), (TODAY, TODAY + dt.timedelta(3), None), (TODAY + dt.timedelta(7), None, 5), (None, None, None)],
        "moments": [_moment(0, 15), _moment(0, 14), _moment(-1), _moment(-30), _moment(-400)],
        "diff_rows": [
            {"label": "完成时限", "old": "2026-10-31", "new": "2026-12-15"},
            {"label": "配合单位", "old": None, "new": "县教育局"},
            {"label": "联系人", "old": "王五", "new": None},
        ],
        "chart": {
            "legend": {"top": 0},
            "xAxis": {"type": "category", "data": [f"{m}月" for m in range(1, 12)]},
            "yAxis": {"type": "value"},
            "series": [
                {"type": "bar", "name": "抽检批次", "data": [120, 98, 240, 310, 280, 260, 330, 290, 310, 305, 180]},
                {"type": "line", "name": "计划", "data": [200, 200, 200, 250, 250, 250, 300, 300, 300, 300, 300]},
            ],
        },
        "gauge": {
            "series": [{"type": "pie", "radius": ["55%", "80%"], "data": [
                {"name": "已办结", "value": 34}, {"name": "办理中", "value": 41}, {"name": "逾期", "value": 5}]}]
        },
        "icons": ["home", "checklist", "building-bank", "map-pin", "calendar-due", "file-text", "gavel", "microscope", "truck", "camera"],
        "done_job": _job("done"), "running_job": _job("running"), "failed_job": _job("failed"),
    }  # fmt: skip


def _job(state: str) -> dict:
    return {
        "title": "导入食品经营主体台账", "state": state, "done": 12400, "total": 50000, "started_at": _moment(0), "cancel_url": "#",
        "poll_url": "", "next_url": "#" if state == "done" else "", "errors_url": "#" if state != "running" else "",
        "message": {"done": "", "running": "第 7 段，共 25 段", "failed": "数据库连接中断，已写入 12,400 行；修复后可继续，不会重复。"}[state],
        "result": [
            {"label": "新增", "value": "11,902", "tone": "success", "url": "#"}, {"label": "更新", "value": "498", "tone": "info", "url": "#"},
            {"label": "错误", "value": "17", "tone": "danger", "url": "#"}] if state == "done" else [],
    }  # fmt: skip


def listing(request: HttpRequest) -> tuple[str, dict]:
    rows = _task_rows()
    return "ui/list.html", {
        "breadcrumbs": [("待办", "/"), ("任务", None)],
        "today": TODAY,
        "resource": {"name": "task", "label": "任务", "label_plural": "任务"},
        "title": "任务",
        "table": _table(rows),
        "page": Paginator(range(10_000), 50).page(3),
        "count_label": "10,000+",
        "exact_count_url": "?exact=1",
        "filterset_form": FilterForm(),
        "active_filters": [{"label": "牵头单位", "value": "县市场监管局", "remove_url": "?"}, {"label": "年度", "value": "今年", "remove_url": "?"}],
        "all_columns": [{"name": f"c{i}", "label": c["label"], "shown": i != 2} for i, c in enumerate(rows[0]["cells"])],
        "saved_filters": [{"label": "本单位逾期任务", "url": "?", "shared": "本单位"}, {"label": "我牵头的", "url": "?", "shared": ""}],
        "save_filter_url": "#",
        "bulk_verbs": [
            {"name": "urge", "label": "督办", "icon": "bell", "confirm": "向所选任务的牵头单位发出督办通知？"},
            {"name": "retire", "label": "停用", "icon": "archive", "tone": "danger", "confirm": "停用所选任务？"},
        ],
        "exports": [{"label": "Excel（当前列）", "url": "#"}, {"label": "CSV", "url": "#", "icon": "file-text"}, {"label": "任务分解表 Word", "url": "#", "icon": "file-type-docx"}],
        "create_url": "/ui/styleguide/form/",
        "import_url": "/ui/styleguide/import-upload/",
        "hidden_note": "共 312 条，您可查看 47 条",
    }  # fmt: skip


def empty(request: HttpRequest) -> tuple[str, dict]:
    _template, context = listing(request)
    context |= {"table": {"columns": [], "rows": []}, "page": None, "count_label": "0", "active_filters": [], "exact_count_url": "",
                "hidden_note": "", "empty_help": "任务来自年度工作要点、上级文件、会议和检查发现。导入一份工作要点，系统会拆成任务。"}  # fmt: skip
    return "ui/list.html", context


def detail(request: HttpRequest) -> tuple[str, dict]:
    fields = [
        {"label": "基本信息", "fields": [
            {"label": "编号", "text": "2026-R-0037"}, {"label": "来源", "text": "2026 年食品安全工作要点 第三部分第 2 项", "url": "#"},
            {"label": "牵头单位", "text": "县市场监管局", "url": "#"}, {"label": "配合单位", "text": "县教育局、县卫生健康委、各乡镇"},
            {"label": "开始", "text": "2026-03-01"}, {"label": "完成时限", "text": "2026-11-22"},
            {"label": "任务内容", "wide": True, "text": "组织开展校园及周边食品安全专项整治，学校食堂检查覆盖率达到100%，严厉查处无证经营、使用过期原料等行为，整治情况于11月22日前报县食安办。"},
            {"label": "联系人", "text": None}, {"label": "附件数", "text": "2"}]},
        {"label": "目标", "fields": [{"label": "检查覆盖率", "text": "≥ 100 %"}, {"label": "当前", "text": "86.4 %（57/66 所）", "url": "#"}]},
    ]  # fmt: skip
    changes = [
        {"at": _moment(0), "actor": "李四", "unit": "县食安办", "verb": "退回", "reason": "缺少乡镇学校的检查记录", "basis": "《食品安全工作评议考核办法》", "diff": [{"label": "状态", "old": "待审核", "new": "已退回"}]},
        {"at": _moment(-1), "actor": "张三", "unit": "县市场监管局", "verb": "报送进展", "diff": [{"label": "进度", "old": "70 %", "new": "86.4 %"}]},
        {"at": _moment(-200), "actor": "系统", "verb": "由工作要点生成"},
    ]  # fmt: skip
    return "ui/detail.html", {
        "breadcrumbs": [("待办", "/"), ("任务", "/ui/styleguide/list/"), ("2026-R-0037", None)],
        "today": TODAY, "now": _moment(0, 15), "title": "校园及周边食品安全专项整治", "state": STATES[4],
        "deadline": {"date": TODAY + dt.timedelta(2)}, "edit_url": "/ui/styleguide/form/", "menu": [{"label": "转办", "url": "#", "icon": "transfer"}],
        "version": 7, "once_key": "sample", "short_url": "http://127.0.0.1:8000/t/37", "code": "2026-R-0037",
        "actions": [
            {"label": "重新报送", "url": "#", "tone": "primary", "icon": "send", "form": True, "who": "县市场监管局经办人", "basis": "工作要点 三（二）", "deadline": "退回之日起 5 个工作日（至 11-27）"},
            {"label": "申请延期", "url": "#", "icon": "calendar-time", "form": True, "who": "牵头单位负责人"},
            {"label": "办结", "url": "#", "icon": "circle-check", "allowed": False, "who": "县食安办", "reason": "须先由牵头单位重新报送"}],
        "panels": [
            {"name": "overview", "label": "概况", "fields": fields}, {"name": "related", "label": "关联任务", "count": 8, "table": _table(_task_rows())},
            {"name": "files", "label": "附件", "count": 2, "files": [
                {"name": "校园食品安全检查记录汇总.xlsx", "url": "#", "size": 48_200, "icon": "file-spreadsheet", "by": "张三", "at": _moment(-1)},
                {"name": "专项整治方案.pdf", "url": "#", "size": 1_830_000, "icon": "file-type-pdf", "by": "张三", "at": _moment(-30)}]},
            {"name": "changes", "label": "变更记录", "count": 3, "changes": changes},
            {"name": "notes", "label": "备注", "count": 1, "notes": [{"by": "李四", "unit": "县食安办", "at": _moment(-2), "text": "请重点核实寄宿制学校。"}]},
            {"name": "nothing", "label": "督办", "count": 0, "empty": "没有督办记录"}],
    }  # fmt: skip


def form(request: HttpRequest, *, bad: bool = False) -> tuple[str, dict]:
    data = {"title": "", "unit": "1", "due": "2026-13-01", "share": "120", "kind": "plan"}
    shown = TaskForm(data) if bad else TaskForm(initial={"kind": "plan", "due": TODAY.isoformat()})
    sections = [
        {
            "label": "任务",
            "help": "工作要点原文会一并保存。",
            "fields": [shown[n] for n in ("title", "kind", "recurring")],
        },
        {"label": "责任与时限", "fields": [shown[n] for n in ("unit", "joint", "due", "share")]},
        {"label": "材料", "fields": [shown["evidence"]]},
    ]
    context = {
        "breadcrumbs": [("待办", "/"), ("任务", "/ui/styleguide/list/"), ("新建", None)],
        "title": "新建任务", "form": shown, "sections": sections, "once_key": "sample", "version": 3, "legal_basis": "《食品安全法》第六条",
        "submit_note": "保存后通知牵头单位",
    }  # fmt: skip
    return "ui/form.html", context


def conflict(request: HttpRequest) -> tuple[str, dict]:
    template, context = form(request, bad=True)
    context["conflict"] = {"who": "李四（县食安办）", "at": _moment(0), "reload_url": "?", "rows": [
        {"label": "完成时限", "base": "2026-10-31", "theirs": "2026-12-15", "yours": "2026-11-30"},
        {"label": "配合单位", "base": None, "theirs": "县教育局", "yours": None}]}  # fmt: skip
    return template, context


def landing(request: HttpRequest) -> tuple[str, dict]:
    groups = [
        ("overdue", "已逾期", "danger", "alert-triangle", [0, 7]), ("today", "今日到期", "warning", "bell", [1]),
        ("returned", "被退回", "danger", "arrow-back-up", [2]), ("review", "待我审核", "info", "eye", [3]), ("mine", "我的任务", "primary", "checklist", [2, 4, 5, 6]),
    ]  # fmt: skip

    def item(i: int) -> dict:
        title, owner, days, at, share = TASKS[i]
        return {"title": title, "url": "/ui/styleguide/detail/", "meta": f"{owner} · 2026 年食品安全工作要点 第 {i + 1} 项",
                "due": TODAY + dt.timedelta(days), "state": STATES[at], "progress": share}  # fmt: skip

    return "ui/landing.html", {
        "today": TODAY, "greeting": "2026 年 11 月 20 日 星期五",
        "groups": [{"name": n, "label": label, "tone": tone, "icon": icon, "count": len(rows), "url": "/ui/styleguide/list/", "items": [item(i) for i in rows]}
                   for n, label, tone, icon, rows in groups],
    }  # fmt: skip


def import_step(step: str) -> Callable[[HttpRequest], tuple[str, dict]]:
    def build(request: HttpRequest) -> tuple[str, dict]:
        choices = [("", "不导入"), ("name", "名称"), ("code", "统一社会信用代码"), ("addr", "地址")]
        fields = forms.Form()
        for i in range(3):
            fields.fields[f"c{i}"] = forms.ChoiceField(label="对应", choices=choices)
            fields.initial[f"c{i}"] = choices[i + 1][0]
        tones = [
            ("新增", 1203, "success", "plus"),
            ("更新", 88, "info", "edit"),
            ("相同", 4310, "neutral", "check"),
            ("错误", 17, "danger", "alert-circle"),
        ]
        rows = [
            {"number": 5, "kind": "new", "cells": ["青石镇老王餐馆", "92410000MA40XXXX1K", "青石镇中街 8 号"]},
            {"number": 6, "kind": "changed", "cells": ["惠民超市", "92410000MA40XXXX2F", "城关镇人民路 21 号"], "diff": [{"label": "地址", "old": "人民路 12 号", "new": "人民路 21 号"}]},
            {"number": 9, "kind": "error", "cells": ["无名小吃", "9241", ""], "errors": ["统一社会信用代码应为 18 位，实为 4 位（GB 32100—2015）", "地址：必填"]},
        ]  # fmt: skip
        return "ui/session_import.html", {
            "title": "导入食品经营主体", "step": step, "session": {"file_name": "主体台账-2026.xlsx", "back_url": "#"}, "template_url": "#", "now": _moment(0, 15),
            "previous": [{"label": "主体台账-上半年.xlsx", "url": "#", "at": _moment(-120), "state": STATES[5]}],
            "encoding": "UTF-8", "header_row": 3, "sheet": "Sheet1", "remembered": True, "missing": ["许可证编号"],
            "columns": [{"name": n, "samples": s, "field": fields[f"c{i}"], "guessed": i < 2} for i, (n, s) in enumerate(
                [("单位名称", ["青石镇老王餐馆", "惠民超市"]), ("信用代码", ["92410000MA40XXXX1K"]), ("经营地址", ["青石镇中街 8 号", "城关镇人民路"])])],
            "tiles": [{"label": a, "value": b, "tone": c, "icon": d, "url": "#", "current": a == "错误"} for a, b, c, d in tones],
            "headers": ["名称", "统一社会信用代码", "地址"], "preview_rows": rows, "errors_url": "#", "can_apply": True, "once_key": "sample",
            "apply_label": "导入 1,291 行", "apply_question": "写入 1,203 条新增、88 条更新？", "job": _job("running"), "next_url": "#",
            "undo": {"allowed": True, "url": "#"}, "undone": {"restored": 86, "retired": 1203, "kept": [{"label": "惠民超市", "url": "#", "by": "王五", "at": _moment(0)}]} if step == "result" else None,
        }  # fmt: skip

    return build


def confirm(request: HttpRequest) -> tuple[str, dict]:
    class Reason(forms.Form):
        reason = forms.CharField(label="理由", widget=forms.Textarea(attrs={"rows": 2}))
        document = forms.CharField(label="文件名称及文号", required=False)

    return "ui/confirm.html", {
        "breadcrumbs": [("待办", "/"), ("任务", "/ui/styleguide/list/"), ("停用", None)], "title": "停用 3 项任务", "tone": "danger",
        "text": "停用后不再计入进度，历史和原文保留，可随时恢复。", "items": [{"label": t[0], "url": "#"} for t in TASKS[:3]], "items_more": 2,
        "form": Reason(), "submit_label": "停用", "basis": "须由原批准机关决定",
    }  # fmt: skip


def login(request: HttpRequest) -> tuple[str, dict]:
    class Login(forms.Form):
        login = forms.CharField(label="登录名")
        password = forms.CharField(label="密码", widget=forms.PasswordInput)

    cast = [("李四", "县食安办", "主任", "汇总、督办、评议"), ("张三", "县市场监管局", "股长", "牵头多项任务"), ("王五", "县农业农村局", "科员", "报送进展"),
            ("赵六", "青石镇人民政府", "食安专干", "乡镇任务"), ("周七", "市食安办", "科长", "查看下级")]  # fmt: skip
    return "account/login.html", {
        "form": Login(),
        "demo_cast": [
            {"username": n, "password": "x", "name": n, "unit": u, "title": t, "does": d}
            for n, u, t, d in cast
        ],
    }


PAGES: dict[str, Callable[[HttpRequest], tuple[str, dict]]] = {
    "components": components, "landing": landing, "list": listing, "empty": empty, "detail": detail, "form": form,
    "form-errors": lambda request: form(request, bad=True), "conflict": conflict, "confirm": confirm, "login": login,
    **{f"import-{step}": import_step(step) for step in ("upload", "mapping", "preview", "apply", "result")},
}  # fmt: skip
"""Name → builder of (template, context); ``/ui/styleguide/<name>/`` shows each."""
