"""What is wrong with the words, each with file and line, all of it at once."""

from __future__ import annotations

from dataclasses import dataclass, field


class ContentError(Exception):
    """Something in `messages/` can't be used; `complaints` has a line for each."""

    def __init__(self, complaints: list[str]) -> None:
        super().__init__("\n".join(complaints))
        self.complaints = complaints


@dataclass
class Complaints:
    """Collects instead of stopping at the first, so that an editor can mend all in one go."""

    found: list[tuple[str, int, str]] = field(default_factory=list)

    def add(self, file: str, line: int, says: str) -> None:
        """Note that something is wrong here; the same thing twice is noted once."""
        if (complaint := (file, line, says)) not in self.found:
            self.found.append(complaint)

    def raise_if_any(self) -> None:
        """Raises `ContentError` if anything was noted, in order of file and line."""
        if self.found:
            raise ContentError(
                [f"{file}:{line}: {says}" for file, line, says in sorted(self.found)]
            )
