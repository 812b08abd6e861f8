"""Languages: the catalogues of translations/, read once, and the speaker that every room is handed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from functools import cache
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from platformdirs import user_cache_path

#: Languages in which Tupuy itself speaks; programmes may have any others.
SPOKEN = ("es", "en")
#: Peru writes 12,345.6 where Spain writes 12.345,6.
LOCALES = {"es": "es_PE", "en": "en_GB"}
#: Own names of languages of the region that Babel does not know, or knows under another code.
OWN_NAMES = {"ay": "Aymar aru", "quy": "Chanka runasimi", "quz": "Qusqu runasimi"}
#: Codes of ISO 639-3 that are kinds of a language with a code of two letters.
KINDS_OF = {"quy": "qu", "quz": "qu", "ayr": "ay", "ayc": "ay"}


def translations_folder() -> Path:
    return Path(str(resources.files("translations")))


@cache
def translations(language: str, cache_folder: Path | None = None) -> NullTranslations:
    """The catalogue of ``language``; compiled ones are kept in ``cache_folder`` under the digest of their source.

    The same object serves pages, WTForms (``gettext``, ``ngettext``) and every Speaker. A language in which Tupuy does
    not speak is answered in the words of the code.
    """
    if language not in SPOKEN:
        return NullTranslations()
    source = translations_folder() / language / "LC_MESSAGES" / "messages.po"
    said = source.read_bytes()
    folder = cache_folder or user_cache_path("tupuy")
    compiled = folder / f"{language}-{hashlib.sha256(said).hexdigest()[:16]}.mo"
    if not compiled.exists():
        with source.open("rb") as words:
            catalogue = read_po(words, locale=language)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            draft = compiled.with_suffix(f".{os.getpid()}")
            with draft.open("wb") as out:
                write_mo(out, catalogue)
            draft.replace(compiled)
        except OSError:
            return _in_memory(catalogue)
    with compiled.open("rb") as words:
        return Translations(words)


def _in_memory(catalogue: Any) -> NullTranslations:
    out = BytesIO()
    write_mo(out, catalogue)
    out.seek(0)
    return Translations(out)


class Speaker:
    """Says marked words in one language (the Say of forms.messages)."""

    def __init__(self, language: str, cache_folder: Path | None = None) -> None:
        self.language = language
        self._translations = translations(language, cache_folder)

    def __call__(self, words: str, /, **values: Any) -> str:
        said = self._translations.gettext(words) if words else ""
        return said % values if values else said.replace("%%", "%")

    def many(self, singular: str, plural: str, count: int, /, **values: Any) -> str:
        return self._translations.ngettext(singular, plural, count) % {"count": count, **values}


@cache
def known_locale(language: str) -> Locale | None:
    """The Babel locale of a language code, such as ``pt-BR``; None where Babel has none."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


@cache
def locale(language: str) -> Locale:
    """The Babel locale in which dates and numbers of ``language`` are written: Spanish where Babel has none."""
    return known_locale(LOCALES.get(language, language).replace("_", "-")) or Locale.parse(LOCALES["es"])


def own_name(language: str) -> str:
    """What a language calls itself; its code where that is not known.

    >>> own_name("es"), own_name("en"), own_name("qu"), own_name("ay"), own_name("pt"), own_name("x1")
    ('Español', 'English', 'Runasimi', 'Aymar aru', 'Português', 'x1')
    >>> own_name("pt-BR")
    'Português (Brasil)'
    """
    if language in OWN_NAMES:
        return OWN_NAMES[language]
    known = known_locale(language)
    name = known.get_display_name(known) if known else ""
    return name[:1].upper() + name[1:] if name else language


def is_from_right(language: str) -> bool:
    """Whether a language is written from right to left.

    >>> is_from_right("ar"), is_from_right("qu")
    (True, False)
    """
    known = known_locale(language)
    return known is not None and known.text_direction == "rtl"


def general(language: str) -> str:
    """The language that a code is a kind of: words said in it are understood.

    >>> general("pt-BR"), general("quz"), general("en")
    ('pt', 'qu', 'en')
    """
    code = language.partition("-")[0]
    return KINDS_OF.get(code, code)


def spoken(language: str | None, otherwise: str = SPOKEN[0]) -> str:
    """``language`` cut to one that Tupuy speaks: ``es-PE`` and ``es_PE.UTF-8`` are ``es``; else ``otherwise``."""
    code = (language or "").replace("_", "-").split("-")[0].split(".")[0].casefold()
    return code if code in SPOKEN else otherwise


def chrome_of(languages: Sequence[str]) -> str:
    """The language in which Tupuy speaks to people of a programme whose own language it does not speak.

    That is the programme's first language that Tupuy speaks, the base before all others; Spanish where it speaks none.

    >>> chrome_of(["en", "qu"]), chrome_of(["pt", "en"]), chrome_of(["ay"])
    ('en', 'en', 'es')
    """
    return next((code for language in languages if (code := spoken(language, ""))), SPOKEN[0])
