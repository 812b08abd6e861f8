"""The command line: what it prints, its exit codes, its errors in both languages, and what it does not load."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner, Result

from surveys import scheduling
from surveys.cli import Edge, language_of, tupuy
from surveys.meeting import Meeting
from surveys.scheduling import Plan
from surveys.settings import Settings, load_settings
from surveys.storage import AnalystReading, Programme, Survey
from surveys.storage.database import open_database
from tests.forms.exchange.tables import a_workbook
from tests.surveys.past import FORM, QUESTIONS, a_csv, a_programme, a_survey, many_rows

APP = Path(__file__).resolve().parents[2] / "app.py"
ANALYST = "ana@example.org"
#: The words beside an option.
HELP = re.compile(r"^  --\S+(?: \S+)? {2,}(.+)$", re.M)


def said(*arguments: str | Path, language: str = "en", **env: str) -> Result:
    return CliRunner().invoke(tupuy, [*map(str, arguments), "--lang", language], env=env, obj=Edge())


@pytest.fixture
def data(tmp_path: Path, sqlite_template: Path) -> Path:
    """A data folder with a programme of one survey."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "tupuy.db")
    with open_database(load_settings(folder)).session() as session:
        a_survey(session, a_programme(session, analysts=[ANALYST]))
    return folder


@pytest.fixture
def past(tmp_path: Path) -> Path:
    path = tmp_path / "past.csv"
    path.write_bytes(a_csv(*many_rows(count=24)))
    return path


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with both example programmes, built by the command itself."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    done = run("demo", "--no-serve", "--json", "--data", folder)
    assert done.returncode == 0, done.stderr
    (folder.parent / "demo.json").write_text(done.stdout)
    return folder


def run(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    """The command as it is typed, in a process of its own and another folder."""
    command = [sys.executable, str(APP), *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, cwd="/tmp", env={**os.environ, "LANG": "en_GB.UTF-8", "LC_ALL": ""}, **options
    )


# The examples


def test_demo_prints_exactly_one_json_document_with_every_address(examples: Path) -> None:
    found = json.loads((examples.parent / "demo.json").read_text())
    assert {programme["slug"] for programme in found["programmes"]} == {"moquegua", "macro-sur"}
    assert all(programme["is_synthetic"] for programme in found["programmes"])
    assert all(re.fullmatch(r"http://127\.0\.0\.1:\d+/r/[a-z0-9]{8,}", round_["address"]) for round_ in found["rounds"])
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/sign-in/\S{20,}", found["sign_in"])
    with open_database(load_settings(examples)).session(reads_only=True) as session:
        assert len(found["rounds"]) == sum(len(survey.rounds) for survey in session.query(Survey))


def test_a_second_demo_builds_nothing_twice(examples: Path) -> None:
    before = json.loads((examples.parent / "demo.json").read_text())
    again = json.loads(run("--data", examples, "demo", "--no-serve", "--json").stdout)
    assert [round_["address"] for round_ in again["rounds"]] == [round_["address"] for round_ in before["rounds"]]
    assert again["sign_in"] != before["sign_in"]


def test_demo_serves_and_says_where(examples: Path) -> None:
    command = [sys.executable, str(APP), "demo", "--data", str(examples), "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            printed = iter(server.stdout.readline, "}\n")  # type: ignore[union-attr]  # stdout is a pipe
            found = json.loads("".join(printed) + "}")
            opened = next(round_ for round_ in found["rounds"] if not round_["is_closed"])
            assert urlopen(found["address"] + "/health").status == 200
            assert b"<form" in urlopen(opened["address"]).read()
        finally:
            server.terminate()


def test_a_server_that_only_collects_never_loads_pandas(data: Path) -> None:
    code = f"""
import sys; sys.argv = ["tupuy", "serve", "--data", {str(data)!r}, "--port", "0"]
import waitress; heavy = ("pandas", "numpy", "scipy", "textblob")
waitress.serve = lambda app, **options: print("served", [name for name in heavy if name in sys.modules])
import app; app.main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=APP.parent)
    assert done.stdout.splitlines()[-1] == "served []", done.stderr


def test_a_port_in_use_is_told_before_anything_is_built(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = said("demo", "--port", str(taken.getsockname()[1]), "--data", tmp_path / "new")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "in use" in done.stderr
    assert not (tmp_path / "new").exists()


# Answers in, figures out


def test_answers_come_in_and_the_report_gives_their_figures(data: Path, past: Path) -> None:
    imported = said("answers", "import", past, "--survey", "trust", "--data", data)
    assert (imported.exit_code, imported.stderr) == (0, "")
    assert "24 answers stored." in imported.stdout
    found = json.loads(said("report", "norte", "--format", "json", "--language", "es", "--data", data).stdout)
    (mean,) = [record for record in found if record["metric"] == "mean" and record["item"] == "tr_open" and record["cut"] == "total"]
    assert (mean["value"], mean["n"], mean["round"], mean["label"]) == (4.0, 24, "2025-1", "Franqueza")


def test_a_file_of_google_forms_is_shown_before_it_is_accepted(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "google.csv"
    file.write_text("Marca temporal,Correo electrónico,Franqueza,Otra\n2026/07/18 10:00:00,ana@example.org,4,5\n", encoding="utf-8")
    given = ("answers", "import", file, "--survey", "trust", "--round", "2026-1", "--data", data)
    shown = said(*given, "--match", "show")
    assert shown.exit_code == 0
    assert "Franqueza → tr_open (1.00)" in shown.stdout
    assert "Correo electrónico → – It tells who answered: it is dropped and never stored." in shown.stdout
    document = json.loads(said(*given, "--match", "show", "--json", "--column", "4=tr_guard", "--column", "3=").stdout)
    assert [column["column"] for column in document["columns"]] == ["date", "", "", "tr_guard"]
    assert "1 answer stored." in said(*given, "--match", "accept").stdout
    wrong = said(*given, "--match", "accept", "--column", "x")
    assert (wrong.exit_code, "3=useful" in wrong.stderr) == (1, True)


def test_a_second_import_says_that_all_was_there(data: Path, past: Path) -> None:
    said("answers", "import", past, "--survey", "trust", "--data", data)
    again = said("answers", "import", past, "--survey", "trust", "--data", data, "--json")
    assert (again.exit_code, json.loads(again.stdout)["already"], json.loads(again.stdout)["stored"]) == (0, 24, 0)


def test_invalid_cells_are_told_and_the_exit_code_says_so(data: Path, past: Path) -> None:
    past.write_bytes(a_csv("a,r,2025-05-01,police,,es,4", "b,r,2025-05-01,police,,es,9"))
    strict = said("answers", "import", past, "--survey", "trust", "--data", data, "--strict")
    assert strict.exit_code == 1
    assert "Nothing was stored" in strict.stdout
    done = said("answers", "import", past, "--survey", "trust", "--data", data, "--json")
    document = json.loads(done.stdout)
    assert (done.exit_code, document["stored"], document["rejected"]) == (1, 1, 1)
    assert [(problem["row"], problem["column"], problem["value"]) for problem in document["problems"]] == [(3, "tr_open", "9")]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["answers", "import", "nothing.csv", "--survey", "trust"], ["nothing.csv", "cannot be read"]),
        (["answers", "import", "latin.csv", "--survey", "trust"], ["latin.csv", "row 2", "UTF-8"]),
        (["answers", "import", "past.csv", "--survey", "nosuch"], ["nosuch", "trust"]),
        (["report", "nosuch"], ["nosuch", "norte"]),
        (["report", "norte", "--language", "qu"], ["qu", "es, en"]),
        (["report", "norte", "--for", "analyst"], ["--person", "analysts"]),
        (["report", "norte", "--for", "analyst", "--person", "eve@example.org"], ["eve@example.org", "analysts"]),
        (["form", "check", "broken.yaml"], ["broken.yaml"]),
        (["form", "import", "form.yaml", "--programme", "nosuch"], ["nosuch", "norte"]),
        (["programme", "import", "broken.yaml"], ["broken.yaml"]),
        (["sign-in", "somebody"], ["somebody", "@"]),
    ],
)
def test_bad_input_is_told_with_its_place_and_remedy_and_no_traceback(
    data: Path, past: Path, arguments: list[str], words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(past.parent)
    Path("latin.csv").write_bytes("response_id,round,date\nañ,r,2025-05-01".encode("latin-1"))
    Path("broken.yaml").write_text("title: [unclosed")
    Path("form.yaml").write_text(FORM.format(questions=QUESTIONS))
    english, spanish = said(*arguments, "--data", data), said(*arguments, "--data", data, language="es")
    assert (english.exit_code, english.stdout, spanish.exit_code) == (1, "", 1)
    assert all(word in english.stderr for word in words)
    assert isinstance(english.exception, SystemExit)
    assert english.stderr != spanish.stderr


def test_the_analysts_figures_are_printed_and_the_reading_logged(data: Path, past: Path) -> None:
    said("answers", "import", past, "--survey", "trust", "--data", data)
    done = said("report", "norte", "--for", "analyst", "--person", ANALYST, "--data", data)
    assert done.exit_code == 0
    assert any(record["metric"] == "sd" for record in json.loads(done.stdout))
    with open_database(load_settings(data)).session(reads_only=True) as session:
        assert [reading.person_email for reading in session.query(AnalystReading)] == [ANALYST]


# Forms, programmes, the database, sign-in


def test_a_form_is_checked_and_taken_in_once(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "form.yaml"
    file.write_text(FORM.format(questions=QUESTIONS).replace("name: trust", "name: other"))
    assert said("form", "check", file).exit_code == 0
    first, second = (said("form", "import", file, "--programme", "norte", "--data", data).stdout for _time in (1, 2))
    assert "version 1" in first
    assert first == second


XLSFORM = """
survey
| type | name | label::es | label::en |
| integer | age | ¿Edad? | Age? |
| geopoint | where | ¿Dónde? | Where? |
settings
| form_title::es | form_title::en | form_id |
| Taller | Workshop | taller |
"""


def test_an_xlsform_is_taken_in_only_when_what_it_loses_is_accepted(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "taller.xlsx"
    file.write_bytes(a_workbook(XLSFORM))
    command = ["form", "import", file, "--programme", "norte", "--data", data]
    refused = said(*command)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "survey, A3 (type): “geopoint”. Places on a map" in refused.stderr
    assert "--accept" in refused.stderr
    assert "taller" not in said("form", "export", "norte", "none", "--to", tmp_path / "x.xlsx", "--data", data).stderr
    taken = said(*command, "--accept")
    assert taken.exit_code == 0
    assert "version 1" in taken.stdout
    assert "survey, A3 (type)" in taken.stdout


def test_an_xlsform_without_a_translation_tells_it_and_makes_nothing(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "taller.xlsx"
    file.write_bytes(a_workbook(XLSFORM.replace("Age?", "").replace("| geopoint | where | ¿Dónde? | Where? |\n", "")))
    done = said("form", "import", file, "--programme", "norte", "--data", data)
    assert done.exit_code == 1
    assert f"{file}:questions.age.label: There are no words in “en”." in done.stderr
    checked = said("form", "check", file, "--second-opinion")
    assert checked.exit_code == 1
    assert "questions.age.label" in checked.stderr


@pytest.mark.parametrize("name", ["again.xlsx", "again.yaml"])
def test_a_form_is_exported_and_nothing_changes_when_it_comes_in_again(data: Path, tmp_path: Path, name: str) -> None:
    written = said("form", "export", "norte", "trust", "--to", tmp_path / name, "--data", data)
    assert (written.exit_code, "version 1" in written.stdout) == (0, True)
    assert "version 1" in said("form", "import", tmp_path / name, "--programme", "norte", "--data", data).stdout
    draft = said("form", "export", "norte", "trust", "--draft", "--to", tmp_path / name, "--data", data)
    assert "the draft" in draft.stdout


@pytest.mark.parametrize("name", ["form.pdf", "no/such/folder.xlsx"])
def test_a_form_that_cannot_be_written_there_is_told(data: Path, tmp_path: Path, name: str) -> None:
    done = said("form", "export", "norte", "trust", "--to", tmp_path / name, "--data", data)
    assert (done.exit_code, done.stdout) == (1, "")
    assert name in done.stderr


def test_a_workbook_that_is_none_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "form.xlsx").write_bytes(b"no workbook")
    done = said("form", "check", tmp_path / "form.xlsx")
    assert (done.exit_code, "This is not a workbook." in done.stderr) == (1, True)


def test_a_form_with_problems_tells_all_of_them_with_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "form.yaml"
    file.write_text(FORM.format(questions=QUESTIONS.replace("scale: agree", "scale: missing").replace("kind: yes_no", "kind: none")))
    done = said("form", "check", file)
    assert done.exit_code == 1
    assert len([line for line in done.stderr.splitlines() if re.match(rf"{re.escape(str(file))}:\d+: ", line)]) >= 3


def test_a_form_that_can_be_used_is_given_advice_all_the_same(tmp_path: Path) -> None:
    file = tmp_path / "form.yaml"
    file.write_text(FORM.format(questions=QUESTIONS))
    done = said("form", "check", file, "--lang", "en")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "There is no “I prefer not to answer” at: " in done.stdout


def test_a_programme_file_makes_its_database_and_again_changes_nothing(tmp_path: Path) -> None:
    file = APP.parent / "surveys" / "demo" / "moquegua.yaml"
    for _time in (1, 2):
        done = said("programme", "import", file, "--data", tmp_path / "new")
        assert (done.exit_code, done.stderr) == (0, "")
    with open_database(load_settings(tmp_path / "new")).session(reads_only=True) as session:
        assert session.query(Programme).count() == 1


@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["report", "norte"], ["sign-in", "a@example.org"]])
def test_a_database_that_is_not_there_is_told_and_not_made(tmp_path: Path, command: list[str]) -> None:
    done = said(*command, "--data", tmp_path / "nowhere")
    assert done.exit_code == 1
    assert str(tmp_path / "nowhere") in done.stderr
    assert not (tmp_path / "nowhere").exists()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "tupuy.db").write_text("this is not a database, it is a letter")
    done = said("report", "norte", "--data", tmp_path)
    assert done.exit_code == 1
    assert "not a database" in done.stderr


def test_database_upgrade_makes_it_and_brings_it_up_to_date(tmp_path: Path) -> None:
    for _time in (1, 2):
        assert said("database", "upgrade", "--data", tmp_path / "new").exit_code == 0
    assert said("report", "norte", "--data", tmp_path / "new").exit_code == 1


def test_sign_in_prints_a_link_that_works_once(data: Path, settings: Settings) -> None:
    printed = said("sign-in", "New.Person@example.org", "--data", data, "--port", "8123").stdout.strip()
    assert printed.startswith("http://127.0.0.1:8123/sign-in/")
    assert printed != said("sign-in", "new.person@example.org", "--data", data, "--port", "8123").stdout.strip()


# The command line itself


@pytest.mark.parametrize("place", ["before", "after", "environment"])
def test_the_data_folder_is_taken_before_or_after_the_command_or_from_the_environment(data: Path, place: str) -> None:
    before, after = (["--data", str(data)] if place == name else [] for name in ("before", "after"))
    env = {"TUPUY_DATA": str(data)} if place == "environment" else {}
    done = CliRunner().invoke(tupuy, [*before, "report", "norte", *after], env=env, obj=Edge())
    assert done.exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["nosuch"],
        ["report"],
        ["report", "--nosuch"],
        ["serve", "--port", "many"],
        ["report", "a", "b"],
        ["answers", "import", "x", "--survey"],
    ],
)
def test_a_command_that_is_not_understood_ends_with_2_in_either_language(arguments: list[str]) -> None:
    runner = CliRunner()
    english, spanish = (runner.invoke(tupuy, ["--lang", language, *arguments], obj=Edge()) for language in ("en", "es"))
    assert (english.exit_code, spanish.exit_code) == (2, 2)
    assert english.stderr
    assert english.stderr != spanish.stderr


def test_the_language_is_the_one_asked_for_else_the_systems_else_spanish() -> None:
    assert language_of(["--lang=en"], {"LANG": "es_PE.UTF-8"}) == "en"
    assert language_of([], {"LC_ALL": "en_US.UTF-8", "LANG": "es_PE"}) == "en"
    assert language_of([], {"LANG": "de_DE.UTF-8"}) == "es"


@pytest.mark.parametrize("command", [[], ["demo"], ["answers"], ["answers", "import"], ["report"], ["database", "upgrade"]])
def test_the_help_is_said_in_both_languages(command: list[str]) -> None:
    english, spanish = (said(*command, "--help", language=language).stdout for language in ("en", "es"))
    assert english.startswith("Usage: ")
    assert spanish.startswith("Uso: ")
    assert not set(re.findall(HELP, english)) & set(re.findall(HELP, spanish))


def test_a_second_start_of_the_examples_takes_little_cpu(examples: Path) -> None:
    began = time.process_time(), os.times().children_user
    run("demo", "--no-serve", "--data", examples)
    assert os.times().children_user - began[1] < 3


@pytest.fixture(autouse=True)
def no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TUPUY_DATA", "TUPUY_DATABASE", "TUPUY_KEYS", "TUPUY_PORT", "TUPUY_HOST", "TUPUY_SECRET"):
        monkeypatch.delenv(name, raising=False)


# Forms and rounds


def test_what_keeps_a_form_out_is_told_with_its_file_and_line(data: Path, tmp_path: Path) -> None:
    form = tmp_path / "form.yaml"
    form.write_text(FORM.format(questions=QUESTIONS.replace("selected(help, 'maps')", "region = 1")))
    line = form.read_text().split("why_maps")[0].count("\n") + 1
    done = said("form", "import", form, "--programme", "norte", "--data", data)
    assert (done.exit_code, done.stdout) == (1, "")
    assert f"{form}:{line}: questions.why_maps.show_if: A text is compared with a number." in done.stderr
    form.write_text(FORM.format(questions=QUESTIONS.replace("why_maps, kind: short_text", "why_maps, kind: long_text")))
    done = said("form", "import", form, "--programme", "norte", "--data", data)
    assert f"{form}:{line}: questions.why_maps: This question was published as short_text" in done.stderr


def test_a_new_form_comes_with_a_survey_that_answers_can_be_imported_into(data: Path, tmp_path: Path, past: Path) -> None:
    form = tmp_path / "other.yaml"
    form.write_text(FORM.format(questions=QUESTIONS).replace("name: trust", "name: other"))
    first, second = (said("form", "import", form, "--programme", "norte", "--survey", "second", "--data", data) for _time in (1, 2))
    assert (first.exit_code, "Its survey is second." in first.stdout) == (0, True), first.output
    assert (second.exit_code, second.stdout) == (0, first.stdout)
    assert said("answers", "import", past, "--survey", "second", "--data", data).exit_code == 0


def test_meetings_that_are_near_are_prepared_once(data: Path) -> None:
    today = datetime.now(UTC).date()
    with open_database(load_settings(data)).session() as session:
        programme = session.query(Programme).one()
        names = dict.fromkeys(programme.languages, "Core group")
        scheduling.add_schedule(
            session, programme, Plan(Meeting(names, today), unit="weeks", weekday=(today.weekday() + 2) % 7, ahead_days=6)
        )
        slug = programme.slug
    first, again = (said("round", "prepare", "--data", data) for _ in range(2))
    assert (first.exit_code, first.output) == (0, f"{slug}: core-group is prepared.\n1 meeting was prepared.\n")
    assert (again.exit_code, again.output) == (0, "0 meetings were prepared.\n")


def test_an_open_round_is_closed_by_hand_and_then_has_figures(data: Path, past: Path) -> None:
    with open_database(load_settings(data)).session() as session:
        survey = session.query(Survey).one()
        slug, programme = survey.slug, survey.programme.slug
    assert said("answers", "import", past, "--survey", slug, "--keep-open", "--data", data).exit_code == 0
    assert json.loads(said("report", programme, "--data", data).stdout) == []
    with open_database(load_settings(data)).session() as session:
        keys = [round_.key for round_ in session.query(Survey).one().rounds]
    for key in keys:
        closed = said("round", "close", slug, key, "--data", data)
        assert (closed.exit_code, closed.output) == (0, f"{slug}, {key}: the round is closed.\n")
    figures = json.loads(said("report", programme, "--data", data).stdout)
    assert {figure["round"] for figure in figures if figure["metric"] == "n_submitted"} == set(keys)


def test_closing_a_round_that_does_not_exist_names_those_that_do(data: Path) -> None:
    with open_database(load_settings(data)).session() as session:
        slug = session.query(Survey).one().slug
    told = said("round", "close", slug, "nowhere", "--data", data)
    assert told.exit_code == 1
    assert "nowhere" in told.stderr
    assert "Its rounds are" in told.stderr


def test_a_laptop_borrows_a_programme_and_its_answers_come_home(examples: Path, tmp_path: Path) -> None:
    file, laptop, env = tmp_path / "lent", tmp_path / "laptop", {"TUPUY_PASSPHRASE": "four words nobody guesses"}
    at_home, in_the_room = ("--data", examples), ("--data", laptop)
    assert said(*at_home, "programme", "lend", "moquegua", file, **env).exit_code == 0
    assert "moquegua is here" in said(*in_the_room, "programme", "borrow", file, **env).output
    sent = said(*in_the_room, "answers", "send", file, "--survey", "moquegua-taller", **env)
    assert sent.exit_code == 0
    assert "0 answers are in" in sent.output
    assert "0 answers stored" in said(*at_home, "answers", "receive", file, **env).output


def test_a_sealed_file_does_not_open_with_other_words(examples: Path, tmp_path: Path) -> None:
    file = tmp_path / "lent"
    said("--data", examples, "programme", "lend", "moquegua", file, TUPUY_PASSPHRASE="four words nobody guesses")
    wrong = said("--data", tmp_path / "laptop", "programme", "borrow", file, TUPUY_PASSPHRASE="four other words, wrong")
    assert wrong.exit_code != 0
    assert "The passphrase is another one, or the file is damaged." in wrong.output
