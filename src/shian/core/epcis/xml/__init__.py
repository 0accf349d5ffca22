"""XML 2.0 and 1.2 in and out, through the JSON form, so that one set of rules checks all three.

What XML can say and plain JSON cannot (attributes) and the reverse (numbers, lists of one, names that are no
XML names) is carried by ``@`` names in JSON, by ``xsi:type`` and by one small namespace of our own in XML,
so that a conversion there and back returns the same event.
"""

from .order import misplaced
from .parse import is_xml
from .read import read_xml, tree_from_xml
from .write import write_xml

__all__ = ["is_xml", "misplaced", "read_xml", "tree_from_xml", "write_xml"]
