"""Tupuy, put together: settings, database, languages, doors and the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader

from surveys import cli, web
from surveys.settings import Settings
from surveys.storage.database import Database, open_database

#: The partials of the question types: data of forms/, which knows no Flask.
FORM_TEMPLATES = Path(__file__).parent / "forms" / "templates"


def create_app(settings: Settings, database: Database | None = None) -> Flask:
    """The web application on a database that is ready. Raises DatabaseProblem when it is not."""
    app = web.Doors(settings, database or open_database(settings))
    app.jinja_loader = ChoiceLoader([loader for loader in (app.jinja_loader, FileSystemLoader(FORM_TEMPLATES)) if loader])
    return app


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """The command ``tupuy``."""
    cli.main(create_app, arguments)


if __name__ == "__main__":
    main()
