"""Jobs of import sessions, found here by ``kernel.jobs``."""

from . import session as session
