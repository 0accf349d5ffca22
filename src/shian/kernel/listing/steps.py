"""Jobs of lists, found here by ``kernel.jobs``."""

from . import bulk as bulk
