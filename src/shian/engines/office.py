"""LibreOffice as a converter: old Word and WPS files → DOCX, in a process with limits, a profile and no network."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from shian.core.errors import Told
from shian.core.words import say

SECONDS = 40.0
MEMORY = 4 << 30
WRITTEN = 100 << 20
Office = Callable[[bytes, str], bytes]
_LIMITS = f'ulimit -c 0; ulimit -f {WRITTEN // 512}; ulimit -v {MEMORY // 1024}; exec "$@"'
"""Set before the program begins: from outside they might come late, and code between fork and exec is unsafe in a server with threads."""
_NOWHERE = "127.0.0.1"  # with port 9 (discard): a proxy that is not there
_SETTINGS = (
    ("Office.Writer/Content/Update", "Link", "2"),  # never
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Inet/Settings", "ooInetProxyType", "2"),  # by hand
    *(("Inet/Settings", f"ooInet{kind}Proxy{name}", value) for kind in ("HTTP", "HTTPS", "FTP") for name, value in (("Name", _NOWHERE), ("Port", "9"))),
)


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
        _write_profile(Path(folder, "profile"))
        command = [
            "/bin/sh", "-c", _LIMITS, "sh", *_alone(), program, "--headless", "--invisible", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard",
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


@cache
def _alone() -> tuple[str, ...]:
    """Before a command: it gets a network of its own, with nobody in it. Nothing where the system does not allow that."""
    before = ("unshare", "-rn", "--")
    try:
        allowed = subprocess.run([*before, "true"], stdin=subprocess.DEVNULL, capture_output=True, timeout=10, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        allowed = False
    return before if allowed else ()


def _write_profile(folder: Path) -> None:
    """What a document links to is not fetched (pictures, templates), also where :func:`_alone` is not allowed."""
    items = "".join(
        f'<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>' for path, name, value in _SETTINGS
    )
    user = folder / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>\n'
    )


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
        process.wait(seconds)
    except subprocess.TimeoutExpired as error:
        raise OfficeError("office_slow", say("LibreOffice 超过 %(seconds)s 秒没有完成", seconds=round(seconds))) from error
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
