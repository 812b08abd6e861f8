"""Files of answers from Google Forms and Microsoft Forms: which column of the file is which column of a form.

The files name their columns by the words of the questions. These are compared without accents, signs and numbers in front;
words that are not the same are matched from ``ENOUGH`` on, and the score is said. Columns with a name, an e-mail address,
a telephone or a document are never matched, whatever anybody chooses.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from forms.definition import FormDefinition, Question
from forms.messages import Message, mark
from forms.questions import marks, type_of
from forms.questions.choice import options_of
from forms.wording import Text

#: From what likeness on two texts are taken for the same (0 to 1, as difflib counts it).
ENOUGH = 0.85
#: How many pairs of texts are compared letter by letter, and how much of a text.
MOST_PAIRS, LONGEST = 60_000, 300

#: The target that is a response's day. Every other target is a column of the form, or a question with all its parts.
DAY = "date"

#: Headers that tell who answered.
# fmt: off  # one name a line would take forty lines
_PERSON = frozenset(
    {
        "correo",
        "correo electronico",
        "direccion de correo electronico",
        "email",
        "e mail",
        "mail",
        "email address",
        "e mail address",
        "username",
        "nombre de usuario",
        "nombre",
        "nombres",
        "nombre completo",
        "nombres y apellidos",
        "apellidos y nombres",
        "apellidos",
        "apellido",
        "name",
        "full name",
        "first name",
        "last name",
        "surname",
        "responder",
        "respondent",
        "encuestado",
        "dni",
        "numero de dni",
        "documento de identidad",
        "telefono",
        "celular",
        "numero de celular",
        "numero de telefono",
        "phone",
        "phone number",
        "mobile",
        "whatsapp",
        "ip address",
        "direccion ip",
        "address",
        "direccion",
    }
)
# fmt: on
_MOMENTS = (
    ("hora de finalizacion", "completion time", "hora de envio", "submitted at"),
    ("marca temporal", "timestamp", "fecha y hora"),
    ("hora de inicio", "start time", "last modified time", "hora de la ultima modificacion"),
)
_NOTHING = frozenset({"id", "score", "total points", "quiz feedback", "puntuacion", "total de puntos", "comentarios del cuestionario"})
_LOOKS_PERSONAL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}|\+?[0-9][0-9 ()-]{7,16}[0-9]")
_DATE = re.compile(r"\s*(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})(?![\d/.-])")
_NUMBERED = re.compile(r"^\s*\d{1,3}\s*[.)-]\s+")

Order = Literal["day", "month", ""]  # what comes first in 7/8/2026; '' where the file itself shows it


@dataclass(frozen=True)
class Target:
    """What a column of a file can be: ``key`` of a column or of a question with all its parts; ``said`` are its names, folded."""

    key: str
    label: Text
    said: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()  # names that count only where nothing else has them: the row of a battery without its question


@dataclass(frozen=True)
class Match:
    """Column ``place`` of a file: its ``target``, or '' and ``why`` it is not used. ``is_person``: it is never used."""

    place: int
    header: str
    target: str = ""
    score: float = 0.0
    why: Message | None = None
    is_person: bool = False


def plainly(words: str) -> str:
    """Words as they are compared: no case, accents, signs or number in front.

    >>> plainly("3. ¿Le  sirvió el taller? *")
    'le sirvio el taller'
    """
    parted = unicodedata.normalize("NFKD", _NUMBERED.sub("", words).casefold())
    letters = "".join(sign if sign.isalnum() else " " for sign in parted if not unicodedata.combining(sign))
    return " ".join(letters.split())


# What a form offers ----------------------------------------------------------------------------------------------------


def targets(form: FormDefinition) -> list[Target]:
    """Everything of a form that a column of a file can be, in the form's order."""
    found = [Target(DAY, Text.of({"es": "Día de la respuesta", "en": "Day of the answer"}))]
    for question in form.questions():
        found += _targets(question, form)
    return found


def _targets(question: Question, form: FormDefinition) -> Iterator[Target]:
    kind = type_of(question.kind)
    if kind.comes_together or question.kind == "ranking":
        yield Target(question.name, question.label, _said(question.name, question.label))
    for column in kind.columns(question, form):
        row = next((row.label for row in question.rows if row.value == column.part), Text())
        names = (*_said(column.key, column.label), *_beside(question, column.label, row))
        yield Target(column.key, column.label, names, tuple(plainly(words) for _language, words in row.words))


def _said(key: str, label: Text) -> tuple[str, ...]:
    return (plainly(key), *(plainly(words) for _language, words in label.words))


def _beside(question: Question, label: Text, row: Text) -> tuple[str, ...]:
    """A question with one of its rows, as grids are written: "Question [Row]"."""
    both = ((words, row.get(language)) for language, words in question.label.words)
    return tuple(plainly(f"{words} {part}") for words, part in both if part)


# Matching --------------------------------------------------------------------------------------------------------------


def match(
    form: FormDefinition, header: Sequence[str], rows: Sequence[Sequence[str]], chosen: Mapping[int, str] | None = None
) -> list[Match]:
    """What each column of a file is. ``chosen`` ({place: target}, '' for not used) is what a person decided instead."""
    offered = targets(form)
    found = {place: told for place, words in enumerate(header) if (told := _never(place, words, rows)) is not None}
    keys = {target.key for target in offered}
    for place, key in sorted((chosen or {}).items()):
        if place < len(header) and place not in found and key in keys | {""}:
            found[place] = _chosen(place, header[place], key, found.values())
    _take_moment(header, found)
    _take_same(offered, header, found)
    _take_alike(offered, header, found)
    nothing = Message(mark("No question of the form has these words."))
    return [found.get(place) or Match(place, words, why=nothing) for place, words in enumerate(header)]


def _never(place: int, header: str, rows: Sequence[Sequence[str]]) -> Match | None:
    """The columns that are never used: those that tell who answered, and those that are no answer."""
    said = plainly(header)
    cells = [row[place].strip() for row in rows[:500] if row[place].strip()]
    looks_personal = sum(map(_looks_personal, cells))
    if said in _PERSON or said.startswith(("correo electronico", "email")) or (cells and looks_personal * 2 > len(cells)):
        why = Message(mark("It tells who answered: it is dropped and never stored."))
        return Match(place, header, why=why, is_person=True)
    if said in _NOTHING:
        return Match(place, header, why=Message(mark("It is not an answer.")))
    return None


def _looks_personal(cell: str) -> bool:
    """Whether a cell is an e-mail address or a telephone, and no date."""
    return bool(_LOOKS_PERSONAL.fullmatch(cell)) and not _DATE.match(cell)


def _chosen(place: int, header: str, key: str, others: Iterable[Match]) -> Match:
    if not key:
        return Match(place, header, why=Message(mark("You decided not to use it.")))
    if any(other.target == key for other in others):
        return Match(place, header, why=Message(mark("Another column was chosen for the same question.")))
    return Match(place, header, key, 1.0)


def _take_moment(header: Sequence[str], found: dict[int, Match]) -> None:
    """The day comes from the moment of sending, if the file has it; other moments are not kept."""
    taken = any(one.target == DAY for one in found.values())
    for names in _MOMENTS:
        for place, words in enumerate(header):
            if place in found or plainly(words) not in names:
                continue
            why = None if not taken else Message(mark("Only the day of the answer is kept."))
            found[place] = Match(place, words, "" if taken else DAY, 0.0 if taken else 1.0, why)
            taken = True


def _take_same(offered: Sequence[Target], header: Sequence[str], found: dict[int, Match]) -> None:
    """Columns with exactly the words, or the key, of a target; then rows of batteries that are named by nothing else."""
    for attribute in ("said", "alone"):
        known: dict[str, list[str]] = {}
        for target in offered:
            for name in dict.fromkeys(getattr(target, attribute)):
                known.setdefault(name, []).append(target.key)
        for place, words in enumerate(header):
            keys = known.get(plainly(words), [])
            if place not in found and keys and (attribute == "said" or len(keys) == 1):
                found[place] = _exact(place, words, keys, found)


def _exact(place: int, words: str, keys: Sequence[str], found: Mapping[int, Match]) -> Match:
    taken = {one.target for one in found.values()}
    free = next((key for key in keys if key not in taken), None)
    if free is None:
        return Match(place, words, why=Message(mark("Another column has the same words.")))
    return Match(place, words, free, 1.0)


def _take_alike(offered: Sequence[Target], header: Sequence[str], found: dict[int, Match]) -> None:
    """The other columns, by likeness: the best pair first, each target once."""
    taken = {one.target for one in found.values()}
    names = [(name[:LONGEST], target.key) for target in offered if target.key not in taken for name in dict.fromkeys(target.said) if name]
    places = [place for place, words in enumerate(header) if place not in found and words.strip()]
    pairs = [(score, place, key) for place in places[: MOST_PAIRS // max(1, len(names))] for score, key in _likeness(header[place], names)]
    for score, place, key in sorted(pairs, key=lambda pair: (-pair[0], pair[1])):
        if place not in found and key not in taken:
            found[place] = Match(place, header[place], key, round(score, 2))
            taken.add(key)


def _likeness(words: str, names: Sequence[tuple[str, str]]) -> Iterator[tuple[float, str]]:
    compared = difflib.SequenceMatcher(None, b=plainly(words)[:LONGEST], autojunk=False)
    for name, key in names:
        compared.set_seq1(name)
        if compared.real_quick_ratio() >= ENOUGH and compared.quick_ratio() >= ENOUGH and (score := compared.ratio()) >= ENOUGH:
            yield score, key


def language_of(form: FormDefinition, header: Sequence[str]) -> str:
    """The language whose words the header says most; the form's base where none does."""
    said = {plainly(words) for words in header}
    counted = Counter(dict.fromkeys(form.languages, 0))
    for question in form.questions():
        for language, words in question.label.words:
            counted[language] += any(one.startswith(plainly(words)) for one in said if plainly(words))
    return max(form.languages, key=lambda language: counted[language])


# Rewriting -------------------------------------------------------------------------------------------------------------


def columns_of(form: FormDefinition, matches: Iterable[Match]) -> dict[str, int]:
    """{column of our own file: place in theirs}; a ranking has a column for each option."""
    found: dict[str, int] = {}
    for one in (one for one in matches if one.target):
        question = form.question(one.target)
        if question is not None and question.kind == "ranking":
            found |= {f"{question.name}/{option.value}": one.place for option in question.choices}
        else:
            found[one.target] = one.place
        if question is not None and question.kind == "choice" and question.setting("other"):
            found.setdefault(f"{question.name}/other", one.place)
    return found


def rewritten(form: FormDefinition, key: str, cell: str, order: Order) -> str:
    """One cell as our own file would write it in the column ``key``; what is not understood stays as it stands."""
    question = form.question(key.partition("/")[0])
    if key == DAY or (question is not None and question.kind == "day"):
        on = day_in(cell, order)
        return on.isoformat() if on else cell
    if question is None or not cell.strip():
        return cell
    if question.kind == "ranking" and "/" in key:
        return _place_of(question, key.partition("/")[2], cell)
    if question.kind == "several" and key == question.name:
        return ";".join(_ticked(question, cell))
    if question.kind == "choice" and question.setting("other"):
        return _other(question, key, cell)
    return cell


def _values(question: Question) -> dict[str, str]:
    """{words, folded: value} of the options, by code and by label in any language."""
    options = options_of(question)
    by_label = {marks.folded(words): option.value for option in options for _language, words in option.label.words}
    return by_label | {marks.folded(option.value): option.value for option in options}


def _ticked(question: Question, cell: str) -> list[str]:
    """The options of one cell, ``Maps, Talks`` or ``Maps;Talks;``; a label may have commas of its own."""
    known = _values(question)
    found = []
    for part in cell.split(";"):
        pieces = part.split(", ")
        while pieces:
            length = next((n for n in range(len(pieces), 0, -1) if marks.folded(", ".join(pieces[:n])) in known), 0)
            words = ", ".join(pieces[: length or 1]).strip()
            found += [known.get(marks.folded(words), words)] if words else []
            del pieces[: length or 1]
    return found


def _place_of(question: Question, option: str, cell: str) -> str:
    """The rank of an option in a cell that lists them from the first to the last."""
    listed = _ticked(question, cell)
    return str(listed.index(option) + 1) if option in listed else "" if set(listed) <= set(_values(question).values()) else cell


def _other(question: Question, key: str, cell: str) -> str:
    """Words that are none of the options are those of "other"."""
    is_known = marks.folded(cell) in _values(question) or marks.why_of_cell(cell) is not None
    if key.endswith("/other"):
        return "" if is_known else cell
    return cell if is_known else "other"


def day_in(cell: str, order: Order = "day") -> date | None:
    """The day of a moment: its time is dropped here.

    >>> day_in("2026/07/18 3:04:05 p. m. GMT-5"), day_in("7/18/26 15:04", "month"), day_in("18/7/2026", "day")
    (datetime.date(2026, 7, 18), datetime.date(2026, 7, 18), datetime.date(2026, 7, 18))
    """
    found = _DATE.match(cell)
    if found is None or (not cell.isascii() and not found[0].isascii()):
        return None
    first, second, third = (int(one) for one in found.groups())
    year, month, day = (
        (first, second, third) if len(found[1]) == 4 else (third, first, second) if order == "month" else (third, second, first)
    )
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None


def order_of(cells: Iterable[str]) -> Order:
    """Whether the day or the month comes first in these dates; '' where they can be read both ways.

    >>> order_of(["7/8/2026", "7/18/2026"]), order_of(["7/8/2026"]), order_of(["2026-07-18"])
    ('month', '', 'day')
    """
    found = [one for cell in cells if (one := _DATE.match(cell)) is not None and len(one[1]) < 3]
    if any(int(one[1]) > 12 for one in found) or not found:
        return "day"
    return "month" if any(int(one[2]) > 12 for one in found) else ""


def names_of_rows(matches: Sequence[Match], rows: Sequence[Sequence[str]], days: Sequence[str]) -> list[str]:
    """A name for each response of a file that has none: made of what it says and its day, without who said it or when.

    It does not depend on which columns are used, so that bringing a file in once more stores nothing twice. Equal rows
    are numbered.
    """
    moments = {name for names in _MOMENTS for name in names}
    kept = [one.place for one in matches if not one.is_person and one.target != DAY and plainly(one.header) not in moments | {"id"}]
    counted: Counter[str] = Counter()
    names = []
    for row, day in zip(rows, days, strict=True):
        said = "\x1f".join([day, *(" ".join(row[place].split()) for place in kept)])
        counted[said] += 1
        names.append(hashlib.sha256(f"{said}\x1f{counted[said]}".encode()).hexdigest()[:40])
    return names
