"""The server is killed at random moments while people send: what was acknowledged is there, once, and nothing else."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from surveys.storage import Response
from surveys.storage.database import Database
from tests.faults.serving import People, Server, an_open_link, environment_for

#: How often the server is killed on each database; the build sets 200.
KILLS = int(os.environ.get("TUPUY_KILLS", "12"))
CLIENTS = 4


def test_no_acknowledged_answer_is_lost_or_doubled_when_the_server_is_killed(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    link = an_open_link(database)
    server = Server(environment_for(database, tmp_path))
    people = People(server, f"/r/{link}", {"~lang": "es"}, "trust")
    draw = random.Random(7)
    server.start()
    try:
        with people.answering(CLIENTS):
            for _ in range(KILLS):
                time.sleep(draw.uniform(0.02, 0.5))
                server.kill()
                server.start()
        assert people.refused == []
        found = stored(database)
    finally:
        server.kill()
    doubled = sum(count - 1 for count in Counter(response for response, _ in found).values())
    lost = people.acknowledged.keys() - {response for response, _ in found}
    with capsys.disabled():
        told = f"{len(people.acknowledged)} acknowledged in {people.tries} tries, {len(found)} found, {doubled} doubled, {len(lost)} lost"
        print(f"\n{database.engine.dialect.name}, killed {KILLS} times: {told}")
    assert len(people.acknowledged) > KILLS
    assert dict(found) == people.acknowledged
    assert doubled == 0


def stored(database: Database) -> list[tuple[str, str]]:
    with database.session() as session:
        rows = session.execute(select(Response.id, Response.answers)).all()
        return [(str(response), str(answers["trust"])) for response, answers in rows]
