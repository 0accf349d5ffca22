"""The rules by which a standing recall follows its lots: those of a trace, except for a bound on steps."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from shian.core.errors import Invalid
from shian.core.trace import Options
from shian.core.trace.facts import holder, thing
from shian.core.words import say


@dataclass(frozen=True)
class Rules:
    """How a standing recall follows its lots. Names are canonical; ``window`` in seconds."""

    timed: bool = True
    kill_places: tuple[str, ...] = ()
    kill_things: tuple[str, ...] = ()
    kill_events: tuple[str, ...] = ()
    contact_places: tuple[str, ...] = ()
    contact_carriers: bool = False
    contact_window: int = 0

    @classmethod
    def of(cls, options: Options) -> Rules:
        """The rules in ``options``. Raises ``ValueError`` for a bound on steps, which a standing recall cannot have."""
        if options.depth is not None:
            raise Invalid("depth_of_standing", say("持续召回不能限定步数：以后的事件会改变步数"))
        return cls(
            options.timed,
            tuple(sorted(map(holder, options.kill_places))),
            tuple(sorted(map(thing, options.kill_things))),
            tuple(sorted(options.kill_events)),
            tuple(sorted(map(holder, options.contact_places))),
            options.contact_carriers,
            options.contact_window,
        )

    @classmethod
    def parse(cls, text: str) -> Rules:
        """The inverse of :meth:`text`."""
        fields: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in json.loads(text).items()
        }
        return cls(**fields)

    def text(self) -> str:
        """As the store keeps it."""
        return json.dumps(vars(self), ensure_ascii=False)

    @property
    def kills(self) -> bool:
        """Can a holder or a lot end the walk?"""
        return bool(self.kill_places) or bool(self.kill_things)

    @property
    def spreads(self) -> bool:
        """Does contact count?"""
        return bool(self.contact_places) or self.contact_carriers
