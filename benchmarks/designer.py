"""The designer with a form of 150 questions in 4 languages: from a key to what is painted, to what is saved; weight by part.

Times are ratios to the same browser setting one bare textarea's words and painting them, and the same server answering
``/health``; both are measured in the same run.
"""

from __future__ import annotations

import gzip
import logging
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from playwright.sync_api import APIRequestContext, Page, sync_playwright
from werkzeug.serving import make_server

from benchmarks.pages import CHROMIUM
from forms import codec
from surveys import accounts, drafting
from surveys.settings import load_settings
from surveys.storage import Group, Programme
from surveys.storage.database import Database

LANGUAGES = ("es", "en", "qu", "pt")
QUESTIONS, SECTIONS = 150, 10
KEYS = "se escribe a un ritmo normal"

#: Resolves with the milliseconds of each key, from its event until the frame that shows it is out.
PAINTED = """() => {
  window.painted = []
  document.addEventListener("input", () => {
    const began = performance.now()
    requestAnimationFrame(() => setTimeout(() => painted.push(performance.now() - began)))
  }, true)
}"""


def in_all(words: str) -> dict[str, str]:
    return {language: f"{words} ({language})" for language in LANGUAGES}


def a_question(number: int) -> dict[str, Any]:
    rows = [{"value": f"row_{row}", "label": in_all(f"Parte {row} de la pregunta {number}")} for row in (1, 2, 3)]
    asked = {"name": f"q{number}", "kind": "battery", "scale": "much", "label": in_all(f"¿Cuánta confianza tiene en {number}?")}
    return {**asked, "hint": in_all("No hay respuestas buenas ni malas."), "rows": rows} | (
        {"show_if": f"q{number - 1}/row_1 > 2"} if number else {}
    )


def a_form() -> dict[str, Any]:
    each = QUESTIONS // SECTIONS
    sections = [
        {"name": f"part_{part}", "title": in_all(f"Parte {part}"), "questions": [a_question(part * each + place) for place in range(each)]}
        for part in range(SECTIONS)
    ]
    scale = {"name": "much", "lo": 1, "hi": 5, "labels": {str(point): in_all(f"Punto {point}") for point in range(1, 6)}}
    return {"name": "large", "title": in_all("Un cuestionario largo"), "languages": [*LANGUAGES], "scales": [scale], "sections": sections}


@contextmanager
def a_site() -> Iterator[tuple[str, str, str]]:
    """(address, path of the form, path of the sign-in) of a served programme with the large form."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(Path(folder) / "data", env={"TUPUY_SECRET": "0123456789abcdefghijklmnopqrstuvwxyz"})
        settings.data.mkdir()
        database = Database(settings.database_url)
        database.upgrade()
        with database.session() as session:
            programme = Programme(slug="large", name={"es": "Grande"}, about={}, languages=["es", "en"], mix={"a": 1.0})
            programme.groups = [Group(key="police", position=0, name=in_all("Policía"))]
            session.add(programme)
            session.flush()
            form = drafting.new_form(session, programme, codec.from_document(a_form()), None, datetime.now(UTC)).id
            secret = accounts.make_sign_in_link(session, accounts.ensure_person(session, "ana@example.org"), datetime.now(UTC))
        server = make_server("127.0.0.1", 0, import_module("app").create_app(settings, database), threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", f"/forms/{form}", f"/sign-in/{secret}"
        server.shutdown()
        database.engine.dispose()


def typed(page: Page) -> float:
    """The median milliseconds from a key to its painted letter, in the field that has the focus."""
    page.evaluate(PAINTED)
    page.keyboard.type(KEYS, delay=60)
    page.wait_for_timeout(300)
    return statistics.median(page.evaluate("painted"))


def seconds_of(work: Any, times: int = 5) -> float:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def weight(request: APIRequestContext, address: str, form: str, modules: list[str]) -> None:
    """Bytes as they are and compressed, of each part of a first load."""
    sheets = ["tokens.css", "base.css", "staff.css", "author.css"]
    parts = {
        "page": [form],
        "draft (150 questions, 4 languages)": [f"{form}/draft"],
        f"script ({len(modules)} files)": modules,
        f"style ({len(sheets)} files)": [f"/static/{name}" for name in sheets],
    }
    print(f"\n{'part':<38}{'bytes':>10}{'gzip':>10}")
    for name, paths in parts.items():
        bodies = [request.get(address + path).body() for path in paths]
        print(f"{name:<38}{sum(map(len, bodies)):>10}{sum(len(gzip.compress(body, 6)) for body in bodies):>10}")


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with a_site() as (address, form, sign_in), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM))
        page = browser.new_context(viewport={"width": 1366, "height": 850}, reduced_motion="reduce").new_page()
        page.set_content("<textarea autofocus></textarea>")
        page.locator("textarea").click()
        bare = typed(page)
        page.context.request.post(address + sign_in)
        page.goto(f"{address}{form}#questions.q75")
        field = page.locator('[data-place="questions.q75.label"][data-language=es]')
        field.click()
        page.wait_for_timeout(1500)  # the preview is drawn
        painted = typed(page)
        began = time.perf_counter()
        page.locator("[data-saving=saved]").wait_for()
        pause = time.perf_counter() - began
        health = seconds_of(lambda: page.context.request.get(f"{address}/health"))
        state = seconds_of(lambda: page.context.request.get(f"{address}{form}/draft"))
        modules = page.evaluate("performance.getEntriesByType('resource').map(e => e.name).filter(n => n.includes('/designer/'))")
        print(f"{'what':<38}{'ms':>10}{'ratio':>10}")
        print(f"{'a key painted, bare textarea':<38}{bare:>10.1f}{1:>10.1f}")
        print(f"{'a key painted, designer':<38}{painted:>10.1f}{painted / bare:>10.1f}")
        print(f"{'/health':<38}{1000 * health:>10.1f}{1:>10.1f}")
        print(f"{'the draft, whole and judged':<38}{1000 * state:>10.1f}{state / health:>10.1f}")
        print(f"{'last key to saved, pause of 600 ms too':<38}{1000 * (pause + 0.3):>10.1f}")
        weight(page.context.request, address, form, sorted({name.removeprefix(address) for name in modules}))
        browser.close()


if __name__ == "__main__":
    main()
