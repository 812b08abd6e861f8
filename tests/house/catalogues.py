"""The catalogues: extract every marked sentence, keep both languages in step, find what is missing or stale.

python -m tests.house.catalogues update          refresh messages.pot, es and en from the code
python -m tests.house.catalogues add FILE.po     take the translations of a small .po into the Spanish catalogue
python -m tests.house.catalogues check           name everything missing, stale or unmarked; exit 1 if there is any
"""

from __future__ import annotations

import ast
import fcntl
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
TRANSLATIONS = ROOT / "translations"
ROOMS = ("app.py", "forms", "surveys", "analysis")
KEYWORDS = {"mark": None, "mark_many": (1, 2), "say": None, "many": (1, 2), "say_many": (1, 2)}
LANGUAGES = ("es", "en")


def _sources() -> Iterator[tuple[Path, str]]:
    for room in ROOMS:
        path = ROOT / room
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.suffix in {".py", ".html", ".txt"})
        for file in files:
            if "templates" in file.parts:
                yield file, "jinja2"
            elif file.suffix == ".py":
                yield file, "python"


def extracted() -> Catalog:
    """A catalogue of every marked sentence in the code and the templates."""
    catalogue = Catalog(project="Tupuy", version="0.1.0", charset="utf-8", fuzzy=False)
    for file, method in _sources():
        with file.open("rb") as source:
            for _line, message, comments, _context in extract(method, source, KEYWORDS, ("Translators:",)):
                catalogue.add(message, locations=[(file.relative_to(ROOT).as_posix(), None)], auto_comments=comments)
    return catalogue


def _path(language: str) -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def _read(language: str) -> Catalog:
    path = _path(language)
    if not path.exists():
        return Catalog(locale=language, project="Tupuy", version="0.1.0", charset="utf-8", fuzzy=False)
    with path.open("rb") as source:
        return read_po(source, locale=language)


def _written(catalogue: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, catalogue, width=120, sort_output=True, omit_header=False, ignore_obsolete=True, include_lineno=False)
    lines = out.getvalue().decode().splitlines()
    kept = [line for line in lines if not line.startswith(('"POT-Creation-Date', '"PO-Revision-Date', '"Last-Translator', '"Generated-By'))]
    return ("\n".join(kept) + "\n").encode()


def update() -> None:
    template = extracted()
    (TRANSLATIONS / "messages.pot").write_bytes(_written(template))
    for language in LANGUAGES:
        catalogue = _read(language)
        catalogue.update(template, no_fuzzy_matching=True)
        for message in catalogue:  # one that was given a plural is marked fuzzy even where it says nothing
            if message.id and message.fuzzy and not any(message.string):
                message.flags.discard("fuzzy")
        _path(language).parent.mkdir(parents=True, exist_ok=True)
        _path(language).write_bytes(_written(catalogue))


def add(fragment: Path) -> None:
    """Take the translations of ``fragment`` (any .po) into the Spanish catalogue; later ones win."""
    with fragment.open("rb") as source:
        given = read_po(source, locale="es")
    update()
    catalogue = _read("es")
    for message in given:
        if message.id and message.string:
            known = catalogue.get(message.id)
            if known is None:
                print(f"not in the code, left out: {message.id!r}")
            else:
                known.string = message.string
                known.flags.discard("fuzzy")
    _path("es").write_bytes(_written(catalogue))


def problems() -> list[str]:
    """Every missing, fuzzy or stale entry of both catalogues, in words."""
    template = extracted()
    found = []
    for language in LANGUAGES:
        catalogue = _read(language)
        for message in template:
            known = catalogue.get(message.id) if message.id else message
            if known is None:
                found.append(f"{language}: not in the catalogue: {message.id!r}")
            elif message.id and known.fuzzy:
                found.append(f"{language}: marked fuzzy: {message.id!r}")
            elif message.id and language != "en" and not (all(known.string) if isinstance(known.string, tuple) else known.string):
                found.append(f"{language}: not translated: {message.id!r}")
            elif message.id and (faults := list(known.check(catalogue))):
                found.append(f"{language}: {message.id!r}: {faults[0]}")
        found += [f"{language}: no longer in the code: {m.id!r}" for m in catalogue if m.id and template.get(m.id) is None]
    if (TRANSLATIONS / "messages.pot").read_bytes() != _written(template):
        found.append("messages.pot is not what the code says: run python -m tests.house.catalogues update")
    return found


#: What stands in a template unmarked: names, a command, and words that are in both languages already.
PLAIN = re.compile("Tupuy|tupuy sign-in|Idioma / Language")
#: Attributes that people see or hear.
HEARD = re.compile(r"""\b(?:aria-label|aria-description|aria-valuetext|alt|title|placeholder)="([^"]*)\"""")
#: Calls that show their first argument to people as it is.
SHOWS = {"Message", "echo", "secho"}


def unmarked() -> list[str]:
    """Words that people would see in English only: literals in templates, and in Python those handed on without a mark."""
    found = []
    for file, method in _sources():
        words = _in_template(file.read_text("utf-8")) if method == "jinja2" else _in_python(file.read_text("utf-8"))
        found += [f"{file.relative_to(ROOT).as_posix()}: not marked: {word!r}" for word in words]
    return found


def _in_template(source: str) -> Iterator[str]:
    seen = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", re.sub(r"<(style|script)\b.*?</\1>", "", source, flags=re.S), flags=re.S)
    for words in [*HEARD.findall(seen), *re.sub(r"<[^<>]*>|<\w+", "\n", seen).splitlines()]:
        left = PLAIN.sub("", words).strip()
        if re.search(r"[^\W\d_]{2}", left) and not re.match(r"[\w-]+=\"", left):  # attributes that a macro writes
            yield words.strip()


def _in_python(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args and getattr(node.func, "id", getattr(node.func, "attr", "")) in SHOWS:
            shown = node.args[0]
            literals = shown.values if isinstance(shown, ast.JoinedStr) else [shown]
            said = "".join(part.value for part in literals if isinstance(part, ast.Constant) and isinstance(part.value, str))
            if re.search(r"[^\W\d_]{2}", re.sub(r"%\(\w+\)s", "", said)):
                yield said


def main(arguments: list[str]) -> int:
    with (TRANSLATIONS / "messages.pot").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        match arguments:
            case ["update"]:
                update()
            case ["add", fragment]:
                add(Path(fragment))
            case ["check"]:
                found = problems() + unmarked()
                print("\n".join(found) or "Both catalogues say everything.")
                return bool(found)
            case _:
                print(__doc__)
                return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
