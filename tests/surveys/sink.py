"""A mail server for tests: it keeps what it is sent, refuses whom it is told to, and dies when it is told to."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Literal

from surveys.settings import MailServer

Stage = Literal["never", "before", "after"]


class Sink(socketserver.ThreadingTCPServer):
    """``refused``: addresses that it does not take. ``dies``: after ``lives_for`` messages the line breaks, before the next
    one is handed over or after it."""

    allow_reuse_address, daemon_threads = True, True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.taken: list[tuple[str, EmailMessage]] = []
        self.refused: set[str] = set()
        self.dies: Stage = "never"
        self.lives_for = 0

    @property
    def server(self) -> MailServer:
        return MailServer("127.0.0.1", self.server_address[1], "encuestas@example.org", "none")

    @property
    def addresses(self) -> list[str]:
        return [address for address, _ in self.taken]

    def is_dead(self, stage: Stage) -> bool:
        return self.dies == stage and len(self.taken) >= self.lives_for


class _Talk(socketserver.StreamRequestHandler):
    server: Sink

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def handle(self) -> None:
        self.say("220 sink")
        address = ""
        for line in iter(self.rfile.readline, b""):
            verb, _, said = line.decode().strip().partition(" ")
            if verb.upper() == "RCPT":
                address = said.partition("<")[2].partition(">")[0]
                self.say("550 5.1.1 no such mailbox here" if address in self.server.refused else "250 ok")
            elif verb.upper() == "DATA":
                if self.server.is_dead("before"):
                    return
                self.say("354 go on")
                body = b"".join(iter(self.rfile.readline, b".\r\n"))
                if self.server.is_dead("after"):
                    return
                self.server.taken.append((address, message_from_bytes(body, policy=policy.default)))  # type: ignore[arg-type]  # the policy makes it one
                self.say("250 taken")
            elif verb.upper() == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("421 going away" if verb.upper() == "MAIL" and self.server.is_dead("before") else "250 ok")
                if verb.upper() == "MAIL" and self.server.is_dead("before"):
                    return


@contextmanager
def a_sink() -> Iterator[Sink]:
    """A running mail server on a free port."""
    with Sink() as sink:
        thread = threading.Thread(target=sink.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield sink
        sink.shutdown()
        thread.join()
