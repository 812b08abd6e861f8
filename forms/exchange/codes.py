"""Codes of other systems to names and values of ours, each once."""

from __future__ import annotations

import re
import unicodedata

from forms.check import LONGEST_VALUE, TAKEN
from forms.questions.faults import SIDE_PARTS

LONGEST_NAME = 40


def name_of(code: str, first: str = "q") -> str:
    """A name in small letters without accents; '' where nothing of the code is left.

    >>> name_of("Q1.Opinión"), name_of("2025"), name_of("¿?")
    ('q1_opinion', 'q_2025', '')
    """
    said = re.sub(r"[^a-z0-9_]+", "_", _plain(code).lower()).strip("_")
    said = f"{first}_{said}" if said and not said[0].isalpha() else said
    return said[:LONGEST_NAME].rstrip("_")


def value_of(code: str) -> str:
    """A value of an option or a row; '' where nothing of the code is left.

    >>> value_of("A-1"), value_of(" Sí, claro ")
    ('A_1', 'Si_claro')
    """
    return re.sub(r"[^A-Za-z0-9_]+", "_", _plain(code)).strip("_")[:LONGEST_VALUE]


def _plain(code: str) -> str:
    parted = unicodedata.normalize("NFKD", code)
    return "".join(sign for sign in parted if sign.isascii())


class Names:
    """Hands out names that are not taken yet, nor have a meaning of their own."""

    def __init__(self, taken: frozenset[str] = TAKEN) -> None:
        self.taken = set(taken)

    def take(self, code: str, fallback: str) -> str:
        """The name for a code; with a number at its end where another has it already."""
        return self._free(name_of(code) or fallback, LONGEST_NAME)

    def _free(self, wanted: str, longest: int) -> str:
        found, number = wanted, 0
        while found.casefold() in self.taken:
            number += 1
            found = f"{wanted[: longest - len(str(number)) - 1]}_{number}"
        self.taken.add(found.casefold())
        return found


class Values(Names):
    """Hands out values within one question, where capitals alone do not tell two apart."""

    def __init__(self) -> None:
        super().__init__(frozenset(SIDE_PARTS))

    def take(self, code: str, fallback: str) -> str:
        return self._free(value_of(code) or fallback, LONGEST_VALUE)
