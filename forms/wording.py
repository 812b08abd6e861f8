"""Text: the same words in each language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """The same words in several languages; hashable, so that definitions can be compared and frozen.

    ``words`` holds (language code, words) pairs sorted by code; blank words are not kept.
    """

    words: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, words: Mapping[str, str]) -> Text:
        """A Text from ``{"es": "Hola", "en": "Hello"}``; blank entries count as missing."""
        return cls(tuple(sorted((language, said) for language, said in words.items() if said and said.strip())))

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(language for language, _ in self.words)

    def get(self, language: str) -> str | None:
        """The words in exactly this language, or None."""
        return dict(self.words).get(language)

    def in_language(self, language: str, base: str | None = None) -> str:
        """The words in ``language``, else in ``base``, else in the first language there is, else ''."""
        said = dict(self.words)
        return said.get(language) or said.get(base or "") or next(iter(said.values()), "")

    def only(self, languages: Iterable[str]) -> Text:
        """The words in these languages; all there are when nothing is said in any of them."""
        wanted = set(languages)
        return Text(tuple((language, said) for language, said in self.words if language in wanted) or self.words)

    def missing(self, languages: Iterable[str]) -> tuple[str, ...]:
        """Those of ``languages`` in which nothing is said."""
        there = set(self.languages)
        return tuple(language for language in languages if language not in there)

    def as_dict(self) -> dict[str, str]:
        return dict(self.words)

    def __bool__(self) -> bool:
        return bool(self.words)
