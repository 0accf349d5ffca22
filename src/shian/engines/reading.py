"""Documents of strangers are read in a process of their own, with limits of time and memory; it is killed when over.

``python -m shian.engines.reading`` is that process: a line of JSON and the bytes on its standard input, JSON on its
output. Plain text needs no such process. Old Word files are turned into DOCX (:mod:`shian.engines.office`) by whoever
asked, not by the process: LibreOffice has limits of its own, and would outlive a reader that is killed.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import shian
from shian.core.errors import Told
from shian.core.plan.errors import PlanInputError
from shian.core.plan.files import MAX_BYTES, FileText, Office, is_plain
from shian.core.plan.files import read_file as read_here
from shian.core.words import Words, say

CPU = 40
WALL = 60.0
MEMORY = 2 << 30
Json = dict[str, Any]


def read_file(data: bytes, filename: str, office: Office | None = None, *, cpu: int = CPU, wall: float = WALL, memory: int = MEMORY) -> FileText:
    """As :func:`shian.core.plan.files.read_file`. What takes too long or too much is a :class:`PlanInputError` too."""
    if len(data) > MAX_BYTES or is_plain(data, filename):
        return read_here(data, filename)
    asked: Json = {"filename": filename, "size": len(data), "office": office is not None, "cpu": cpu, "memory": memory}
    answer = _asked(asked, data, wall)
    if "wanted" in answer and office is not None:
        made = b""
        try:
            made = office(data, answer["wanted"])
        except Told as error:
            asked["failed"] = [error.code, _packed(error.words)]
        answer = _asked(asked | {"made": len(made)}, data + made, wall)
    if "text" not in answer:
        refused = _Sent(*answer["refused"])
        raise PlanInputError(refused.code, refused.words)
    return FileText(answer["text"], tuple(map(_unpacked, answer["notes"])))


def _asked(asked: Json, data: bytes, wall: float) -> Json:
    """The answer of one process."""
    environment = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG", "LC_ALL")} | {"PYTHONPATH": str(Path(shian.__file__).parents[1])}
    with subprocess.Popen(
        [sys.executable, "-B", "-m", "shian.engines.reading"], cwd="/", env=environment, start_new_session=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            out, _ = process.communicate(json.dumps(asked).encode() + b"\n" + data, wall)
        except subprocess.TimeoutExpired:
            return _slow(asked["filename"], round(wall))
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode == -signal.SIGXCPU:
        return _slow(asked["filename"], asked["cpu"])
    try:
        return dict(json.loads(out))
    except ValueError:  # it was killed, or fell over a library written in C
        return _refusal("broken", say("“%(filename)s”没有读成：读取程序中途退出，文件可能已损坏，或大得反常；请另存为 DOCX 再导入。", filename=asked["filename"]))


def _slow(filename: str, seconds: int) -> Json:
    return _refusal("slow", say("“%(filename)s”读了 %(seconds)s 秒还没有读完，已停止；请检查文件是否正常，或把正文复制后粘贴导入。", filename=filename, seconds=seconds))


def _refusal(code: str, words: str) -> Json:
    return {"refused": [code, _packed(words)]}


class _Sent:
    """What was refused in the other process."""

    def __init__(self, code: Any, packed: Any) -> None:
        self.code, self.words = code, _unpacked(packed)


# -- sentences as JSON: [template, facts]; a list of sentences as {"all": […]}
def _packed(said: Any) -> Any:
    if isinstance(said, Words):
        return [said.template, {name: _packed(fact) for name, fact in said.facts.items()}]
    return {"all": [_packed(one) for one in said]} if isinstance(said, tuple) else said


def _unpacked(said: Any) -> Any:
    if isinstance(said, list):
        return Words(said[0], {name: _unpacked(fact) for name, fact in said[1].items()})
    return tuple(map(_unpacked, said["all"])) if isinstance(said, dict) else said


# -- the process ----------------------------------------------------------------------------------
def _limited(what: int, most: int) -> None:
    hard = resource.getrlimit(what)[1]
    resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def answered(asked: Json, data: bytes) -> Json:
    """What the process says to ``asked``; ``data``: the file, and behind it what LibreOffice made of it."""
    size = asked["size"]
    wanted: list[str] = []

    def office(_: bytes, suffix: str) -> bytes:
        if "failed" in asked:
            failed = _Sent(*asked["failed"])
            raise Told(failed.code, failed.words)
        if "made" not in asked:
            wanted.append(suffix)
            raise Told("wanted", suffix)  # the reader goes on by itself; that is thrown away
        return data[size:]

    try:
        found = read_here(data[:size], asked["filename"], office if asked["office"] else None)
        answer: Json = {"text": found.text, "notes": [_packed(note) for note in found.notes]}
    except PlanInputError as error:
        answer = _refusal(error.code, error.words)
    except MemoryError:
        answer = _refusal("too_large", say("“%(filename)s”要用的内存太多，已停止读取；请检查文件，或把正文复制后粘贴导入。", filename=asked["filename"]))
    return {"wanted": wanted[0]} if wanted else answer


def main() -> None:
    asked = json.loads(sys.stdin.buffer.readline())
    _limited(resource.RLIMIT_CPU, asked["cpu"])
    _limited(resource.RLIMIT_AS, asked["memory"])
    _limited(resource.RLIMIT_CORE, 0)
    _limited(resource.RLIMIT_FSIZE, 0)
    sys.stdout.write(json.dumps(answered(asked, sys.stdin.buffer.read())))


if __name__ == "__main__":
    main()
