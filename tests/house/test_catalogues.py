"""Both languages always: every marked sentence has its Spanish, and nothing in the catalogues is stale."""

from __future__ import annotations

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
