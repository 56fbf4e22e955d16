"""The commands, a module each; `bot.cli` loads one when it is called."""
