"""Lists of choices: what they are here (options, points of a scale, yes and no) and how their values are written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from forms.check import LONGEST_VALUE, MOST_POINTS, NAME, TAKEN, VALUE
from forms.exchange.xlsform_sheets import Line
from forms.questions import marks

#: More options than a form may have; what is beyond is cut before it costs anything.
MOST_OPTIONS = 400
_YES_VALUES, _NO_VALUES = {"1", "yes", "si", "y", "s", "true", "sim", "oui"}, {"0", "2", "no", "n", "false", "nao", "non"}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,8})")


@dataclass(frozen=True)
class Option:
    """One row of the choices: its value in the file and here, and its words {language code: words}."""

    line: Line
    raw: str
    value: str
    label: Mapping[str, str]
    why: str = ""  # "unknown" or "refused": it is a mark and no option


@dataclass(frozen=True)
class Listed:
    """One list of choices, in order, without the marks that stand for no answer."""

    name: str
    options: tuple[Option, ...] = ()
    marks: tuple[Option, ...] = ()
    unreadable: tuple[Line, ...] = field(default=())  # rows without a value, or that repeat another

    @property
    def values(self) -> dict[str, str]:
        return {option.raw: option.value for option in self.options}

    def points(self) -> tuple[int, int, int] | None:
        """lo, hi and step of a list of numbers in order, with three of them or more; None for other lists."""
        raws = [option.raw for option in self.options]
        if len(raws) < 3 or not all(_INTEGER.fullmatch(raw) for raw in raws):
            return None
        numbers = [int(raw) for raw in raws]
        steps = {after - before for before, after in pairwise(numbers)}
        lo, hi = min(numbers), max(numbers)
        if len(steps) != 1 or 0 in steps or (hi - lo) // abs(min(steps)) >= MOST_POINTS:
            return None
        return lo, hi, abs(steps.pop())

    def yes_no(self) -> dict[str, str] | None:
        """{value in the file: "1" or "0"} when the list says yes and no and nothing else; None for other lists."""
        if len(self.options) != 2:
            return None
        found = {option.raw: _yes_or_no(option) for option in self.options}
        return {raw: said for raw, said in found.items() if said} if set(found.values()) == {"1", "0"} else None


def _yes_or_no(option: Option) -> str:
    value = plain_word(option.raw)
    for said, values, words in (("1", _YES_VALUES, marks.YES), ("0", _NO_VALUES, marks.NO)):
        known = {plain_word(one) for _language, one in words.words}
        if value in values and option.label and all(plain_word(label) in known for label in option.label.values()):
            return said
    return ""


def plain_word(words: str) -> str:
    """Words without case, accents and signs around them.

    >>> plain_word(" ¡Sí! ")
    'si'
    """
    apart = unicodedata.normalize("NFKD", words).casefold()
    return re.sub(r"^[\W_]+|[\W_]+$", "", "".join(sign for sign in apart if not unicodedata.combining(sign)))


def folded_name(raw: str, taken: Iterable[str], instead: str = "question") -> str:
    """A name as forms have them, that none of ``taken`` is.

    >>> folded_name("Edad (años)", {"edad_anos"}), folded_name("1a", ()), folded_name("round", ())
    ('edad_anos_2', 'q_1a', 'round_1')
    """
    apart = unicodedata.normalize("NFKD", raw).casefold()
    said = re.sub(r"[^a-z0-9]+", "_", "".join(sign for sign in apart if not unicodedata.combining(sign))).strip("_")
    if NAME.fullmatch(raw):
        said = raw
    said = said or instead
    said = (said if said[0].isalpha() else f"q_{said}")[:40]
    return unused(f"{said}_1" if said in TAKEN else said, taken, 40)


def folded_value(raw: str, taken: Iterable[str]) -> str:
    """A value as options have them, that none of ``taken`` is.

    >>> folded_value("más o menos", ()), folded_value("gob-reg", ()), folded_value("-1", ()), folded_value("a", ["a"])
    ('mas_o_menos', 'gob-reg', '_1', 'a_2')
    """
    if VALUE.fullmatch(raw) and len(raw) <= LONGEST_VALUE:
        return unused(raw, taken, LONGEST_VALUE)
    apart = unicodedata.normalize("NFKD", raw)
    said = re.sub(r"[^A-Za-z0-9_]+", "_", "".join(sign for sign in apart if not unicodedata.combining(sign)))[:LONGEST_VALUE]
    return unused(said if said.strip("_") else "option", taken, LONGEST_VALUE)


def unused(name: str, taken: Iterable[str], longest: int) -> str:
    """The name, or the name with the first number from 2 on that makes it new."""
    known, said, number = set(taken), name, 2
    while said in known:
        said, number = f"{name[: longest - len(str(number)) - 1]}_{number}", number + 1
    return said


def listed(name: str, lines: Sequence[tuple[Line, Mapping[str, str]]]) -> Listed:
    """A list from its rows, each with its words per language."""
    options: list[Option] = []
    said: list[Option] = []
    unreadable: list[Line] = []
    values: set[str] = set()
    for line, label in lines:
        raw = line.said("name")
        if not raw or len(options) >= MOST_OPTIONS or any(one.raw == raw and one.label == label for one in options):
            unreadable.append(line)
            continue
        why = next((why for words in label.values() if (why := marks.why_of_cell(words)) in ("unknown", "refused")), "")
        option = Option(line, raw, folded_value(raw, values), label, why or "")
        values.add(option.value)
        (said if why else options).append(option)
    return Listed(name, tuple(options), tuple(said), tuple(unreadable))
