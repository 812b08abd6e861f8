"""Durable submissions a second at 1, 8 and 32 clients, every row verified; as a ratio to bare Flask and SQLite."""

from __future__ import annotations

import http.client
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from benchmarks.serving import a_free_port, a_process, a_served_demo

CLIENTS = (1, 8, 32)
EACH_RUN = 480  # submissions, shared by the clients


class Filled(HTMLParser):
    """The fields of a participant's page, each choice answered with its first option."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("name") and given.get("type") in {"radio", "hidden"}:
            self.fields.setdefault(str(given["name"]), given.get("value") or "")


@dataclass(frozen=True)
class Run:
    clients: int
    per_second: float
    p50_ms: float
    p99_ms: float
    sent: list[str]


def _send_all(address: str, path: str, fields: dict[str, str], ids: list[str], took: list[float]) -> None:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    for response_id in ids:
        began = time.perf_counter()
        body = urlencode({**fields, "~id": response_id})
        connection.request("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        reply = connection.getresponse()
        reply.read()
        if reply.status != 303:
            raise RuntimeError(f"{path} answered {reply.status}")
        took.append(time.perf_counter() - began)


def run(address: str, path: str, fields: dict[str, str], clients: int) -> Run:
    ids, took = [str(uuid4()) for _ in range(EACH_RUN)], []
    threads = [threading.Thread(target=_send_all, args=(address, path, fields, ids[n::clients], took)) for n in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if len(took) != EACH_RUN:
        raise RuntimeError(f"{EACH_RUN - len(took)} submissions were not acknowledged")
    cuts = statistics.quantiles(took, n=100)
    return Run(clients, EACH_RUN / seconds, cuts[49] * 1000, cuts[98] * 1000, ids)


def verify(found: set[str], runs: list[Run]) -> None:
    sent = {identity.replace("-", "") for each in runs for identity in each.sent}
    lost = sent - {identity.replace("-", "") for identity in found}
    print(f"  verified: {len(sent)} acknowledged, {len(sent) - len(lost)} in the database, {len(lost)} lost")
    if lost:
        sys.exit("acknowledged answers were lost")


def measured(name: str, send: Callable[[int], Run]) -> list[Run]:
    print(name)
    send(1)  # warm
    runs = [send(clients) for clients in CLIENTS]
    for each in runs:
        print(f"  {each.clients:>2} clients: {each.per_second:7.0f}/s   p50 {each.p50_ms:6.1f} ms   p99 {each.p99_ms:6.1f} ms")
    return runs


def main() -> None:
    with a_served_demo() as served:
        path = next(urlsplit(one["address"]).path for one in served.told["rounds"] if not one["is_closed"])
        page = Filled()
        page.feed(urllib.request.urlopen(served.address + path).read().decode())
        ours = measured("Tupuy, the whole path of an answer", lambda clients: run(served.address, path, page.fields, clients))
        with sqlite3.connect(served.data / "tupuy.db") as database:
            verify({row[0] for row in database.execute("select id from response")}, ours)
    with tempfile.TemporaryDirectory() as folder:
        port, file = a_free_port(), Path(folder) / "bare.db"
        address = f"http://127.0.0.1:{port}"
        with a_process([sys.executable, "-m", "benchmarks.bare", str(port), str(file)], f"{address}/health", {}):
            bare = measured("Bare Flask and SQLite", lambda clients: run(address, "/send", page.fields, clients))
            with sqlite3.connect(file) as database:
                verify({row[0] for row in database.execute("select id from answer")}, bare)
    print(
        "Tupuy as a share of bare: "
        + ", ".join(f"{a.per_second / b.per_second:.2f} at {a.clients}" for a, b in zip(ours, bare, strict=True))
    )


if __name__ == "__main__":
    main()
