"""A room without internet: which round, at which address, and a server process that phones of the room reach."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import numpy as np
import pytest
import zxingcpp
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys import hosting
from surveys.cli import Edge, tupuy
from surveys.collecting import is_open
from surveys.errors import TupuyError
from surveys.inviting import qr_text
from surveys.sealing import close_round
from surveys.storage import Response, Round, RoundChange
from surveys.storage.database import Database
from tests.faults.serving import ROOT, environment_for
from tests.records import NOW, TODAY, a_round, a_survey
from tests.web.doors import an_asked_round

# Which round


def test_the_only_open_round_is_that_of_the_room(session: Session) -> None:
    survey = a_survey(session)
    a_round(session, survey, "later", opens_at=NOW + timedelta(days=1))
    now = a_round(session, survey, "now")
    assert hosting.choose_round(session, None, NOW) is now


def test_without_an_open_round_a_room_does_not_start_and_says_what_could_be_named(session: Session) -> None:
    a_round(session, key="2026-1", opens_at=NOW + timedelta(days=1))
    with pytest.raises(TupuyError, match="No round is open") as fault:
        hosting.choose_round(session, None, NOW)
    assert fault.value.remedy.values["names"] == "trust/2026-1"


def test_of_several_open_rounds_one_must_be_named(session: Session) -> None:
    survey = a_survey(session)
    a_round(session, survey, "1")
    second = a_round(session, survey, "2")
    with pytest.raises(TupuyError, match="Several rounds are open"):
        hosting.choose_round(session, None, NOW)
    assert hosting.choose_round(session, " trust/2 ", NOW) is second


def test_a_closed_round_or_none_cannot_be_named(session: Session) -> None:
    close_round(session, a_round(session), NOW)
    for name in ("trust/2026-1", "trust/2027-1", "nothing"):
        with pytest.raises(TupuyError, match="There is no such round"):
            hosting.choose_round(session, name, NOW)


@pytest.mark.parametrize("years", [-1, 1])
def test_a_clock_that_is_a_year_wrong_neither_keeps_a_round_shut_nor_closes_it(session: Session, years: int) -> None:
    round_ = a_round(session, opens_at=NOW - timedelta(hours=1), closes_at=NOW + timedelta(hours=1))
    wrong = NOW + timedelta(days=365 * years)
    assert not is_open(round_, wrong)
    assert hosting.open_by_hand(session, hosting.choose_round(session, "trust/2026-1", wrong), wrong)
    assert is_open(round_, wrong)
    assert session.scalar(select(func.count()).select_from(RoundChange)) > 0
    assert not hosting.open_by_hand(session, round_, wrong)


def test_a_clock_of_another_day_is_noticed(session: Session) -> None:
    round_ = a_round(session)
    assert not hosting.is_another_day(round_, NOW)
    assert hosting.is_another_day(round_, NOW - timedelta(days=30))


# Which address


def test_the_addresses_of_a_room_are_private_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosting, "own_addresses", lambda: ["192.168.43.12", "10.0.0.7", "8.8.8.8"])
    assert hosting.addresses_to_serve() == ["192.168.43.12", "10.0.0.7"]


def test_a_public_address_is_served_only_where_there_is_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosting, "own_addresses", lambda: ["8.8.8.8"])
    assert hosting.addresses_to_serve() == ["8.8.8.8"]
    assert hosting.is_public("8.8.8.8")


def test_a_machine_without_a_network_is_told_to_make_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosting, "own_addresses", list)
    with pytest.raises(TupuyError, match="no network that a phone could join"):
        hosting.addresses_to_serve()


@pytest.mark.parametrize("address", ["0.0.0.0", "203.0.113.9", "laptop", "::", "127.0.0.1; rm"])
def test_an_address_of_somebody_else_is_refused(address: str) -> None:
    with pytest.raises(TupuyError, match="not an address of this machine"):
        hosting.addresses_to_serve(address)


# What is printed


def test_a_code_in_a_terminal_is_read_by_a_camera() -> None:
    address = "http://192.168.43.12:8000/s/kmprtx"
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in qr_text(address).splitlines()]
    halves = {" ": (255, 255), "▀": (0, 255), "▄": (255, 0), "█": (0, 0)}
    rows = [[halves[letter][half] for letter in line] for line in lines for half in (0, 1)]
    points = np.kron(np.array(rows, dtype=np.uint8), np.ones((6, 6), dtype=np.uint8))
    assert [one.text for one in zxingcpp.read_barcodes(points)] == [address]


def said(data: Path, *arguments: str, language: str = "en") -> Result:
    return CliRunner().invoke(tupuy, ["serve", *arguments, "--data", str(data), "--lang", language], obj=Edge())


def test_options_of_a_room_without_a_room_are_refused(sqlite_database: Database, tmp_path: Path) -> None:
    told = said(tmp_path / "data", "--network", "Ana")
    assert told.exit_code == 2
    assert "Add --room, or leave them out." in told.stderr


def test_a_room_without_an_open_round_is_refused_in_the_reader_s_language(sqlite_database: Database, tmp_path: Path) -> None:
    told = said(tmp_path / "data", "--room", "--address", "127.0.0.5", language="es")
    assert told.exit_code == 1
    assert "No hay ninguna medición abierta." in told.stderr


# A process, reached from another address


@contextmanager
def a_served_room(database: Database, folder: Path, *arguments: str) -> Iterator[tuple[int, str]]:
    """(port, what it printed) of ``tupuy serve --room`` on 127.0.0.5."""
    command = [sys.executable, str(ROOT / "app.py"), "serve", "--room", "--address", "127.0.0.5", "--port", "0", "--lang", "en", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=environment_for(database, folder), stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        lines: list[str] = []
        while not (lines and "Phones on this Wi-Fi open" in lines[-1]):
            lines.append(process.stdout.readline())
            assert lines[-1], "the server stopped"
        found = re.search(r"http://127\.0\.0\.5:(\d+)/s/", lines[-1])
        assert found
        yield int(found[1]), "".join(lines)
    finally:
        process.kill()
        process.wait()


def asked(port: int, method: str, path: str, body: str = "", to: str = "127.0.0.5", come_from: str = "127.0.0.9") -> tuple[int, str, str]:
    """(status, place, page) of a request from an address of its own."""
    connection = http.client.HTTPConnection(to, port, timeout=30, source_address=(come_from, 0))
    connection.request(method, path, body, {"Content-Type": "application/x-www-form-urlencoded", "Accept-Language": "en"})
    answer = connection.getresponse()
    page = answer.read().decode()
    connection.close()
    return answer.status, answer.headers.get("Location", ""), page


def test_a_phone_of_the_room_answers_a_laptop_whose_clock_is_wrong(sqlite_database: Database, tmp_path: Path) -> None:
    with sqlite_database.session() as session:
        opens = datetime.now(UTC) + timedelta(days=365)
        round_id = an_asked_round(session, on=TODAY, opens_at=opens, closes_at=opens + timedelta(hours=3)).id
    with a_served_room(sqlite_database, tmp_path, "--round", "feedback/2026-1", "--network", "the learning community") as (port, printed):
        code = printed.strip().rpartition("/")[2]
        status, place, _ = asked(port, "GET", f"/s/{code}")
        assert (status, place[:3]) == (302, "/r/")
        status, _, page = asked(port, "GET", place)
        assert status == 200
        assert "over a Wi-Fi that the learning community runs." in page
        sent = urlencode({"~id": str(uuid4()), "~lang": "en", "group": "police", "useful": "4"})
        assert asked(port, "POST", place, sent)[0] == 303
        assert asked(port, "GET", f"/rounds/{round_id}/projector")[0] == 404
        assert asked(port, "GET", f"/rounds/{round_id}/projector", to="127.0.0.1", come_from="127.0.0.1")[:2] == (303, "/sign-in")
    with sqlite_database.session() as session:
        assert session.scalar(select(func.count()).select_from(Response)) == 1
        assert session.get_one(Round, round_id).closes_at is None
    for told in (
        "Room without internet: feedback/2026-1",
        "Its times no longer count",
        "The clock of this machine says",
        "never that of a company",
        f"http://127.0.0.1:{port}/rounds/{round_id}/projector",
        f"tupuy sign-in EMAIL --port {port}",
    ):
        assert told in printed
