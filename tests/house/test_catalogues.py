"""Both languages always: every marked sentence has its Spanish, and nothing in the catalogues is stale."""

from __future__ import annotations

import pytest
from babel.messages import Catalog

from tests.house import catalogues


def test_both_catalogues_say_everything_the_code_says() -> None:
    assert catalogues.problems() == []


def test_a_sentence_without_spanish_is_found(monkeypatch) -> None:
    template: Catalog = catalogues.extracted()
    template.add("A sentence that nobody has translated yet.")
    monkeypatch.setattr(catalogues, "extracted", lambda: template)
    assert "es: not in the catalogue: 'A sentence that nobody has translated yet.'" in catalogues.problems()


def test_a_translation_of_a_sentence_that_is_gone_is_found(monkeypatch) -> None:
    template: Catalog = catalogues.extracted()
    gone = next(message.id for message in template if isinstance(message.id, str) and message.id)
    template.delete(gone)
    monkeypatch.setattr(catalogues, "extracted", lambda: template)
    assert f"es: no longer in the code: {gone!r}" in catalogues.problems()


def test_nothing_that_people_see_is_left_unmarked() -> None:
    assert catalogues.unmarked() == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.html", "<p>{{ say('Hello') }} there</p>"),
        ("a.html", '<img alt="A chart">'),
        ("a.html", '<nav aria-label="Main">'),
        ("a.py", 'Message("It is wrong.")'),
        ("a.py", 'click.echo(f"{count} stored")'),
    ],
)
def test_words_without_a_mark_are_found(name: str, source: str, tmp_path, monkeypatch) -> None:
    (tmp_path / name).write_text(source)
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    monkeypatch.setattr(catalogues, "_sources", lambda: [(tmp_path / name, "python" if name.endswith("py") else "jinja2")])
    assert len(catalogues.unmarked()) == 1
