"""Exchange formats of outbreak tracing: the JSON of FoodChain-Lab (v0, v1) and its all-in-one workbook."""

from .read import FileContent, read_file
from .write import to_json_v1, write_workbook

__all__ = ["FileContent", "read_file", "to_json_v1", "write_workbook"]
