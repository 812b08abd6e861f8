"""The bare thing that submissions are measured against: Flask, waitress, one durable SQLite insert a request."""

from __future__ import annotations

import json
import sqlite3
import sys
import threading

import waitress
from flask import Flask, request


def an_app(file: str) -> Flask:
    app = Flask(__name__)
    database = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE answer (id TEXT PRIMARY KEY, said TEXT)")
    one_at_a_time = threading.Lock()

    @app.get("/health")
    def health() -> str:
        return "ok"

    @app.post("/send")
    def send() -> tuple[str, int]:
        said = json.dumps(request.form.to_dict(flat=False))
        with one_at_a_time:
            database.execute("INSERT OR IGNORE INTO answer VALUES (?, ?)", (request.form["~id"], said))
        return "", 303

    return app


if __name__ == "__main__":
    waitress.serve(an_app(sys.argv[2]), host="127.0.0.1", port=int(sys.argv[1]), threads=8, _quiet=True)
