"""LibreOffice as a converter: old Word and WPS files → DOCX, in a process with limits and a profile of its own."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from shian.core.errors import Told
from shian.core.words import say

SECONDS = 40.0
MEMORY = 4 << 30
WRITTEN = 100 << 20
Office = Callable[[bytes, str], bytes]


class OfficeError(Told, RuntimeError):
    """Codes ``office_slow office_failed``."""


def converter(seconds: float = SECONDS) -> Office | None:
    """What turns (bytes, suffix) into DOCX; ``None`` where LibreOffice is not installed."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        return None
    return lambda data, suffix: _convert(program, data, suffix, seconds)


def _convert(program: str, data: bytes, suffix: str, seconds: float) -> bytes:
    """Everything it writes lies in one folder that is deleted, whatever happens; its children die with it."""
    with tempfile.TemporaryDirectory(prefix="shian-office-", ignore_cleanup_errors=True) as folder:
        source, out = Path(folder, f"in.{suffix}"), Path(folder, "out")
        source.write_bytes(data)
        command = [
            program, "--headless", "--invisible", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard",
            f"-env:UserInstallation={Path(folder, 'profile').as_uri()}",
            "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(out), str(source),
        ]  # fmt: skip
        _run(command, folder, seconds)
        made = out / "in.docx"
        if not made.is_file():
            raise OfficeError("office_failed", say("LibreOffice 没有给出结果"))
        if made.stat().st_size >= WRITTEN:
            raise OfficeError("office_failed", say("LibreOffice 给出的结果过大"))
        return made.read_bytes()


def _run(command: list[str], folder: str, seconds: float) -> None:
    environment = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG", "LC_ALL")} | {"HOME": folder, "TMPDIR": folder}
    try:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise OfficeError("office_failed", say("LibreOffice 无法启动")) from error
    try:
        _limit(process.pid)
        process.wait(seconds)
    except subprocess.TimeoutExpired as error:
        raise OfficeError("office_slow", say("LibreOffice 超过 %(seconds)s 秒没有完成", seconds=round(seconds))) from error
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()


def _limit(pid: int) -> None:
    """From outside: code between fork and exec is unsafe in a server with threads."""
    try:
        for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, WRITTEN), (resource.RLIMIT_CORE, 0)):
            resource.prlimit(pid, what, (most, most))
    except ProcessLookupError:
        pass  # over already


