"""The ``shian`` command. Each group lives in ``site/commands/<name>.py`` as ``command`` and is
imported only when it is called, so that ``shian plan read`` never loads Django."""

from __future__ import annotations

import importlib
from importlib.resources import files

import click


class LazyGroup(click.Group):
    """A group whose subcommands are the modules of :mod:`shian.site.commands`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        folder = files("shian.site.commands")
        names = (f.name for f in folder.iterdir())
        return sorted(n[:-3].replace("_", "-") for n in names if n.endswith(".py") and not n.startswith("_"))

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(ctx):
            return None
        return importlib.import_module(f"shian.site.commands.{name.replace('-', '_')}").command


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="shian")
def main() -> None:
    """食安 · 从工作计划的一句话，到证明它的每一行数据。"""
