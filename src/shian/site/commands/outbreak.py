"""``shian outbreak``: which supplier, delivery or lot explains the cases?"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from shian.core.words import say
from shian.site.commands._outbreak_trace import trace

if TYPE_CHECKING:
    from shian.core.trace.outbreak.formats import FileContent
    from shian.core.trace.outbreak.web import Trace

MODES = ("web", "weighted", "likelihood")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """疫情溯源：由病例反查共同来源（FoodChain-Lab 数据，或本系统的追溯数据）。"""


command.add_command(trace)


@command.command()
@click.argument("file", type=_FILE)
@click.option(
    "--mode", type=click.Choice(MODES), required=True, help="web 病例比例；weighted 加权；likelihood 似然比"
)
@click.option("--scenario", type=_FILE, help="情景 JSON；取代文件自带的标记")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--top", default=20, show_default=True, help="表格显示前几名")
@click.option("--normalised", is_flag=True, help="weighted：另给归一化得分（除以最大绝对值）")
@click.option("--explain", is_flag=True, help="web：另给最小解释集")
def score(
    file: Path, mode: str, scenario: Path | None, form: str, top: int, normalised: bool, explain: bool
) -> None:
    """给网络中的主体、交付、批次评分。

    FILE 为 FoodChain-Lab JSON（v0、v1）或其 all-in-one XLSX。
    退出码：0 完成；1 文件或情景被拒绝；2 用法错误。
    """
    from shian.core.trace.outbreak import NetworkError, ScenarioError
    from shian.engines.sheets import SheetError
    from shian.engines.trace.outbreak import read_file

    _stage(file, "读入")
    try:
        content = read_file(file)
        _stage(file, f"评分：{len(content.network.deliveries):,} 笔交付")
        given = _read_scenario(scenario)
        answer = {"web": _web, "weighted": _weighted, "likelihood": _likelihood}[mode](
            content, given, {"normalised": normalised, "explain": explain}
        )
    except (NetworkError, ScenarioError, SheetError, OSError, ValueError) as error:
        _refuse(scenario if isinstance(error, ScenarioError) else file, error)
    if not answer["stationScores"] and not answer["deliveryScores"]:
        click.echo("没有得分：文件中没有标记病例，或病例没有来源；可用 --scenario 指定", err=True)
    if form == "json":
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        _table(content, answer, mode, top)


def _read_scenario(path: Path | None) -> Any:
    from shian.core.trace.outbreak import ScenarioError

    if path is None:
        return None
    try:
        return json.loads(path.read_bytes())
    except json.JSONDecodeError as error:
        raise ScenarioError(
            "json_syntax",
            say("不是合法的 JSON：第 %(line)s 行第 %(column)s 列", line=error.lineno, column=error.colno),
        ) from None
    except UnicodeDecodeError:
        raise ScenarioError("encoding", say("不是 UTF-8 文本")) from None


def _refuse(file: Path | None, error: Exception) -> NoReturn:
    """Say what is wrong with ``file``, naming it once, and end with 1."""
    click.echo(f"{file}: {str(error).removeprefix(f'{file and file.name}: ')}", err=True)
    sys.exit(1)


def _stage(file: Path, what: str) -> None:
    """Say what is going on, on stderr, where it takes more than a moment."""
    if file.stat().st_size > 5_000_000:
        click.echo(f"{file.name}：{what} …", err=True)


def _trace(trace: Trace) -> dict[str, Any]:
    return {
        "forwardStations": list(trace.forward_stations),
        "backwardStations": list(trace.backward_stations),
        "forwardDeliveries": list(trace.forward_deliveries),
        "backwardDeliveries": list(trace.backward_deliveries),
    }


def _web(content: FileContent, given: Any, options: dict[str, bool]) -> dict[str, Any]:
    from shian.core.trace.outbreak import read_web, score_web
    from shian.core.trace.outbreak.web import WebGraph

    scenario = content.flags.web() if given is None else read_web(given, content.network)
    scores = score_web(content.network, scenario)
    answer: dict[str, Any] = {
        "stationScores": scores.station_scores,
        "deliveryScores": scores.delivery_scores,
        "commonLinks": list(scores.common_links),
        **_trace(scores.trace),
    }
    if options["explain"]:
        sets = WebGraph(content.network, scenario).walk(
            scenario.outbreak_stations, scenario.outbreak_deliveries
        )
        answer["explainingSets"] = _explain(sets.stations, set(sets.cases))
    return answer


def _explain(sets: dict[str, int], cases: set[str]) -> dict[str, Any]:
    from shian.core.trace.outbreak import explaining_sets

    found = explaining_sets({i: b for i, b in sets.items() if i not in cases or b.bit_count() > 1})
    return {
        "explainedCases": found.explained,
        "provedSmallest": found.proved_smallest,
        "sets": [[{"sources": list(c.ids), "cases": c.count} for c in chosen] for chosen in found.sets],
    }


def _weighted(content: FileContent, given: Any, options: dict[str, bool]) -> dict[str, Any]:
    from shian.core.trace.outbreak import read_weighted, score_weighted

    scenario = content.flags.weighted() if given is None else read_weighted(given, content.network)
    scores = score_weighted(content.network, scenario)
    answer: dict[str, Any] = {
        "stationScores": scores.station_scores,
        "stationPositiveScores": scores.station_positive_scores,
        "stationNegativeScores": scores.station_negative_scores,
        "maxLotScores": scores.max_lot_scores,
        "deliveryScores": scores.delivery_scores,
        "lotScores": scores.lot_scores,
        **_trace(scores.trace),
    }
    if options["normalised"]:
        for name in ("station", "delivery"):
            held = answer[f"{name}Scores"]
            answer[f"{name}NormalisedScores"] = {i: s / scores.normaliser for i, s in held.items()}
    return answer


def _likelihood(content: FileContent, given: Any, options: dict[str, bool]) -> dict[str, Any]:
    from shian.core.trace.outbreak import LikelihoodScenario, read_likelihood, score_likelihood

    if given is None:
        scenario = LikelihoodScenario(content.flags.web())
    else:
        scenario = read_likelihood(given, content.network)
    scores = score_likelihood(content.network, scenario)
    stations = {s.id: scores.sets.stations[s.id] for s in scores.sources if s.kind == "station"}
    return {
        "cases": scores.cases,
        "controls": scores.controls,
        "stationScores": {s.id: s.ratio for s in scores.sources if s.kind == "station"},
        "deliveryScores": {s.id: s.ratio for s in scores.sources if s.kind == "delivery"},
        "sources": [
            {
                "id": s.id,
                "kind": s.kind,
                "cases": s.cases,
                "expectedShare": s.expected,
                "logLikelihoodRatio": s.ratio,
            }
            for s in scores.sources
        ],
        "explainingSets": _explain(stations, set(scores.sets.cases)),
    }


def _table(content: FileContent, answer: dict[str, Any], mode: str, top: int) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    names = {s.id: s.name for s in content.network.stations}
    products = {d.id: f"{d.product} {d.lot}".strip() for d in content.network.deliveries}
    for title, key, labels in (("主体", "stationScores", names), ("交付", "deliveryScores", products)):
        table = Table(title=f"{title}得分（{mode}，前 {top}）")
        table.add_column("名次", justify="right")
        table.add_column("编号")
        table.add_column("名称" if title == "主体" else "产品 批号")
        table.add_column("得分", justify="right")
        ranked = sorted(answer[key].items(), key=lambda item: -item[1])
        for place, (identity, value) in enumerate(ranked[:top], start=1):
            table.add_row(str(place), identity, labels.get(identity, ""), f"{value:.4f}")
        console.print(table)
    if answer.get("commonLinks"):
        console.print("共同来源：" + "、".join(answer["commonLinks"]))
    for chosen in answer.get("explainingSets", {}).get("sets", [])[:5]:
        parts = [" 或 ".join(c["sources"]) + f"（{c['cases']} 例）" for c in chosen]
        console.print("最小解释集：" + " ＋ ".join(parts))


@command.command()
@click.argument("file", type=_FILE)
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def convert(file: Path, target: Path) -> None:
    """把 FILE 转成 TARGET（后缀 .json 为 v1 JSON，.xlsx 为 all-in-one 工作簿；工作簿只有数据，不含病例等标记）。"""
    from shian.core.trace.outbreak import NetworkError
    from shian.core.trace.outbreak.formats import to_json_v1
    from shian.engines.sheets import SheetError
    from shian.engines.trace.outbreak import read_file, write_workbook

    if target.suffix not in (".json", ".xlsx"):
        raise click.UsageError("TARGET 的后缀应为 .json 或 .xlsx")
    if not target.parent.is_dir():
        raise click.UsageError(f"没有文件夹 {target.parent}")
    try:
        content = read_file(file)
    except (NetworkError, SheetError, OSError) as error:
        _refuse(file, error)
    if target.suffix == ".json":
        target.write_text(json.dumps(to_json_v1(content.network, content.flags), ensure_ascii=False), "utf-8")
    else:
        write_workbook(content.network, target)
    network = content.network
    click.echo(
        f"{target}: {len(network.stations)} 个主体，{len(network.deliveries)} 笔交付，{len(network.relations)} 条关系",
        err=True,
    )
