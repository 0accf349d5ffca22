"""A throw-away PostgreSQL server for a bench: own folder, own socket, gone afterwards."""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path


class Postgres:
    """A server while the ``with`` block lasts. Raises ``RuntimeError`` where none can be started."""

    def __enter__(self) -> Postgres:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin")) if Path("/usr/lib/postgresql").is_dir() else []
        if not found:
            raise RuntimeError("no PostgreSQL installed")
        self.bin = found[-1]
        self.folder = Path(tempfile.mkdtemp(prefix="bench-pg-"))
        self.user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self.user:
            shutil.chown(self.folder, "postgres", "postgres")
        try:
            self._call(str(self.bin / "initdb"), "-D", str(self.folder / "data"), "-A", "trust", "-U", "bench", "-N")
            options = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c fsync=off -c shared_buffers=512MB"
            self._call(str(self.bin / "pg_ctl"), "-D", str(self.folder / "data"), "-o", options, "-w", "-l", str(self.folder / "log"), "start")
        except (subprocess.CalledProcessError, FileNotFoundError) as error:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise RuntimeError(f"PostgreSQL does not start: {error}") from None
        return self

    def __exit__(self, *_: object) -> None:
        self._call(str(self.bin / "pg_ctl"), "-D", str(self.folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _call(self, *command: str) -> None:
        subprocess.run([*self.user, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")

    def _psql(self, *arguments: str) -> list[str]:
        return [str(self.bin / "psql"), "-X", "-q", "-A", "-t", "-h", str(self.folder), "-U", "bench", "-d", "postgres", "-v", "ON_ERROR_STOP=1", *arguments]

    def run(self, sql: str) -> str:
        return subprocess.run(self._psql("-c", sql), check=True, capture_output=True, text=True).stdout.strip()

    def copy(self, table: str, rows: Iterable[tuple[int, ...]]) -> None:
        """Load rows of integers."""
        with subprocess.Popen(self._psql("-c", f"COPY {table} FROM STDIN"), stdin=subprocess.PIPE, text=True) as process:
            assert process.stdin is not None
            process.stdin.writelines("\t".join(map(str, row)) + "\n" for row in rows)
            process.stdin.close()
        if process.returncode:
            raise RuntimeError(f"COPY {table} failed")

    def milliseconds(self, sql: str, times: int) -> float:
        """The median server time of the last statement of ``sql``, the first run left out."""
        *before, query = sql.split("; ")
        script = "".join(f"{s};\n" for s in before) + "\\timing on\n" + f"{query};\n" * (times + 1)
        out = subprocess.run(self._psql("-f", "-"), input=script, check=True, capture_output=True, text=True).stdout
        taken = [float(t) for t in re.findall(r"Time: ([0-9.]+) ms", out)]
        return statistics.median(taken[1:])
