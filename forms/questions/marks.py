"""What stands in the place of an answer, and the words that every language of a file may use for it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from forms.messages import Message, mark
from forms.questions.base import Answers, CellError, Column, Why
from forms.wording import Text

#: What a control sends for "I do not know" and "I prefer not to answer".
UNKNOWN, REFUSED = "~unknown", "~refused"
WHYS: dict[str, Why] = {UNKNOWN: "unknown", REFUSED: "refused"}

YES = Text.of({"es": "Sí", "en": "Yes", "pt": "Sim", "fr": "Oui", "qu": "Arí", "ay": "Jïsa"})
NO = Text.of({"es": "No", "en": "No", "pt": "Não", "fr": "Non", "qu": "Mana", "ay": "Janiwa"})
OTHER_LABEL = Text.of({"es": "Otra respuesta", "en": "Other answer"})

_SAID_UNKNOWN = ("~unknown", "unknown", "No sé", "No sabe", "I do not know", "I don't know", "don't know", "do not know")
_SAID_REFUSED = (
    "~refused",
    "refused",
    "Prefiero no responder",
    "Prefiere no responder",
    "No responde",
    "I prefer not to answer",
    "Prefer not to answer",
    "Prefer not to say",
)


def folded(words: str) -> str:
    """Words as they are compared: no case, no outer or repeated spaces, one form of each accented letter.

    >>> folded("  Muy  de ACUERDO ")
    'muy de acuerdo'
    """
    return " ".join(unicodedata.normalize("NFKC", words).replace("’", "'").casefold().split())


_WHY_OF: dict[str, Why] = {folded(said): "unknown" for said in _SAID_UNKNOWN}
_WHY_OF |= {folded(said): "refused" for said in _SAID_REFUSED}


def why_of_cell(cell: str) -> Why | None:
    """Why a cell has no value, or None when it claims one.

    >>> why_of_cell(" no sé"), why_of_cell(""), why_of_cell("4")
    ('unknown', 'blank', None)
    """
    said = folded(cell)
    return _WHY_OF.get(said) if said else "blank"


def why_of_posted(values: Sequence[str]) -> Why | None:
    """The mark among the values of one control, refusal first; None when there is none."""
    return "refused" if REFUSED in values else "unknown" if UNKNOWN in values else None


def first(posted: Mapping[str, Sequence[str]], name: str) -> str:
    """The first value of a control that says something, trimmed; '' when none does."""
    return next((value.strip() for value in posted.get(name, ()) if value.strip() and value not in WHYS), "")


def why_nothing(posted: Mapping[str, Sequence[str]], name: str) -> Why | None:
    """Why a control says nothing; None when it does."""
    return why_of_posted(posted.get(name, ())) or (None if first(posted, name) else "blank")


def missing(key: str, why: Why) -> Answers:
    """The stored cell of a column without a value."""
    return {f"{key}:why": why}


def all_missing(columns: Sequence[Column], why: Why) -> Answers:
    return {f"{column.key}:why": why for column in columns}


def marked(answers: Answers, key: str, name: str | None = None) -> dict[str, list[str]]:
    """The posted value that stands for a stored mark; nothing for a blank."""
    why = answers.get(f"{key}:why")
    return {name or key: [f"~{why}"]} if why in ("unknown", "refused") else {}


def value_of_cell(column: Column, cell: str) -> str:
    """The value whose code or label, in any language of the form, the cell bears; CellError when none does."""
    said = folded(cell)
    for value, _label in column.labels:
        if folded(value) == said:
            return value
    for value, label in column.labels:
        if any(folded(words) == said for _language, words in label.words):
            return value
    raise not_an_option(column, cell)


def not_an_option(column: Column, cell: str) -> CellError:
    known = ", ".join(value for value, _label in column.labels)
    return CellError(
        Message(mark("“%(found)s” is not one of the answers."), {"found": short(cell)}),
        Message(mark("Write one of %(known)s, or its label in a language of the form."), {"known": short(known, 200)}),
    )


def short(words: str, longest: int = 60) -> str:
    """Words cut for a message.

    >>> short("a long answer", 6)
    'a lon…'
    """
    return words if len(words) <= longest else words[: longest - 1] + "…"


_NUMBER = re.compile(r"[+-]?(?:\d{1,15})(?:\.\d{1,12})?")


def number_of(words: str) -> float | None:
    """A number written with a decimal point, or None. No exponent, infinity or thousands.

    >>> number_of(" 3.50 "), number_of("1,5"), number_of("1e9")
    (3.5, None, None)
    """
    said = words.strip().replace("−", "-")
    return float(said) if _NUMBER.fullmatch(said) and said.isascii() else None


def joined(first_part: Text, second: Text) -> Text:
    """Two texts as "one: other", in the languages of the first; a sentence loses its full stop, a question stays one.

    >>> joined(Text.of({"es": "Mapas.", "en": "Maps?"}), Text.of({"es": "antes", "en": "before"})).as_dict()
    {'en': 'Maps? before', 'es': 'Mapas: antes'}
    """
    if not first_part or not second:
        return first_part or second
    base = first_part.languages[0]
    return Text.of({language: beside(words, second.in_language(language, base)) for language, words in first_part.words})


def beside(words: str, part: str) -> str:
    """A label and that of one of its parts, as ``joined`` puts them."""
    return f"{words} {part}" if words.endswith(("?", "!", "…")) else f"{words.rstrip('.:')}: {part}"
