"""Messages a person can meet: marked for translation here, said by the edge in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


class Say(Protocol):
    """What an edge hands in to put marked words into the reader's language.

    ``say("Choose at least %(count)s.", count=2)`` translates and then fills the named places;
    ``say.many("%(count)s person", "%(count)s people", count)`` chooses the plural of the language.
    """

    language: str

    def __call__(self, words: str, /, **values: Any) -> str: ...

    def many(self, singular: str, plural: str, count: int, /, **values: Any) -> str: ...


def mark(words: str) -> str:
    """Mark words for extraction into the catalogue; returns them unchanged."""
    return words


def mark_many(singular: str, plural: str) -> tuple[str, str]:
    """Mark a singular and its plural for extraction; returns both unchanged."""
    return singular, plural


@dataclass(frozen=True)
class Message:
    """Words to be said later: a marked msgid and the values of its places.

    With ``plural`` the number ``count`` chooses the form.
    """

    words: str
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    plural: str = ""
    count: int = 0

    def said(self, say: Say) -> str:
        if self.plural:
            return say.many(self.words, self.plural, self.count, **self.values)
        return say(self.words, **self.values)

    def __str__(self) -> str:
        """The words in English, as they stand in the code, for logs and exceptions."""
        words = self.plural if self.plural and self.count != 1 else self.words
        return words % ({"count": self.count} | dict(self.values))


@dataclass(frozen=True)
class Problem:
    """One thing wrong: where it is, what is wrong, and how to mend it."""

    place: str
    fault: Message
    remedy: Message
    blocks: bool = True

    def said(self, say: Say) -> str:
        return f"{self.place}: {self.fault.said(say)} {self.remedy.said(say)}"
