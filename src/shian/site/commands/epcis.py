"""``shian epcis``: check, convert and identify EPCIS documents."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._epcis_files import announce, interruptible, read_bounded, tell_problems, with_progress
from ._epcis_store import capture, query

if TYPE_CHECKING:
    from shian.core.epcis import Problem
    from shian.core.epcis.profiles import Profile

FILES = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


@click.group()
def command() -> None:
    """追溯事件（EPCIS 2.0）：校验、转换、计算标识、采集、查询。"""


def _print_refusal(problems: Sequence[Problem]) -> None:
    tell_problems(problems, "{path}\t{rule}\t{message}", err=True)


def _problems(path: Path, profile: Profile | None) -> tuple[Problem, ...]:
    """What is wrong with the document in a file, its size included."""
    from shian.core.epcis import EpcisError, validate

    try:
        data = read_bounded(path)
    except EpcisError as error:
        return error.problems
    announce(path, "正在校验", len(data))
    return validate(data, profile)


@command.command()
@click.argument("files", nargs=-1, required=True, type=FILES)
@click.option(
    "--profile",
    "profile_name",
    help="另按关键数据要素规范检查，名称或中文标题：meat、vegetables、milk、edible_oil、grain、liquor、aquatic、forest、imported、catering、示例",
)
@click.option("--format", "output", type=click.Choice(["table", "json"]), default="table", show_default=True)
def validate(files: tuple[Path, ...], profile_name: str | None, output: str) -> None:
    """校验 JSON-LD 2.0、XML 2.0、XML 1.2 文档。全部合格退出码为 0，有不合格的为 1。"""
    from shian.core.epcis import load_profile

    try:
        profile = load_profile(profile_name) if profile_name else None
    except KeyError as error:
        raise click.UsageError(str(error)) from None
    refused = False
    with interruptible("以上各份已校验完毕，其余未校验。"):
        for path in with_progress(files, "校验", output == "json"):
            problems = _problems(path, profile)
            refused = refused or bool(problems)
            _tell(path, problems, output)
    sys.exit(1 if refused else 0)


def _tell(path: Path, problems: tuple[Problem, ...], output: str) -> None:
    if output == "json":
        errors = [{"path": p.path, "rule": p.rule, "message": p.message} for p in problems]
        click.echo(
            json.dumps({"file": str(path), "valid": not problems, "errors": errors}, ensure_ascii=False)
        )
        return
    click.echo(f"{path}\t{'合格' if not problems else f'不合格，{len(problems)} 处'}")
    tell_problems(problems, "  {path}\t{message}\t[{rule}]", err=False)


@command.command()
@click.argument("file", type=FILES)
@click.option("--to", "target", type=click.Choice(["json", "xml"]), required=True, help="目标格式")
@click.option("--xml-version", type=click.Choice(["1.2", "2.0"]), default="2.0", show_default=True)
def convert(file: Path, target: str, xml_version: str) -> None:
    """在 JSON-LD 与 XML 之间转换，结果写到标准输出，内容不丢失。"""
    from shian.core.epcis import EpcisError, read_document, write_json, write_xml

    try:
        with interruptible("没有输出。"):
            data = read_bounded(file)
            announce(file, "正在转换", len(data))
            document = read_document(data)
            out = write_json(document) + b"\n" if target == "json" else write_xml(document, xml_version)
    except EpcisError as error:
        _print_refusal(error.problems)
        sys.exit(1)
    click.echo(out, nl=False)


@command.command("hash")
@click.argument("file", type=FILES)
@click.option("--version", type=click.Choice(["CBV2.0", "CBV2.1"]), default="CBV2.0", show_default=True)
@click.option("--format", "output", type=click.Choice(["table", "json"]), default="json", show_default=True)
def hash_command(file: Path, version: str, output: str) -> None:
    """每个事件的 CBV 事件哈希（标识，不是防篡改证明）。用词不合规但可以读取的文档照算，并在标准错误中提示。"""
    from shian.core.epcis import EpcisError, event_hash, read_for_identity

    try:
        with interruptible("没有输出。"):
            data = read_bounded(file)
            announce(file, "正在读取", len(data))
            document, remarks = read_for_identity(data)
    except EpcisError as error:
        _print_refusal(error.problems)
        sys.exit(1)
    _print_refusal(remarks)
    for index, event in enumerate(document.events):
        value = event_hash(event, version)  # type: ignore[arg-type]
        if output == "json":
            click.echo(
                json.dumps({"index": index, "eventID": event.event_id, "hash": value}, ensure_ascii=False)
            )
        else:
            click.echo(f"{index}\t{event.event_id or '-'}\t{value}")


command.add_command(capture)
command.add_command(query)
