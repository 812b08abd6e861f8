"""A server process that can be killed and started again on the same port, and people who send until they are thanked."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from forms.definition import FormDefinition, Question, Scale, Section
from forms.wording import Text
from surveys.authoring import add_survey, import_form, open_round
from surveys.storage.database import Database
from tests.records import SECRET, TODAY, a_programme

ROOT = Path(__file__).resolve().parents[2]


def a_form() -> FormDefinition:
    words = Text.of({"es": "¿Confía?", "en": "Do you trust?"})
    trust = Question("trust", "scale", words, scale="five")
    return FormDefinition("killed", words, ("es", "en"), (Section("one", questions=(trust,)),), scales=(Scale("five", 1, 5),))


def an_open_link(database: Database) -> str:
    with database.session() as session:
        programme = a_programme(session)
        version = import_form(session, programme, a_form(), TODAY)
        survey = add_survey(session, programme, version.form, "killed", {"es": "Prueba", "en": "Trial"})
        return open_round(session, survey, "1", TODAY).link


def environment_for(database: Database, folder: Path) -> dict[str, str]:
    """What a server process must be told to serve this database."""
    given = {"TUPUY_DATA": str(folder / "served"), "TUPUY_KEYS": str(folder / "keys"), "TUPUY_SECRET": SECRET}
    return {**os.environ, **given, "TUPUY_DATABASE": database.url.render_as_string(hide_password=False)}


def a_free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@dataclass
class Server:
    """``tupuy serve`` as a process of its own."""

    environment: dict[str, str]
    port: int = field(default_factory=a_free_port)
    process: subprocess.Popen[bytes] | None = None
    log: Path | None = None  # where it writes what it has to say; nowhere unless given

    def start(self) -> None:
        command = [sys.executable, str(ROOT / "app.py"), "serve", "--port", str(self.port)]
        with open(self.log or os.devnull, "ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        until = time.monotonic() + 60
        while self.status("GET", "/health") != 200:
            if time.monotonic() > until:
                raise TimeoutError("the server did not start")
            time.sleep(0.02)

    def kill(self) -> None:
        """Without a word of warning: the process has no chance to end anything."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def status(self, method: str, path: str, body: str = "") -> int | None:
        """The status of one request on a connection of its own; None when there was no answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection.request(method, path, body, {"Content-Type": "application/x-www-form-urlencoded"})
            answer = connection.getresponse()
            answer.read()
            return answer.status
        connection.close()
        return None


@dataclass
class People:
    """Clients that answer one after the other; each sends the same answers again until they are acknowledged."""

    server: Server
    path: str
    fields: dict[str, str]
    question: str
    acknowledged: dict[str, str] = field(default_factory=dict)  # response id -> what it said
    tries: int = 0
    refused: list[int] = field(default_factory=list)
    has_ended: threading.Event = field(default_factory=threading.Event)

    def answer(self, seed: int) -> None:
        draw = random.Random(seed)
        while not self.has_ended.is_set():
            self.send(str(uuid4()), str(draw.randint(1, 5)))

    def send(self, response_id: str, said: str) -> None:
        body = urlencode({**self.fields, "~id": response_id, self.question: said})
        while True:
            self.tries += 1
            status = self.server.status("POST", self.path, body)
            if status == 303:
                self.acknowledged[response_id] = said
                return
            if status is not None and status < 500:
                self.refused.append(status)
                return
            time.sleep(0.05)

    @contextlib.contextmanager
    def answering(self, clients: int) -> Iterator[None]:
        """People who answer for as long as the block lasts."""
        threads = [threading.Thread(target=self.answer, args=(seed,)) for seed in range(clients)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.has_ended.set()
            for thread in threads:
                thread.join()
