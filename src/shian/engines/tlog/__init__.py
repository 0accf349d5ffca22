"""The tamper-evident log on disk (防篡改日志), its witnesses and its audit; its proofs are in :mod:`shian.core.tlog`.

* :mod:`.log` – the log on disk · :mod:`.tiles` – the log as static files
* :mod:`.witness` – who must agree · :mod:`.witness_http` – witnesses over HTTP
* :mod:`.audit` – every record against the log
* :mod:`.verifier` – one file that checks all of this without the rest of the project
"""

from .log import Log, LogError

__all__ = ["Log", "LogError"]
