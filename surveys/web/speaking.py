"""Languages at the edge: which one a request is answered in, and the words that templates can say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.support import NullTranslations
from flask import Flask, current_app, g, request
from flask_babel import Babel, Domain

from surveys.languages import SPOKEN, Speaker, locale, own_name, spoken, translations


class Catalogue(Domain):
    """Gives Flask-Babel the same catalogues that everybody else speaks from."""

    def get_translations(self) -> NullTranslations:
        return translations(g.get("language", SPOKEN[0]), _cache())


def register(app: Flask) -> None:
    Babel(app, default_domain=Catalogue(), locale_selector=lambda: str(locale(g.get("language", SPOKEN[0]))))
    app.jinja_env.globals.update(say=say, say_many=say_many)
    app.context_processor(lambda: {"lang": g.get("language", SPOKEN[0]), "tongues": {code: own_name(code) for code in SPOKEN}})


def language_of_request() -> str:
    """The language asked for (?lang=), else the browser's best, else Spanish."""
    asked = request.args.get("lang")
    return asked if asked in SPOKEN else spoken(request.accept_languages.best_match(SPOKEN))


def speaker(language: str | None = None) -> Speaker:
    """Who speaks ``language``, or that of the request."""
    return Speaker(language or g.get("language", SPOKEN[0]), _cache())


def say(words: str, /, **values: Any) -> str:
    return speaker()(words, **values)


def say_many(singular: str, plural: str, count: int, /, **values: Any) -> str:
    return speaker().many(singular, plural, count, **values)


def _cache() -> Path:
    return current_app.settings.cache  # type: ignore[attr-defined]  # the app is always surveys.web.Doors
