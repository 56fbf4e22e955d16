"""The commands: `bot` and `python -m bot`."""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from typing import TypeVar

import click

COMMANDS = {
    "serve": ("bot.commands.run:serve", "web and worker together, on one machine"),
    "web": ("bot.commands.run:web", "the web alone: webhooks and the sign-up page"),
    "worker": ("bot.commands.run:worker", "the worker alone: plans, sends, settles, tidies"),
    "demo": ("bot.commands.demo:command", "everything on this machine, with a phone to text from"),
    "chat": ("bot.commands.chat:command", "text the bot in this terminal"),
    "read": ("bot.commands.read:command", "say how texts are read; no database needed"),
    "check": ("bot.commands.check:command", "settings, database and content: what is wrong"),
    "migrate": ("bot.commands.migrate:command", "bring the database's schema up to date"),
    "messages": ("bot.commands.messages:command", "check, print and plan the words"),
    "status": ("bot.commands.status:command", "how it goes: queue, pace, unknowns, flags, ticks"),
    "trace": ("bot.commands.trace:command", "the whole story of one text or one person"),
    "catch-up": ("bot.commands.catchup:command", "feed in texts that came while it was down"),
    "release": ("bot.commands.release:command", "let a message go that a carrier had filtered"),
    "deactivations": ("bot.commands.deactivations:command", "end consent of recycled numbers"),
    "consent": ("bot.commands.consent:command", "the consent ledger: show, export"),
    "flags": ("bot.commands.flags:command", "people to follow up: list, settle"),
    "export": ("bot.commands.people:export", "all that is held on one number"),
    "erase": ("bot.commands.people:erase", "erase one number and everything about it"),
    "keys": ("bot.commands.keys:command", "make and rotate the keys that seal numbers"),
    "drill": ("bot.commands.drill:command", "crash and load test against the sandbox"),
}

C = TypeVar("C", bound=click.Command)


class _Lazy(click.Group):
    """Loads a command's module when it is called, so that `bot read` starts in no time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        gc.disable()  # what is loaded here stays: looking it through takes a fifth of the start
        command: click.Command = getattr(import_module(module), attribute)
        gc.freeze()
        gc.enable()
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, say) for name, (_, say) in COMMANDS.items()])


@click.group(cls=_Lazy)
@click.version_option(package_name="text-support")
def bot() -> None:
    """Text support: short, kind, correct texts for people who are not ready to talk."""


def main() -> None:
    """Run the command line."""
    sys.exit(bot(prog_name="bot"))
