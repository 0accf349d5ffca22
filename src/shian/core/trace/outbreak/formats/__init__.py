"""Exchange formats of outbreak tracing: the JSON of FoodChain-Lab (v0, v1).

Its files, and its all-in-one workbook, are read and written by :mod:`shian.engines.trace.outbreak`.
"""

from .document import FileContent, read_document
from .flags import FileFlags, Flags
from .json_write import to_json_v1

__all__ = ["FileContent", "FileFlags", "Flags", "read_document", "to_json_v1"]
