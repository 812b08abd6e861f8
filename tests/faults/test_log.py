"""What a server writes while people answer: no link, no answer, no address and no device of theirs."""

from __future__ import annotations

import http.client
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from sqlalchemy import text

from surveys.storage.database import Database
from tests.faults.serving import Server, an_open_link, environment_for

PHONE = "Mozilla/5.0 (Linux; Android 8.1.0; TelefonoBarato)"


def request(server: Server, method: str, path: str, body: str = "") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    headers = {"User-Agent": PHONE, "X-Forwarded-For": "203.0.113.77", "Content-Type": "application/x-www-form-urlencoded"}
    connection.request(method, path, body, headers)
    return connection.getresponse().status


def test_a_server_writes_nothing_of_those_who_answer(sqlite_database: Database, tmp_path: Path) -> None:
    link, response_id = an_open_link(sqlite_database), str(uuid4())
    server = Server(environment_for(sqlite_database, tmp_path), log=tmp_path / "log")
    server.start()
    try:
        body = urlencode({"~lang": "es", "~id": response_id, "trust": 4, "why": "palabras-del-participante"})
        assert request(server, "GET", f"/r/{link}") == 200
        assert request(server, "POST", f"/r/{link}", body) == 303
        assert request(server, "GET", f"/r/{link}x") == 404
        with sqlite_database.session() as session:
            session.execute(text("update round set languages = '[]'"))  # what no page of ours does
        assert request(server, "POST", f"/r/{link}", body.replace(response_id, str(uuid4()))) >= 500
    finally:
        server.kill()
    written = (tmp_path / "log").read_text()
    assert "request failed" in written
    for secret in (link, response_id, "palabras-del-participante", "203.0.113.77", "TelefonoBarato"):
        assert secret not in written
