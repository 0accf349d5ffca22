"""Collects the catalogue: besides Django's marks the sentences of core and engines (``shian.core.words.say``)."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import makemessages

COMMAND_LINE_ONLY = (
    "core/epcis/*", "core/gs1/*", "core/recall/*", "core/tlog/*", "core/trace/*",
    "engines/journal/*", "engines/recall/*", "engines/tlog/*", "engines/trace/*",
    "site/commands/*",
)  # fmt: skip
"""What no page shows: its sentences stay Chinese (decision 0027; tests/meta/test_words.py compares with the imports)."""


class Command(makemessages.Command):
    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=say"]

    def handle(self, *args: Any, **options: Any) -> None:
        options["ignore_patterns"] = [*options["ignore_patterns"], *COMMAND_LINE_ONLY]
        super().handle(*args, **options)
