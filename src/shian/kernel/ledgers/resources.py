"""Found by ``kernel.resources``: each module declares what it is named after."""

from . import clock as clock
from . import jobs as jobs
from . import people as people
from . import places as places
