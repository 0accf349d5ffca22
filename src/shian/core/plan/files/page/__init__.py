"""Fixed pages (PDF, OFD): pieces of text with their places → lines in reading order."""

from .flow import flowed
from .lines import Line, Run, lines_of, paragraphs_of, rows_of
from .margins import without_margins

__all__ = ["Line", "Run", "flowed", "lines_of", "paragraphs_of", "rows_of", "without_margins"]
