"""How hard a text is to read: the school grade that its words and sentences ask for, in Spanish and English.

Spanish: Fernández Huerta's reading ease, L = 206.84 - 0.60 P - 1.02 F, with P syllables in 100 words and F words in a
sentence (J. Fernández Huerta, "Medidas sencillas de lecturabilidad", Consigna 214, 1959, 29-32; F as words in a sentence
after G. Law, 2011). His table gives grades to L; 70 is where the sixth grade begins.
English: the Flesch-Kincaid grade, 0.39 F + 11.8 S - 15.59, with S syllables in a word (J. P. Kincaid and others,
"Derivation of new readability formulas", Naval Technical Training Command, Research Branch Report 8-75, 1975).
Both count texts of 100 words: in fewer, one long word moves the result by a grade, so nothing is said of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

LEAST_WORDS = 100
SIXTH = 6

#: Fernández Huerta: the lowest L of each grade. Below all of them: university.
GRADES_OF_EASE = ((90, 4), (80, 5), (70, 6), (60, 8), (50, 10), (30, 12))
UNIVERSITY = 13

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.!?…:;]+(?:\s|$)")

_STRONG, _WEAK = "aeoáéó", "iuü"
_VOWELS = _STRONG + _WEAK + "íú"
_PLAIN = {"í": "i", "ú": "u", "ü": "u"}
_SILENT_U = re.compile(r"(?<=q)u(?=[eiéí])|(?<=g)u(?=[eiéí])")

_GROUP = re.compile(r"[aeiouy]+")
#: Vowels that stand together and are said apart: i-dea, cre-ate, vari-ous, soci-ety, usu-al, do-ing.
_SPOKEN_APART = re.compile(
    r"(?:ar|id)ea|crea|react|reali|eo(?!u|pl)|eum|ia(?!l|n\b|ns\b)|(?<=[^ct])ial|ie(?=t)|(?<=[^cgtx])ious|scien|(?<![cgqst])ien(?=c|t)"
    r"|^lion|^vio|^bio|(?<=d)io\b|riod|(?<![gs])ua|usua|ue(?=l|n)|uity|ruin|fluid|[aeiouy]ing|ryon|[aou]y(?=[aeo])"
)
_SILENT_E = re.compile(
    r"(?<=[^aeiouyl])e$|(?<=[aeiouyrl]l)e$|(?<=[^aeioul])es$|(?<=[aeiouyrl]l)es$|(?<=[^aeiouytd])ed$"
    r"|e(?=ly$|less$|ness|ful|like|wise|thing|times|one$|where)|(?<=r)e(?=fore)|(?<![ep]l)e(?=ment)|(?<=v)e(?=ry)"
)
_ONLY_E = frozenset({"the", "be", "he", "me", "she", "we"})
_SPOKEN_ES = re.compile(r"(?:[csxz]|[cs]h|g)es$")


@dataclass(frozen=True)
class Level:
    """The grade that a text asks for, with the number of its words."""

    grade: int
    words: int


def level(texts: Iterable[str], language: str) -> Level | None:
    """The grade of several texts judged together; None in another language, or when they are too short to judge."""
    if language not in SYLLABLES:
        return None
    sentences = [sentence for text in texts for sentence in _SENTENCE_END.split(text) if _WORD.search(sentence)]
    words = [word for sentence in sentences for word in _WORD.findall(sentence)]
    if len(words) < LEAST_WORDS:
        return None
    syllables = sum(SYLLABLES[language](word) for word in words)
    return Level(GRADE[language](syllables / len(words), len(words) / len(sentences)), len(words))


def count_words(text: str) -> int:
    return len(_WORD.findall(text))


@lru_cache(8192)
def spanish_syllables(word: str) -> int:
    """The syllables of a Spanish word as its spelling divides it: one for each vowel, diphthongs and triphthongs together.

    Apart are two strong vowels (a, e, o), a weak one (i, u) with an accent beside a strong one, and a vowel said twice. A y
    before no vowel is an i; the u of que, qui, gue and gui is silent; an h between vowels changes nothing.

    >>> [spanish_syllables(word) for word in ("ciudad", "país", "aéreo", "averiguáis", "quien", "muy", "ahora")]
    [2, 2, 4, 4, 1, 1, 3]
    """
    said = re.sub(r"(?<=[aeiouáéíóúü])h(?=[aeiouáéíóúü])", "", _SILENT_U.sub("", word.casefold()))
    said = re.sub(r"y(?![aeiouáéíóúü])", "i", said)
    return max(1, sum(letter in _VOWELS and not _joins(before, letter) for before, letter in pairwise(f" {said}")))


def _joins(before: str, letter: str) -> bool:
    """Whether a vowel is said in one syllable with the letter before it."""
    if before in _STRONG:
        return letter in _WEAK
    if before in _WEAK:
        return _PLAIN.get(letter, letter) != _PLAIN.get(before, before)
    return before in "íú" and letter in "iu" and _PLAIN[before] != letter


@lru_cache(8192)
def english_syllables(word: str) -> int:
    """The syllables of an English word by rule: groups of vowels, without silent ones, and those said apart.

    >>> [english_syllables(word) for word in ("trust", "people", "decided", "needed", "creating", "area")]
    [1, 2, 3, 2, 3, 3]
    """
    said = re.sub(r"(?<!arg)(?<=[gq])ue(?=s?$)|(?<=q)u", "", re.sub(r"['’]s?$", "", word.casefold()))
    if not _SPOKEN_ES.search(said) and said not in _ONLY_E:
        said = _SILENT_E.sub("", said)
    return max(1, len(_GROUP.findall(said)) + len(_SPOKEN_APART.findall(said)))


def _spanish_grade(syllables: float, words: float) -> int:
    """The grade of Fernández Huerta's reading ease.

    >>> _spanish_grade(2.0, 10.0), _spanish_grade(2.2, 18.0)
    (6, 10)
    """
    ease = 206.84 - 0.60 * 100 * syllables - 1.02 * words
    return next((grade for least, grade in GRADES_OF_EASE if ease >= least), UNIVERSITY)


def _english_grade(syllables: float, words: float) -> int:
    """The Flesch-Kincaid grade, its fraction left out: 6.9 is still the sixth grade.

    >>> _english_grade(1.4, 12.0), _english_grade(1.8, 20.0)
    (5, 13)
    """
    return min(UNIVERSITY, max(1, int(0.39 * words + 11.8 * syllables - 15.59)))


SYLLABLES: dict[str, Callable[[str], int]] = {"es": spanish_syllables, "en": english_syllables}
GRADE: dict[str, Callable[[float, float], int]] = {"es": _spanish_grade, "en": _english_grade}
