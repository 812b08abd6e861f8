"""Printed cards with a random code: a stack is made, shuffled and printed, and never kept.

A code has eight characters of Crockford's base 32: seven random ones and a check character of the same alphabet, because
his own 37 check symbols hold five that many telephones hide. The check is a polynomial over GF(32): every single wrong
character and every two that changed places are found; of codes made up, one in 32 passes.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable
from functools import reduce

from forms.messages import Message, Problem, mark
from surveys.languages import SPOKEN, Speaker, spoken
from surveys.printing import as_pdf
from surveys.storage import Programme, Promise

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
#: The control of the page that carries the code of a card; never a question of a form.
FIELD = "~card"
#: So many cards are printed at once: 100 sheets.
MOST_CARDS = 1000

_READ_AS = str.maketrans("OIL", "011")
_DIVISOR = 0b100101  # x⁵ + x² + 1, primitive: the powers of 2 are all different


def make_stack(count: int) -> list[str]:
    """So many codes, no two alike, in random order.

    >>> len(set(make_stack(50)))
    50
    """
    codes: set[str] = set()
    while len(codes) < count:
        codes.add(_with_check([secrets.randbelow(32) for _ in range(LENGTH - 1)]))
    stack = sorted(codes)
    secrets.SystemRandom().shuffle(stack)
    return stack


def print_stack(programme: Programme, promise: Promise, count: int, language: str) -> bytes:
    """A new stack as sheets to cut apart (PDF), in the programme's languages. Only how many were printed is kept."""
    promise.cards += count
    told = list(dict.fromkeys(code for one in programme.languages if (code := spoken(one, "")))) or [SPOKEN[0]]
    data = {
        "programme": programme.name.get(language) or programme.name[programme.languages[0]],
        "codes": make_stack(count),
        "words": [_words(code) for code in told],
    }
    return as_pdf("cards", data, language, Speaker(language)(mark("Cards with a code")))


def _words(language: str) -> dict[str, str]:
    say = Speaker(language)
    title, lines = mark("Keep this card."), mark("Its code serves in every round. Write no name on it. You can answer without it, too.")
    return {"language": language, "title": say(title), "lines": say(lines)}


def tidied_code(typed: str) -> str:
    """A code as it is printed, however it was typed: case, spaces and hyphens do not matter, O is 0, I and L are 1.

    >>> tidied_code(" 7kq4-oi9x "), tidied_code("7KQ4 01")
    ('7KQ4-019X', '7KQ4-01')
    """
    letters = unicodedata.normalize("NFKC", typed).upper()
    code = "".join(letter for letter in letters if letter.isalnum()).translate(_READ_AS)
    return f"{code[:4]}-{code[4:]}" if len(code) > 4 else code


def is_code(typed: str) -> bool:
    """Whether this is the code of a card: complete, of known characters, and its check is right.

    >>> is_code("0000-0012"), is_code("0000-0021"), is_code("0000-001")
    (True, False, False)
    """
    code = tidied_code(typed).replace("-", "")
    return len(code) == LENGTH and set(code) <= set(ALPHABET) and _rest(ALPHABET.index(letter) for letter in code) == 0


def fault_of(typed: str) -> Problem | None:
    """What is wrong with a code that was typed; nothing with a blank. The code is never repeated."""
    if not typed.strip() or is_code(typed):
        return None
    fault = mark("This is not the code of a card: a character is wrong or missing.")
    return Problem(FIELD, Message(fault), Message(mark("Look at your card again, or leave this blank to send without a code.")))


def _with_check(numbers: list[int]) -> str:
    code = "".join(ALPHABET[number] for number in [*numbers, _doubled(_rest(numbers))])
    return f"{code[:4]}-{code[4:]}"


def _rest(numbers: Iterable[int]) -> int:
    return reduce(lambda rest, number: _doubled(rest) ^ number, numbers, 0)


def _doubled(number: int) -> int:
    return number << 1 ^ (_DIVISOR if number & 16 else 0)
