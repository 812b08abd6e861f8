"""A programme file is read whole: every problem at once, and what was promised stays as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from surveys import accounts, meeting, opening
from surveys.declared import schema_of, specs_of
from surveys.languages import Speaker
from surveys.meeting import Meeting
from surveys.planning import ProgrammeFileError, has_started, import_programme, read_programme
from surveys.programme_file import IndicatorPlan, ProgrammeFile
from surveys.sealing import close_round
from surveys.storage import Form, FormVersion, Indicator, Programme, Response, Round, StatusRecord, find_programme
from surveys.storage.database import Database

ROOT = Path(__file__).parents[2]
DOCUMENTED = (ROOT / "docs/programme-file.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"```yaml\n(slug: .*?)```", DOCUMENTED, re.DOTALL).group(1)  # type: ignore[union-attr] # the example is there
BEFORE, TODAY = date(2026, 1, 2), date(2026, 11, 23)


def a_file(**changes: Any) -> dict[str, Any]:
    """The documented example as plain data, with some of its keys changed; None takes a key out."""
    found = yaml.load(EXAMPLE, Loader=yaml.BaseLoader)  # every word as it is written
    found = json.loads(json.dumps(found), parse_int=int)
    for key, value in changes.items():
        if value is None:
            found.pop(key)
        else:
            found[key] = value
    return found


def as_text(found: Mapping[str, Any]) -> str:
    """The data as a YAML text in which numbers and flags are what they look like."""
    return re.sub(r"'(-?\d+(?:\.\d+)?|true|false)'", r"\1", yaml.safe_dump(found, allow_unicode=True, sort_keys=False))


def a_plan(**changes: Any) -> ProgrammeFile:
    return read_programme(as_text(a_file(**changes)), ROOT)


def problems_of(text: str, folder: Path = ROOT) -> dict[str, str]:
    """{place without its line: the problem in English}."""
    with pytest.raises(ProgrammeFileError) as refused:
        read_programme(text, folder)
    return {re.sub(r"^\d+: ", "", problem.place): problem.said(Speaker("en")) for problem in refused.value.problems}


def problems_with(**changes: Any) -> dict[str, str]:
    return problems_of(as_text(a_file(**changes)))


def an_indicator(**changes: Any) -> list[dict[str, Any]]:
    """Expected results with the example's first indicator changed; None takes a key out."""
    results = a_file()["results"]
    changed = {**results[0]["indicators"][0], **changes}
    results[0]["indicators"][0] = {key: value for key, value in changed.items() if value is not None}
    return results


def refusals(session: Session, plan: ProgrammeFile, today: date = TODAY) -> str:
    with pytest.raises(ProgrammeFileError) as refused:
        import_programme(session, plan, today)
    return "\n".join(problem.said(Speaker("en")) for problem in refused.value.problems)


# Reading


def test_the_documented_example_can_be_read() -> None:
    plan = read_programme(EXAMPLE, ROOT)
    assert plan.slug == "valley-dialogue"
    assert plan.shown() == ("riego", "empresa", "otros")
    assert [definition.name for definition in plan.definitions] == ["trust", "water"]


def test_the_same_file_can_be_written_as_json() -> None:
    plan = a_plan()
    assert read_programme(json.dumps(yaml.safe_load(as_text(a_file())), default=str), ROOT) == plan


def test_a_mix_by_roster_follows_members_after_merging() -> None:
    assert a_plan(mix="roster").shares() == {"riego": 24 / 50, "empresa": 16 / 50, "otros": 10 / 50}


def test_an_equal_mix_gives_each_group_as_shown_the_same() -> None:
    assert a_plan(mix="equal").shares() == {"riego": 1 / 3, "empresa": 1 / 3, "otros": 1 / 3}


def test_a_day_opens_at_its_first_minute_and_closes_after_its_last_where_the_programme_is() -> None:
    one = a_plan().surveys[0].rounds[0]
    assert one.opens_at == datetime(2026, 3, 12, 5, tzinfo=UTC)
    assert one.closes_at == datetime(2026, 4, 1, 5, tzinfo=UTC)
    assert a_plan(time_zone="Europe/Zurich").surveys[0].rounds[0].opens_at == datetime(2026, 3, 11, 23, tzinfo=UTC)


def test_a_moment_keeps_its_distance_from_utc() -> None:
    surveys = a_file()["surveys"]
    surveys[0]["rounds"][0]["closes"] = "2026-03-31T18:00-05:00"
    assert a_plan(surveys=surveys).surveys[0].rounds[0].closes_at == datetime(2026, 3, 31, 23, tzinfo=UTC)


def test_a_small_group_that_is_not_merged_is_warned_about_and_does_not_block() -> None:
    groups = [{**group, "shown_in": "otros"} if group["key"] == "prensa" else group for group in a_file()["groups"]]
    groups[1]["members"] = 9
    warned = [warning.said(Speaker("en")) for warning in a_plan(groups=groups).warnings]
    assert any("groups.empresa" in words and "9 members are few" in words for words in warned)


def test_all_problems_are_told_at_once_with_their_places_and_lines() -> None:
    text = EXAMPLE.replace("min_cell: 5", "min_cell: 3").replace("date: 2026-03-12", "date: 12/03/2026").replace("riego: 0.5", "riego: 0.6")
    with pytest.raises(ProgrammeFileError) as refused:
        read_programme(text, ROOT)
    places = [problem.place for problem in refused.value.problems]
    assert sorted(re.sub(r"^\d+: ", "", place) for place in places) == [
        "events.taller-1.date",
        "min_cell",
        "mix",
        "surveys.valley-water.rounds.w1.date",
    ]
    assert f"{text[: text.index('min_cell')].count(chr(10)) + 1}: min_cell" in places


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not made of keys"),
        ("- one\n- two", "not made of keys"),
        ("just words", "not made of keys"),
        ("slug: [unclosed", "not YAML"),
        ("slug: a\nslug: b", "written twice"),
        ('{"slug": "a", "slug": "b"}', "written twice"),
        ("slug: !!python/object:os.system x", "not allowed"),
        ("a: " + "[" * 200 + "]" * 200, "nested too deeply"),
    ],
)
def test_a_text_that_is_no_programme_says_what_is_wrong_with_it(text: str, words: str) -> None:
    assert any(words in problem for problem in problems_of(text).values())


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"slug": "Valle Verde"}, "slug", "cannot be part of an address"),
        ({"slug": None}, "slug", "missing"),
        ({"name": "Diálogo"}, "name", "Write {es: …, en: …}"),
        ({"name": {"es": "Diálogo"}}, "name", "words in “en” are missing"),
        ({"name": {"es": "a", "en": "b", "fr": "c"}}, "name", "“fr” is not a language of the programme"),
        ({"languages": ["español"]}, "languages.1", "not written as expected"),
        ({"languages": "es"}, "languages", "should be a list"),
        ({"time_zone": "Lima"}, "time_zone", "no time zone “Lima”"),
        ({"synthetic": "maybe"}, "synthetic", "neither true nor false"),
        ({"min_cell": "4"}, "min_cell", "too small"),
        ({"min_cell": "5.5"}, "min_cell", "not a whole number"),
        ({"analysts": ["a@b.org", "c@d.org", "e@f.org"]}, "analysts", "More than two"),
        ({"analysts": ["somebody"]}, "analysts", "not an e-mail address"),
        ({"grupos": []}, "grupos", "Perhaps “groups” was meant"),
        ({"weather": "fine"}, "weather", "not known here"),
        ({"groups": []}, "groups", "No group is named"),
        ({"mix": "majority"}, "mix", "not a mix"),
        ({"mix": {"riego": "0.5", "empresa": "0.3"}}, "mix.otros", "no share"),
        ({"mix": {"riego": "0.5", "empresa": "0.3", "otros": "0.1", "prensa": "0.1"}}, "mix.prensa", "not a group as shown"),
        ({"mix": {"riego": "0.5", "empresa": "0.3", "otros": "0.1"}}, "mix", "sum to 0.9"),
        ({"cuts": ["altitude"]}, "cuts.altitude", "No form has a choice question"),
        ({"cuts": ["group"]}, "cuts.group", "not a further cut"),
        ({"cuts": ["wa_fair"]}, "cuts.wa_fair", "No form has a choice question"),
        ({"forms": [{"bank": "happiness"}]}, "forms.happiness", "no ready instrument"),
        ({"forms": [{"file": "../../etc/passwd"}]}, "forms.../../etc/passwd", "outside the folder"),
        ({"forms": [{"file": "absent.yaml"}]}, "forms.absent.yaml", "cannot be read"),
        ({"forms": [{"bank": "trust", "file": "a.yaml"}]}, "forms.trust", "exactly one way"),
        ({"forms": [{"bank": "trust"}, {"bank": "trust"}]}, "forms.trust", "two forms named"),
        ({"institutions": [{"key": "x", "name": {"es": "X", "en": "X"}, "group": "nadie"}]}, "institutions.x.group", "no group “nadie”"),
    ],
)
def test_what_is_wrong_in_the_programme_is_told(changes: dict[str, Any], place: str, words: str) -> None:
    assert words in problems_with(**changes)[place]


def test_a_group_is_merged_only_into_one_that_is_there_and_shown() -> None:
    groups = a_file()["groups"]
    groups[2]["shown_in"], groups[3]["shown_in"] = "nadie", "iglesia"
    found = problems_with(groups=groups)
    assert "no group “nadie”" in found["groups.iglesia.shown_in"]
    assert "merged into another group" in found["groups.prensa.shown_in"]
    assert "none is merged into it" in found["groups.otros"]


def test_a_key_that_stands_twice_is_told() -> None:
    groups = a_file()["groups"]
    assert "stands twice" in problems_with(groups=[*groups, groups[0]])["groups.riego"]


def test_a_roster_mix_needs_members() -> None:
    groups = [{key: value for key, value in group.items() if key != "members"} for group in a_file()["groups"]]
    assert "no members" in problems_with(groups=groups, mix="roster")["groups.riego"]


def test_the_attendance_of_institutions_is_not_more_than_that_of_their_group() -> None:
    events = a_file()["events"]
    events[0]["institutions"] = {"junta-alta": "16", "nadie": "1"}
    assert "brought 16 people" in problems_with(events=events)["events.taller-1.institutions"]


def test_a_round_refers_to_what_is_there_and_closes_after_it_opens() -> None:
    surveys = a_file()["surveys"]
    surveys[0]["rounds"][0] |= {"event": "fiesta", "invited": {"nadie": "3"}, "languages": ["fr"], "closes": "2026-03-01"}
    found = problems_with(surveys=surveys)
    place = "surveys.valley-water.rounds.w1"
    assert "no event “fiesta”" in found[f"{place}.event"]
    assert "no group “nadie”" in found[f"{place}.invited"]
    assert "not a language" in found[f"{place}.languages"]
    assert "closes before it opens" in found[f"{place}.closes"]


@pytest.mark.parametrize(
    ("changes", "at", "words"),
    [
        ({"code": "A 1"}, "code", "not a code"),
        ({"source": "average"}, "source", "not one of the values"),
        ({"survey": None}, "survey", "missing"),
        ({"survey": "other"}, "survey", "no survey “other”"),
        ({"of": "TRUST"}, "of", "no construct “TRUST”"),
        ({"source": "item", "of": "wa_far"}, "of", "no column “wa_far”"),
        ({"source": "nps", "of": "wa_fair"}, "of", "cannot read “wa_fair”"),
        ({"source": "item", "of": "bank"}, "of", "cannot read “bank”"),
        ({"source": "share", "of": "bank"}, "values", "does not say which answers count"),
        ({"source": "share", "of": "bank", "values": ["middle"]}, "values", "“middle” is not an answer"),
        ({"values": ["1"], "source": "item", "of": "wa_fair"}, "values", "Only share and count"),
        ({"group": "prensa"}, "group", "not a group as shown"),
        ({"baseline": "2.0"}, "baseline", "given twice"),
        ({"baseline_round": "w9"}, "baseline_round", "no round “w9”"),
        ({"due_on": None}, "due_on", "without a due date"),
        ({"due_on": "2027-02-30"}, "due_on", "not a day"),
        ({"target": None}, "target", "missing"),
        ({"target": "7"}, "target", "outside what can be measured"),
        ({"target": "high"}, "target", "not a number"),
        ({"baseline_round": None, "baseline": "4", "target": "3"}, "target", "against the direction"),
        ({"target_kind": "change", "target": "-1"}, "target", "is not a change"),
        ({"target_kind": "change", "target": "1", "baseline_round": None}, "baseline_round", "needs a baseline round"),
        ({"milestones": [{"date": "2028-12-31", "value": "3"}]}, "milestones.1", "after the due date"),
        ({"stated": [{"date": "2026-12-31", "value": "3", "evidence": "x"}]}, "stated", "Only a manual indicator"),
        ({"source": "manual"}, "survey", "reads no survey"),
        ({"colour": "red"}, "colour", "not known here"),
    ],
)
def test_what_is_wrong_in_an_indicator_is_told(changes: dict[str, Any], at: str, words: str) -> None:
    code = changes.get("code", "A1")
    assert words in problems_with(results=an_indicator(**changes))[f"results.agua.indicators.{code}.{at}"]


def test_the_problems_of_a_form_are_told_with_those_of_the_programme() -> None:
    forms = a_file()["forms"]
    forms[1]["form"]["sections"][0]["questions"][2]["scale"] = "unheard"
    found = problems_with(forms=forms, slug="Bad Slug")
    assert "slug" in found
    assert any(place.startswith("forms.2: questions.wa_fair") for place in found)


def test_a_form_that_is_a_file_lies_beside_the_programme(tmp_path: Path) -> None:
    file = a_file()
    (tmp_path / "water.yaml").write_text(as_text(file["forms"][1]["form"]), encoding="utf-8")
    file["forms"][1] = {"file": "water.yaml"}
    plan = read_programme(as_text(file), tmp_path)
    assert [definition.name for definition in plan.definitions] == ["trust", "water"]


@pytest.mark.parametrize("code", ["pt", "qu", "ay", "pt-BR", "quz"])
def test_a_programme_may_speak_any_language_and_its_forms_fewer(code: str, database: Database) -> None:
    text = re.sub(r"\bes: ([^,]+), en:", rf"{code}: \1, es: \1, en:", EXAMPLE).replace("[es, en]", f"[{code}, es, en]")
    with database.session() as session:
        import_programme(session, read_programme(text, ROOT), TODAY)
        spoken = {form.slug: form.versions[-1].definition["languages"] for form in session.scalars(select(Form))}
    assert spoken == {"trust": ["es", "en"], "water": [code, "es", "en"]}


def test_every_problem_is_said_in_both_languages() -> None:
    text = EXAMPLE.replace("min_cell: 5", "min_cell: 3").replace("mix: {riego: 0.5,", "mix: {riego: 0.6,")
    with pytest.raises(ProgrammeFileError) as refused:
        read_programme(text, ROOT)
    for problem in refused.value.problems:
        assert problem.said(Speaker("es")) != problem.said(Speaker("en"))


# Importing


def test_a_programme_is_made_with_everything_its_file_says(database: Database) -> None:
    with database.session() as session:
        import_programme(session, a_plan(), BEFORE)
    with database.session() as session:
        programme = find_programme(session, "valley-dialogue")
        assert programme is not None
        assert programme.mix == {"riego": 0.5, "empresa": 0.3, "otros": 0.2}
        assert [(group.key, group.shown_in, group.is_asked) for group in programme.groups][2:] == [
            ("iglesia", "otros", True),
            ("prensa", "otros", True),
            ("otros", None, False),
        ]
        assert programme.constructs["WATER"]["en"] == "Water management"
        assert programme.constructs["TRUST"]["es"] == "Confianza en el grupo"
        assert programme.events[0].attendance == {"riego": 15, "empresa": 11, "iglesia": 3}
        one = programme.surveys[0].rounds[0]
        assert (one.key, one.on, one.event.key if one.event else None, bool(one.link)) == ("w1", date(2026, 3, 12), "taller-1", True)
        indicator = programme.results[0].indicators[0]
        assert indicator.definition["target"] == 3.5
        assert indicator.definition["due_on"] == "2027-12-31"
        assert indicator.definition["milestones"] == [["2026-12-31", 3.0]]
        assert [value.evidence for value in programme.results[0].indicators[1].stated] == ["Acta del 30 de junio / Minutes of 30 June"]


def test_the_same_file_again_changes_nothing(database: Database) -> None:
    with database.session() as session:
        import_programme(session, a_plan(), BEFORE)
    written: list[str] = []
    with database.session() as session:
        event.listen(database.engine, "before_cursor_execute", lambda *said: written.append(said[2]))
        import_programme(session, a_plan(), TODAY)
        session.flush()
    assert written
    assert [words for words in written if words.lower().startswith(("insert", "update", "delete"))] == []
    with database.session() as session:
        assert session.scalar(select(func.count()).select_from(FormVersion)) == 2


def test_before_the_first_round_opens_anything_may_change(database: Database) -> None:
    with database.session() as session:
        import_programme(session, a_plan(), BEFORE)
        groups = [*a_file()["groups"], {"key": "ong", "name": {"es": "ONG", "en": "NGO"}, "members": "12"}]
        programme = import_programme(session, a_plan(groups=groups, mix="equal", results=an_indicator(target="4")), BEFORE)
        assert not has_started(programme, BEFORE)
        assert programme.mix["ong"] == 0.25
        assert programme.results[0].indicators[0].changes == []


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"mix": {"riego": "0.4", "empresa": "0.4", "otros": "0.2"}}, "mix"),
        ({"min_cell": "6"}, "min_cell"),
        ({"cuts": []}, "cuts"),
        ({"groups": [*a_file()["groups"], {"key": "ong", "name": {"es": "ONG", "en": "NGO"}, "shown_in": "otros"}]}, "groups"),
    ],
)
def test_after_the_first_round_opened_what_figures_depend_on_is_frozen(
    sqlite_database: Database, changes: dict[str, Any], place: str
) -> None:
    with sqlite_database.session() as session:
        programme = import_programme(session, a_plan(), BEFORE)
        assert has_started(programme, TODAY)
        said = refusals(session, a_plan(**changes))
    assert said.startswith(f"{place}: The first round has opened")


def test_words_may_be_corrected_at_any_time(sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        import_programme(session, a_plan(), BEFORE)
        programme = import_programme(session, a_plan(name={"es": "Diálogo del río", "en": "River dialogue"}), TODAY)
        assert programme.name["en"] == "River dialogue"


def test_a_changed_target_needs_a_reason(sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        import_programme(session, a_plan(), BEFORE)
        said = refusals(session, a_plan(results=an_indicator(target="3.2")))
    assert "this changes: target" in said


def test_a_changed_target_goes_into_the_change_log_with_its_reason(database: Database) -> None:
    with database.session() as session:
        import_programme(session, a_plan(), BEFORE)
        import_programme(session, a_plan(results=an_indicator(target="3.2", reason="A drought halved the water.")), TODAY)
    with database.session() as session:
        indicator = session.scalars(select(Indicator).where(Indicator.code == "A1")).one()
        assert indicator.definition["target"] == 3.2
        assert indicator.changes == [
            {"on": "2026-11-23", "field": "target", "old": 3.5, "new": 3.2, "reason": "A drought halved the water."},
        ]
        import_programme(session, a_plan(results=an_indicator(target="3.2", reason="A drought halved the water.")), TODAY)
        assert len(indicator.changes) == 1
        assert "this changes: target" in refusals(session, a_plan(results=an_indicator(target="3", reason="A drought halved the water.")))


def test_a_stated_value_is_added_and_never_rewritten(sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        import_programme(session, a_plan(), BEFORE)
        results = a_file()["results"]
        results[0]["indicators"][1]["stated"].append({"date": "2026-12-31", "value": "2", "evidence": "Second"})
        programme = import_programme(session, a_plan(results=results), TODAY)
        assert [value.value for value in programme.results[0].indicators[1].stated] == [1, 2]
        results[0]["indicators"][1]["stated"][0]["value"] = "9"
        assert "A stated value stays as it was: 2026-06-30, 1" in refusals(session, a_plan(results=results))


def test_a_survey_with_rounds_and_an_event_with_a_round_may_not_be_left_out(sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        import_programme(session, a_plan(), BEFORE)
        said = refusals(session, a_plan(surveys=None, events=None, results=None))
    assert "leaves out a survey that has rounds" in said
    assert "leaves out an event that has a round" in said


def test_an_indicator_with_a_stored_status_may_not_be_left_out(sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        programme = import_programme(session, a_plan(), BEFORE)
        first, _second = programme.results[0].indicators
        record = {"status": "on_track", "rule": "S6", "decided_on": TODAY}
        session.add(StatusRecord(indicator_id=first.id, round_id=programme.surveys[0].rounds[0].id, **record))
        session.flush()
        results = a_file()["results"]
        results[0]["indicators"] = results[0]["indicators"][1:]
        assert "leaves out an indicator that has a stored status" in refusals(session, a_plan(results=results))


def test_what_nothing_is_joined_to_goes_when_the_file_no_longer_names_it(database: Database) -> None:
    with database.session() as session:
        import_programme(session, a_plan(), BEFORE)
        events = a_file()["events"]
        events[0].pop("institutions")
        import_programme(session, a_plan(institutions=None, events=events, results=None), BEFORE)
    with database.session() as session:
        programme = session.scalars(select(Programme)).one()
        assert (programme.institutions, programme.results) == ([], [])


def test_a_closed_round_keeps_its_date_and_takes_what_was_not_known(sqlite_database: Database) -> None:
    surveys = a_file()["surveys"]
    invited = surveys[0]["rounds"][0].pop("invited")
    with sqlite_database.session() as session:
        programme = import_programme(session, a_plan(surveys=surveys), BEFORE)
        close_round(session, programme.surveys[0].rounds[0], datetime(2026, 4, 1, 6, tzinfo=UTC))
        surveys[0]["rounds"][0]["invited"] = invited
        import_programme(session, a_plan(surveys=surveys), TODAY)
        assert session.scalars(select(Round)).one().invited == {"riego": 24, "empresa": 16, "iglesia": 4, "prensa": 6}
        surveys[0]["rounds"][0]["date"] = "2026-03-20"
        assert "This round is closed, so this stays as it was: 2026-03-12" in refusals(session, a_plan(surveys=surveys))


def test_a_file_leaves_alone_what_was_made_counted_and_announced_on_pages(sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        programme = import_programme(session, a_plan(), BEFORE)
        event, round_ = programme.events[0], next(one for survey in programme.surveys for one in survey.rounds)
        key, closes = event.key, datetime(2031, 7, 25, tzinfo=UTC)
        names = dict.fromkeys(programme.languages, "Visita")
        meeting.add_event(session, programme, Meeting(names, date(2026, 8, 1)))
        person = accounts.ensure_person(session, "ana@example.org")
        meeting.count_attendance(session, event, person, {programme.groups[0].key: 77}, datetime(2026, 7, 18, tzinfo=UTC))
        times = replace(opening.times_of(round_), closes_at=closes)
        opening.set_times(session, round_, times, datetime(2026, 1, 3, tzinfo=UTC))
        import_programme(session, a_plan(), BEFORE)
        session.flush()
        session.expire_all()
        events = {one.key: one for one in programme.events}
        assert "visita" in events
        assert events[key].attendance[programme.groups[0].key] == 77
        assert round_.closes_at == closes


def test_two_programmes_do_not_share_the_name_of_a_survey(sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        import_programme(session, a_plan(), BEFORE)
        assert "Another programme has a survey “valley-water”" in refusals(session, a_plan(slug="other-valley"))


def test_a_survey_may_ask_a_form_that_was_brought_in_earlier(sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        import_programme(session, a_plan(), BEFORE)
        programme = import_programme(session, a_plan(forms=[{"bank": "trust"}]), BEFORE)
        assert programme.surveys[0].form.slug == "water"
        missing = [{**a_file()["surveys"][0], "form": "nowhere"}]
        said = refusals(session, a_plan(forms=[{"bank": "trust"}], surveys=missing, cuts=[]), BEFORE)
        assert "There is no form “nowhere”" in said


def test_an_indicator_of_a_form_brought_in_earlier_is_checked_against_it(sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        import_programme(session, a_plan(), BEFORE)
        said = refusals(session, a_plan(forms=[{"bank": "trust"}], results=an_indicator(of="WATTER")), BEFORE)
        assert "no construct “WATTER”" in said


def test_a_changed_form_becomes_its_next_version_and_the_round_keeps_the_one_it_asks(sqlite_database: Database) -> None:
    forms = a_file()["forms"]
    forms[1]["form"]["sections"][0]["questions"][2]["label"]["en"] = "Water is shared fairly."
    with sqlite_database.session() as session:
        import_programme(session, a_plan(), BEFORE)
        import_programme(session, a_plan(forms=forms), BEFORE)
        form = session.scalars(select(Form).where(Form.slug == "water")).one()
        assert [version.number for version in form.versions] == [1, 2]
        assert session.scalars(select(Round)).one().version.number == 1


def test_a_refused_file_leaves_nothing_behind(sqlite_database: Database) -> None:
    with pytest.raises(ProgrammeFileError), sqlite_database.session() as session:
        import_programme(session, a_plan(forms=[{"bank": "trust"}], cuts=[]), BEFORE)
    with sqlite_database.session() as session:
        assert session.scalars(select(Programme)).all() == []
        assert session.scalars(select(Response)).all() == []


# The schema and the documentation


def test_the_published_schema_is_that_of_the_code() -> None:
    published = json.loads((ROOT / "docs/programme.schema.json").read_text(encoding="utf-8"))
    assert published["properties"] == schema_of(ProgrammeFile)["properties"]
    assert published["required"] == ["slug", "name", "languages", "groups"]


@pytest.mark.parametrize(
    "text", [EXAMPLE, *((ROOT / f"surveys/demo/{name}.yaml").read_text(encoding="utf-8") for name in ("moquegua", "macro_sur"))]
)
def test_the_published_schema_accepts_complete_files(text: str) -> None:
    schema = json.loads((ROOT / "docs/programme.schema.json").read_text(encoding="utf-8"))
    found = json.loads(json.dumps(yaml.safe_load(text), default=str))
    assert [fault.message for fault in Draft202012Validator(schema).iter_errors(found)] == []


@pytest.mark.parametrize("record", [ProgrammeFile, IndicatorPlan])
def test_every_key_is_documented(record: type) -> None:
    assert [key for key in specs_of(record) if f"`{key}`" not in DOCUMENTED] == []
