"""`bot chat`: text the bot in a terminal, on a database that is thrown away."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel

from bot.content import ContentError, load
from bot.content.phrases import load_patterns
from bot.core import sms
from bot.core.conversation.wording import local
from bot.core.phone import SenderKind, parse_sender
from bot.core.reading import Reader
from bot.core.reading.patterns import PatternsError
from bot.crypto import Vault, new_key
from bot.dialogues import Dialogue, DialogueError, Turn, take_turn, write
from bot.handset import SOMEBODY, START, Handset, Said
from bot.store.database import Database
from bot.store.migrate import upgrade

HELP = """[bold]/next[/] skip to the next pushed text   [bold]/wait 2 days[/] let time go by
[bold]/state[/] what is kept of you   [bold]/quit[/] leave. Anything else is texted."""


@click.command("chat")
@click.option("--number", default=SOMEBODY, show_default=True, help="Your number.")
@click.option("--at", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]), help="When it begins.")
@click.option("--handles-stop", is_flag=True, help="As if the carrier answered STOP itself.")
@click.option(
    "--save", type=click.Path(dir_okay=False, path_type=Path), help="Write it down as a dialogue."
)
@click.option("--title", default="A chat", show_default=True, help="Title of the saved dialogue.")
@click.option(
    "--messages",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path("messages"),
    show_default=True,
    help="Where the words are.",
)
def command(
    number: str,
    at: datetime | None,
    handles_stop: bool,
    save: Path | None,
    title: str,
    messages: Path,
) -> None:
    """Text the bot in this terminal. No settings and no carrier; nothing leaves the machine."""
    if parse_sender(number).kind is not SenderKind.PERSON:
        raise click.ClickException("--number must be one of the US or Canada, like +12165550123")
    dialogue = Dialogue(title, (), number, at or START, handles_stop)
    with _handset(dialogue, messages) as handset:
        chat = Chat(handset, Console())
        chat.run()
    if save is not None:
        whole = Dialogue(title, tuple(chat.turns), number, at or START, handles_stop)
        save.write_text(write(whole), encoding="utf-8")
        click.echo(f"written to {save}")


@contextmanager
def _handset(dialogue: Dialogue, messages: Path) -> Iterator[Handset]:
    try:
        library = load(messages)
        reader = Reader(load_patterns(messages), library.vocabulary())
    except (ContentError, PatternsError) as error:
        raise click.ClickException(str(error)) from None
    with tempfile.TemporaryDirectory(prefix="bot-chat-") as directory:
        database = Database(f"sqlite:///{directory}/chat.sqlite3")
        upgrade(database)
        yield Handset(
            database,
            Vault([new_key()], new_key()),
            library,
            reader,
            number=dialogue.number,
            at=dialogue.at,
            handles_stop=dialogue.handles_stop,
        )
        database.close()


@dataclass
class Chat:
    """The terminal as a phone: what was typed and what came, also as the turns of a dialogue."""

    handset: Handset
    console: Console
    turns: list[Turn] = field(default_factory=list)

    def run(self) -> None:
        """Until somebody leaves."""
        self.console.print(HELP)
        while (line := self._line()) is not None:
            try:
                self._do(line)
            except DialogueError as error:
                self.console.print(f"[red]{escape(str(error))}[/]")

    def _line(self) -> str | None:
        try:
            line = self.console.input(f"[dim]{self._time()}[/] [bold]you[/] > ")
        except (EOFError, KeyboardInterrupt):
            return None
        return None if line.strip() == "/quit" else line

    def _do(self, line: str) -> None:
        if line.strip() == "/state":
            self.console.print(self.handset.state())
            return
        turn = _turn(line)
        came = take_turn(turn, self.handset)
        ids = tuple(said.message_id for said in came)
        self.turns.append(Turn(ids, turn.send, wait=turn.wait))
        for said in came:
            self._show(said)
        if not came:
            self.console.print("[dim]   (nothing comes)[/]")

    def _show(self, said: Said) -> None:
        kind = "reply" if said.reply else "pushed"
        segments = sms.segments(said.body)
        note = f"{said.message_id} · {kind} · {segments} segment{'s' * (segments != 1)}"
        panel = Panel(escape(said.body), subtitle=escape(note), subtitle_align="left", width=60)
        self.console.print(f"[dim]{self._time(said.at)}[/]")
        self.console.print(panel)

    def _time(self, at: datetime | None = None) -> str:
        there = local(at or self.handset.clock.at, self.handset.zones())
        return f"{there:%a %b} {there.day}, {there:%H:%M}"


def _turn(line: str) -> Turn:
    word = line.strip()
    if word == "/next":
        return Turn((), wait="next push")
    if word.startswith("/wait "):
        return Turn((), wait=word.removeprefix("/wait ").strip())
    return Turn((), send=line)
