"""A list of people to invite, as a spreadsheet or CSV says it: row by row, with every fault of it at once.

Columns may be named in Spanish or English: name, e-mail, telephone, language, group. Knows the round's languages and groups
as they are handed in, and no records.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from babel import Locale

from forms.messages import Message, Problem, mark
from surveys.answers_file import Fault, Table, read_table
from surveys.languages import SPOKEN, known_locale, locale, own_name
from surveys.linking import normalised

#: How a column may be called, normalised.
HEADERS: dict[str, tuple[str, ...]] = {
    "name": ("nombre", "name", "nombres", "nombre completo", "nombre y apellido", "nombres y apellidos", "full name", "persona"),
    "email": ("correo", "e-mail", "email", "correo electronico", "mail", "e-mail address", "email address"),
    "phone": ("telefono", "phone", "celular", "movil", "whatsapp", "telephone", "mobile", "cell phone", "numero"),
    "language": ("idioma", "language", "lengua"),
    "group": ("grupo", "group", "sector", "stakeholder group"),
}
#: A list has at most so many people, a name so many characters.
MOST_PEOPLE, LONGEST_NAME = 2000, 120

_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_EMAIL = re.compile(rf"(?=.{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{{2,24}}")
_MOBILE_OF_PERU = re.compile(r"9\d{8}")


@dataclass(frozen=True)
class Invitee:
    """One valid row: a name with an e-mail address, a telephone number (+ and digits), or both."""

    row: int
    name: str
    email: str | None
    phone: str | None
    language: str
    group: str | None

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(address for address in (self.email, self.phone) if address)


@dataclass(frozen=True)
class PeopleFile:
    """What a file says: the valid people, every fault, and the names of columns that are not read."""

    people: tuple[Invitee, ...]
    faults: tuple[Problem, ...]
    unread: tuple[str, ...] = ()


def read_people(content: bytes, name: str, languages: Sequence[str], groups: Mapping[str, Sequence[str]]) -> PeopleFile:
    """The people in a CSV or a workbook. ``groups`` {key: its names}. Raises ProblemsFound when it is no table at all."""
    table = read_table(content, name)
    places, unread = _places(table.header)
    if problems := [*_missing(table, places), *_too_many(table)]:
        return PeopleFile((), tuple(problems), unread)
    reader = _Reader(table, places, languages, groups)
    read = [reader.read(row, cells) for row, cells in table.rows]
    people = [person for person in read if person]
    return PeopleFile(tuple(people), (*table.faults, *reader.faults, *_twice(table, places, people)), unread)


def _places(header: Sequence[str]) -> tuple[dict[str, int], tuple[str, ...]]:
    """({what a column is: its place}, the names of those that are nothing of this)."""
    places: dict[str, int] = {}
    unread = []
    for place, title in enumerate(header):
        found = next((key for key, names in HEADERS.items() if normalised(title) in names), None)
        if found is None or found in places:
            unread.append(title or str(place + 1))
        else:
            places[found] = place
    return places, tuple(unread)


def _missing(table: Table, places: Mapping[str, int]) -> Iterator[Problem]:
    if "name" not in places:
        remedy = mark("Call the column with the names “nombre” or “name”.")
        yield Problem(table.name, Message(mark("No column has the names.")), Message(remedy))
    if not {"email", "phone"} & places.keys():
        remedy = mark("Call it “correo” or “e-mail”, or “celular” or “phone”.")
        yield Problem(table.name, Message(mark("No column has e-mail addresses or telephone numbers.")), Message(remedy))
    if not table.rows and not table.faults:
        yield Problem(table.name, Message(mark("Nobody is on the list.")), Message(mark("Write one person in each row below the names.")))


def _too_many(table: Table) -> Iterator[Problem]:
    if len(table.rows) > MOST_PEOPLE:
        fault = Message(mark("There are %(count)s people; a list has at most %(most)s."), {"count": len(table.rows), "most": MOST_PEOPLE})
        yield Problem(table.name, fault, Message(mark("Share the open link of the round instead.")))


class _Reader:
    """Reads rows; collects what is wrong with them."""

    def __init__(self, table: Table, places: Mapping[str, int], languages: Sequence[str], groups: Mapping[str, Sequence[str]]) -> None:
        self.table, self.places, self.languages = table, places, languages
        self.faults: list[Problem] = []
        self.language_of = {word: code for code in languages for word in _names_of_language(code)}
        self.group_of = {normalised(name): key for key, names in groups.items() for name in (key, *names)}
        self.group_names = ", ".join(names[0] for names in groups.values() if names)

    def read(self, row: int, cells: Sequence[str]) -> Invitee | None:
        said = {key: " ".join(cells[place].split()) for key, place in self.places.items()}
        before = len(self.faults)
        person = Invitee(
            row,
            self._name(row, said.get("name", "")),
            self._email(row, said.get("email", "")),
            self._phone(row, said.get("phone", "")),
            self._language(row, said.get("language", "")),
            self._group(row, said.get("group", "")),
        )
        if len(self.faults) == before and not person.addresses:
            self._blame(row, "", "", mark("There is neither an e-mail address nor a telephone number."), mark("Write one of the two."))
        return person if len(self.faults) == before else None

    def _name(self, row: int, said: str) -> str:
        if not said:
            self._blame(row, "name", said, mark("The name is missing."), mark("Write how this person is to be greeted."))
        elif len(said) > LONGEST_NAME or not said.isprintable():
            self._blame(row, "name", said, mark("This name cannot be used."), mark("Write a shorter one, in plain letters."))
        return said

    def _email(self, row: int, said: str) -> str | None:
        address = said.casefold().removeprefix("mailto:")
        if address and not (_EMAIL.fullmatch(address) and address.isascii()):
            self._blame(row, "email", said, mark("This is not an e-mail address."), mark("Write one address, such as ana@example.org."))
        return address or None

    def _phone(self, row: int, said: str) -> str | None:
        number = phone_of(said)
        if said and number is None:
            remedy = mark("Write nine digits for a mobile of Peru, or + and the code of the country.")
            self._blame(row, "phone", said, mark("This is not a telephone number that messages can be sent to."), remedy)
        return number

    def _language(self, row: int, said: str) -> str:
        if not said:
            return self.languages[0]
        found = self.language_of.get(normalised(said))
        if found is None:
            remedy = Message(mark("The questionnaire has: %(languages)s."), {"languages": ", ".join(map(own_name, self.languages))})
            self.faults.append(self._fault(row, "language", said, Message(mark("The questionnaire is not in this language.")), remedy))
        return found or self.languages[0]

    def _group(self, row: int, said: str) -> str | None:
        found = self.group_of.get(normalised(said))
        if said and found is None:
            remedy = Message(mark("The groups are: %(groups)s."), {"groups": self.group_names})
            self.faults.append(self._fault(row, "group", said, Message(mark("This is not a group of the programme.")), remedy))
        return found

    def _blame(self, row: int, key: str, said: str, fault: str, remedy: str) -> None:
        self.faults.append(self._fault(row, key, said, Message(fault), Message(remedy)))

    def _fault(self, row: int, key: str, said: str, fault: Message, remedy: Message) -> Fault:
        column = self.table.header[self.places[key]] if key in self.places else ""
        return Fault(self.table.name, fault, remedy, row=row, column=column, value=said)


def phone_of(said: str) -> str | None:
    """A telephone number as messengers take it; None when it is none.

    >>> phone_of("987 654 321"), phone_of("00 44 20 7946 0000"), phone_of("+51 987-654-321"), phone_of("123")
    ('+51987654321', '+442079460000', '+51987654321', None)
    """
    number = re.sub(r"[\s().\-]", "", said.strip().removesuffix(".0"))
    number = f"+{number[2:]}" if number.startswith("00") else number
    if _MOBILE_OF_PERU.fullmatch(number):
        return f"+51{number}"
    return number if re.fullmatch(r"\+[1-9][0-9]{7,14}", number) else None


def _names_of_language(code: str) -> set[str]:
    """How a language may be called in a list: its code, its own name, its names in the languages of Tupuy."""
    names = {code, own_name(code)}
    if known_locale(code):
        names |= {str(Locale.parse(str(locale(spoken))).languages.get(code, "")) for spoken in SPOKEN}
    return {normalised(name) for name in names if name} | ({"castellano"} if code == "es" else set())


def _twice(table: Table, places: Mapping[str, int], people: Sequence[Invitee]) -> Iterator[Fault]:
    """Who stands in the file more than once, by address."""
    seen: dict[str, int] = {}
    for person in people:
        for address in person.addresses:
            if address in seen:
                fault = Message(mark("This address is already in row %(row)s."), {"row": seen[address]})
                column = table.header[places["email" if "@" in address else "phone"]]
                yield Fault(table.name, fault, Message(mark("Leave each person in one row.")), row=person.row, column=column, value=address)
            seen.setdefault(address, person.row)
