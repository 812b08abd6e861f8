"""A full room: 300 phones open the questionnaire and send within a minute, to one process on SQLite."""

from __future__ import annotations

import random
import statistics
import threading
import time
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from surveys.storage import Response
from surveys.storage.database import Database
from tests.faults.serving import Server, an_open_link, environment_for

PHONES, SECONDS = 300, 45


def test_three_hundred_phones_open_and_send_within_a_minute(
    sqlite_database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = f"/r/{an_open_link(sqlite_database)}"
    server = Server(environment_for(sqlite_database, tmp_path))
    statuses: list[int | None] = []
    waits: list[float] = []
    server.start()
    try:
        phones = [threading.Thread(target=use, args=(server, path, seed, statuses, waits)) for seed in range(PHONES)]
        for phone in phones:
            phone.start()
        for phone in phones:
            phone.join()
    finally:
        server.kill()
    with capsys.disabled():
        print(f"\n{PHONES} phones in {SECONDS} s: {statuses.count(303)} thanked, p95 of all requests {p95(waits) * 1000:.0f} ms")
    assert (statuses.count(200), statuses.count(303), len(statuses)) == (PHONES, PHONES, 2 * PHONES)
    with sqlite_database.session() as session:
        assert session.scalar(select(func.count()).select_from(Response)) == PHONES


def use(server: Server, path: str, seed: int, statuses: list[int | None], waits: list[float]) -> None:
    """One phone: opens at a moment of its own, reads a little, sends."""
    draw = random.Random(seed)
    time.sleep(draw.uniform(0, SECONDS - 5))
    for method, body, pause in (("GET", "", draw.uniform(1, 5)), ("POST", urlencode({"~lang": "es", "~id": str(uuid4()), "trust": 4}), 0)):
        began = time.monotonic()
        statuses.append(server.status(method, path, body))
        waits.append(time.monotonic() - began)
        time.sleep(pause)


def p95(waits: list[float]) -> float:
    return statistics.quantiles(waits, n=20)[18]
