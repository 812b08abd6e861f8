"""The calendar that others subscribe to, read by a strict reader of RFC 5545 that shares nothing with what writes it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from surveys import meeting, opening, sealing, subscribing
from surveys.icalendar import Entry, calendar_text
from surveys.languages import Speaker
from surveys.meeting import Meeting
from surveys.opening import Times
from tests.records import NOW, TODAY, a_programme, a_round, a_survey, take

SECRET = "s" * 32


def read(text: str) -> list[dict[str, str]]:
    """The entries of a calendar; every breach of the format that RFC 5545 names is an AssertionError."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert "\r" not in text.replace("\r\n", "")
    raw = text.removesuffix("\r\n").split("\r\n")
    assert max(len(line.encode()) for line in raw) <= 75
    lines: list[str] = []
    for line in raw:
        assert line.strip() or line.startswith(" ")
        if line.startswith(" "):
            lines[-1] += line[1:]
        else:
            lines.append(line)
    assert (lines[0], lines[1], lines[-1]) == ("BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR")
    assert sum(line.startswith("PRODID:") for line in lines) == 1
    return entries_of(lines[1:-1])


def entries_of(lines: list[str]) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = []
    inside = False
    for line in lines:
        found = re.fullmatch(r"([A-Z-]+)((?:;[A-Z-]+=[^;:]+)*):(.*)", line, re.DOTALL)
        assert found, line
        name, parameters, value = found.groups()
        assert not any(ord(letter) < 32 or ord(letter) == 127 for letter in value)
        if line == "BEGIN:VEVENT":
            assert not inside
            inside = True
            entries.append({})
        elif line == "END:VEVENT":
            assert inside
            inside = False
            assert {"UID", "DTSTAMP", "DTSTART"} <= entries[-1].keys()
        elif inside:
            assert name not in entries[-1], "once only"
            entries[-1][name] = checked(name, parameters, value)
    assert not inside
    return entries


def checked(name: str, parameters: str, value: str) -> str:
    if name in {"SUMMARY", "LOCATION", "DESCRIPTION", "UID"}:
        assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value), value
        assert re.fullmatch(r"(?:[^\\]|\\[\\;,nN])*", value), value
        return re.sub(r"\\(.)", lambda one: "\n" if one[1] in "nN" else one[1], value)
    if name == "DTSTART" and parameters == ";VALUE=DATE":
        return date.fromisoformat(value).isoformat()
    if name in {"DTSTART", "DTSTAMP"}:
        assert not parameters
        return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).isoformat()
    return value


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n;,\\"), max_size=200)


@given(WORDS, WORDS)
def test_any_words_survive_folding_and_escaping(title: str, place: str) -> None:
    (entry,) = read(calendar_text("a", "America/Lima", [Entry("1@x", TODAY, title, place)], NOW))
    assert (entry["SUMMARY"], entry.get("LOCATION", "")) == (title, place)


def test_control_characters_never_reach_the_file() -> None:
    (entry,) = read(calendar_text("a", "UTC", [Entry("1@x", TODAY, "a\x00b\rc\r\nd")], NOW))
    assert entry["SUMMARY"] == "a b\nc\nd"


def test_the_strict_reader_refuses_what_the_format_forbids() -> None:
    good = calendar_text("a", "UTC", [Entry("1@x", TODAY, "Taller")], NOW)
    for bad in (
        good.replace("\r\n", "\n"),
        good.replace("SUMMARY:Taller", "SUMMARY:Taller, dos"),
        good.replace("SUMMARY:Taller", f"SUMMARY:{'x' * 80}"),
        good.replace("UID:1@x\r\n", ""),
        good.replace("END:VEVENT\r\n", ""),
    ):
        with pytest.raises(AssertionError):
            read(bad)


# What the calendar of a programme says


def test_the_calendar_has_meetings_and_when_rounds_open_and_close(session: Session) -> None:
    programme = a_programme(session)
    event = meeting.add_event(session, programme, Meeting({"es": "Taller, uno", "en": "Workshop"}, TODAY, time(18), "Sala 2; Ilo"))
    meeting.add_event(session, programme, Meeting({"es": "Visita", "en": "Visit"}, TODAY))
    survey = a_survey(session, programme)
    a_round(session, survey, "a", event=event, label={"es": "Uno", "en": "One"}, opens_at=NOW, closes_at=NOW + timedelta(days=7))
    a_round(session, survey, "b", label={"es": "Dos", "en": "Two"}, opens_at=NOW, waits=True)
    found = {entry["SUMMARY"]: entry for entry in read(subscribing.calendar_of(programme, Speaker("es"), NOW))}
    assert found.keys() == {"Taller, uno", "Visita", "Se abre: Confianza, Uno", "Se cierra: Confianza, Uno"}
    assert (found["Taller, uno"]["DTSTART"], found["Taller, uno"]["LOCATION"]) == ("2026-07-18T23:00:00+00:00", "Sala 2; Ilo")
    assert found["Visita"]["DTSTART"] == "2026-07-18"
    assert found["Se cierra: Confianza, Uno"]["DTSTART"] == "2026-07-25T20:00:00+00:00"


def test_an_entry_keeps_its_uid_when_it_moves(session: Session) -> None:
    round_ = a_round(session, closes_at=NOW + timedelta(days=7))
    programme = round_.survey.programme

    def uids(now: datetime) -> list[str]:
        return [entry["UID"] for entry in read(subscribing.calendar_of(programme, Speaker("en"), now))]

    before = uids(NOW)
    opening.set_times(session, round_, Times(closes_at=NOW + timedelta(days=9)), NOW)
    assert uids(NOW + timedelta(days=1)) == before == list(dict.fromkeys(before))


def test_the_calendar_tells_nothing_of_answers(session: Session) -> None:
    round_ = a_round(session, closes_at_count=5, closes_at=NOW + timedelta(days=7))
    before = subscribing.calendar_of(round_.survey.programme, Speaker("es"), NOW)
    for _ in range(5):
        take(session, round_)
    session.refresh(round_)
    assert subscribing.calendar_of(round_.survey.programme, Speaker("es"), NOW) == before
    assert round_.link not in before
    sealing.close_round(session, round_, NOW + timedelta(days=3))
    assert "20260721T200000Z" in subscribing.calendar_of(round_.survey.programme, Speaker("es"), NOW)


def test_a_new_link_ends_the_one_before_and_stopping_ends_all(session: Session) -> None:
    programme = a_programme(session)
    assert subscribing.link_of(session, programme, SECRET) == ""
    assert not subscribing.may_read(session, programme, "", SECRET)
    subscribing.renew(session, programme)
    first = subscribing.link_of(session, programme, SECRET)
    assert subscribing.may_read(session, programme, first, SECRET)
    assert not subscribing.may_read(session, a_programme(session, "sur"), first, SECRET)
    subscribing.renew(session, programme)
    assert not subscribing.may_read(session, programme, first, SECRET)
    second = subscribing.link_of(session, programme, SECRET)
    subscribing.stop(session, programme)
    assert not subscribing.may_read(session, programme, second, SECRET)
    subscribing.renew(session, programme)
    assert subscribing.link_of(session, programme, SECRET) not in {first, second}
