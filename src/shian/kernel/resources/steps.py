"""Jobs of the resource layer, found here by ``kernel.jobs``."""

from . import bulk as bulk
