"""Numbers, dates and marked words in the reader's language: the small change of every sentence.

Numbers and dates are written by Babel for Peru and for Britain; what the two write differently around a number (a
no-break space before the per cent sign, «comillas») comes from the catalogues through ``say``. A minus is a minus sign.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any, Literal, Protocol

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_timedelta
from babel.lists import format_list
from babel.numbers import format_decimal

from analysis.columns import Words

#: points of a scale (1 decimal), per cent (integer), recommendation index (signed integer), count (integer), stated by hand
Unit = Literal["points", "percent", "nps", "count", "stated"]

LOCALES = {"es": "es_PE", "en": "en_GB"}


class Say(Protocol):
    """What an edge hands in to put marked words into the reader's language (as forms.messages.Say)."""

    language: str

    def __call__(self, words: str, /, **values: Any) -> str: ...

    def many(self, singular: str, plural: str, count: int, /, **values: Any) -> str: ...


def mark(words: str) -> str:
    """Mark words for extraction into the catalogue; returns them unchanged."""
    return words


@cache
def locale_of(language: str) -> Locale:
    """The Babel locale of a language; unknown ones are written as in Peru."""
    try:
        return Locale.parse(LOCALES.get(language, language))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(LOCALES["es"])


def _written(number: float, pattern: str, say: Say) -> str:
    rounded = round(number, pattern.partition(".")[2].count("0") + pattern.partition(".")[2].count("#"))
    return format_decimal(rounded + 0.0, format=pattern, locale=locale_of(say.language)).replace("-", "−")


def decimal(value: float, say: Say) -> str:
    """One decimal, as means are shown (privacy D8).

    >>> from types import SimpleNamespace
    >>> decimal(-0.04, SimpleNamespace(language="es"))
    '0.0'
    """
    return _written(value, "#,##0.0", say)


def whole(value: float, say: Say) -> str:
    """No decimals."""
    return _written(value, "#,##0", say)


def percent(value: float, say: Say) -> str:
    """A share of 0 to 100: "66%" in English, "66 %" with a no-break space in Spanish."""
    # Translators: a percentage; keep the no-break space that the language wants before the sign.
    return say("%(number)s%%", number=whole(value, say))


def signed(value: float, unit: Unit, say: Say) -> str:
    """With its sign, as changes and the recommendation index are shown: +0.6, −3; a change in shares in points."""
    pattern = "+#,##0.0;-#,##0.0" if unit in ("points", "stated") else "+#,##0;-#,##0"
    written = _written(value, pattern, say)
    return written[1:] if not written.strip("+−0.") else written


def amount(value: float, unit: Unit, say: Say) -> str:
    """A value in its unit, rounded as privacy D8 says."""
    if unit == "percent":
        return percent(value, say)
    if unit == "nps":
        return signed(value, "nps", say)
    if unit == "stated":
        return _written(value, "#,##0.##", say)
    return decimal(value, say) if unit == "points" else whole(value, say)


def bare(value: float, unit: Unit, say: Say) -> str:
    """A value without its per cent sign, as the ends of an interval are printed."""
    return whole(value, say) if unit == "percent" else amount(value, unit, say)


def interval(low: float, high: float, unit: Unit, say: Say) -> str:
    """Both ends: "3.3 to 3.7", "3.3 a 3.7"."""
    return say("%(low)s to %(high)s", low=bare(low, unit, say), high=bare(high, unit, say))


def month(day: date, say: Say) -> str:
    """ "julio de 2026", "July 2026"."""
    return format_skeleton("yMMMM", day, locale=locale_of(say.language))


def short_month(day: date, say: Say) -> str:
    """ "jul 2026", "Jul 2026": for tables and axes, without the abbreviation's stop."""
    return format_skeleton("yMMM", day, locale=locale_of(say.language)).replace(".", "")


def month_alone(day: date, say: Say) -> str:
    """ "jul", "Jul": the upper line of an axis, the year being below."""
    return format_date(day, "MMM", locale=locale_of(say.language)).replace(".", "")


def full_day(day: date, say: Say) -> str:
    """ "18 de julio de 2026", "18 July 2026"."""
    return format_date(day, "long", locale=locale_of(say.language))


def short_day(day: date, say: Say) -> str:
    """ "12 set", "12 Sept"."""
    return format_skeleton("MMMd", day, locale=locale_of(say.language)).replace(".", "")


def span(start: date, end: date, say: Say) -> str:
    """The time between two days in its natural unit: "16 months", "6 semanas"."""
    return format_timedelta(end - start, granularity="day", threshold=2, locale=locale_of(say.language))


def quoted(words: str, say: Say) -> str:
    """Somebody's own words in the quotation marks of the language, without the full stop that closed them."""
    return say("“%(words)s”", words=words.rstrip(". "))


def listed(words: Sequence[str], say: Say) -> str:
    """ "a, b and c", "a, b y c"; Spanish "y" becomes "e" before the sound i."""
    written = format_list(list(words), locale=locale_of(say.language))
    return re.sub(r" y (?=[«“]?h?[ií](?![aeo]))", " e ", written, flags=re.IGNORECASE) if say.language == "es" else written


def said(words: Words, say: Say) -> str:
    """A label in the reader's language, else in the first language that it has."""
    return words.get(say.language) or next(iter(words.values()), "")


def _is_dated(label: str, day: date | None) -> bool:
    """A label that says its year needs no month beside it."""
    return day is None or str(day.year) in label


def round_name(label: Words, day: date | None, say: Say) -> str:
    """A round by its label and month; by its month alone where the label is a date itself."""
    name = said(label, say)
    if day is None:
        return name
    if not name or _is_dated(name, day):
        return month(day, say)
    return say("%(round)s, %(month)s", round=name, month=month(day, say))


def short_round_name(label: Words, day: date | None, say: Say) -> str:
    """A round by its label and short month, for tables and bars; once where the label is a date itself."""
    name = said(label, say)
    if day is None or not name or _is_dated(name, day):
        return name or (short_month(day, say) if day else "")
    return say("%(round)s, %(month)s", round=name, month=short_month(day, say))


class Teller:
    """The functions of this room with ``say`` already in hand, for templates that draw a chart."""

    def __init__(self, say: Say) -> None:
        self.say = say

    def decimal(self, value: float) -> str:
        return decimal(value, self.say)

    def whole(self, value: float) -> str:
        return whole(value, self.say)

    def percent(self, value: float) -> str:
        return percent(value, self.say)

    def signed(self, value: float, unit: Unit = "nps") -> str:
        return signed(value, unit, self.say)

    def amount(self, value: float, unit: Unit) -> str:
        return amount(value, unit, self.say)

    def interval(self, low: float, high: float, unit: Unit) -> str:
        return interval(low, high, unit, self.say)

    def month_alone(self, day: date) -> str:
        return month_alone(day, self.say)

    def short_month(self, day: date) -> str:
        return short_month(day, self.say)

    def short_day(self, day: date) -> str:
        return short_day(day, self.say)

    def said(self, words: Words) -> str:
        return said(words, self.say)

    def round(self, label: Words, day: date | None) -> str:
        return short_round_name(label, day, self.say)
