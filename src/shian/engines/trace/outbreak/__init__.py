"""Outbreak scoring (:mod:`shian.core.trace.outbreak`) over files and over the live index.

* :mod:`.files`, :mod:`.workbook`, :mod:`.write` – files of FoodChain-Lab · :mod:`.cases` – the case list
* :mod:`.traced` – a case list scored over the index
"""

from .cases import read_cases
from .files import read_file
from .traced import trace_cases
from .write import write_workbook

__all__ = ["read_cases", "read_file", "trace_cases", "write_workbook"]
