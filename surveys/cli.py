"""The command line: ``tupuy demo``, ``serve``, ``programme import``, ``answers import``, ``report`` and the others.

What a command needs is loaded by name when it runs, here and nowhere else, so that ``tupuy serve`` never loads
pandas. Exit codes: 0 fine, 1 something given is wrong or cannot be used, 2 the command itself was not understood.
"""

from __future__ import annotations

import copy
import errno
import json
import os
import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import click

from forms.messages import Message, Problem, Say, mark, mark_many
from surveys.errors import ProblemsFound, TupuyError
from surveys.languages import SPOKEN, Speaker
from surveys.settings import Settings, load_settings
from surveys.storage import Form, Programme, Round, Survey, all_programmes, find_form, find_programme, find_survey, schedules_of
from surveys.storage.database import Database, open_database

#: Who signs in to the example programmes.
EXAMPLE_STAFF = "coordinacion@tupuy.example"
THREADS = 8

CreateApp = Callable[[Settings], Any]


def main(create_app: CreateApp, arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command that ``arguments`` (default: the command line) name; ``create_app`` makes what is served."""
    sys.exit(tupuy.main(args=arguments, prog_name="tupuy", obj=Edge(create_app)))


@dataclass
class Edge:
    """What every command is handed: how to make the app, where the data is, and in which language to speak."""

    create_app: CreateApp | None = None
    data: str | None = None
    language: str = "es"

    @property
    def say(self) -> Say:
        return Speaker(self.language)

    def settings(self, port: int | None = None) -> Settings:
        return load_settings(self.data, port=port)

    @contextmanager
    def session(self, create: bool = False) -> Iterator[Any]:
        """A session that commits when the command is done and rolls back when it fails."""
        with open_database(self.settings(), create=create).session() as session:
            yield session


def language_of(arguments: Sequence[str], env: Mapping[str, str]) -> str:
    """The language asked for with ``--lang``, else the first spoken one of LC_ALL, LC_MESSAGES and LANG, else Spanish.

    >>> language_of(["report", "--lang", "en"], {}), language_of([], {"LANG": "en_GB.UTF-8"}), language_of([], {"LANG": "C"})
    ('en', 'en', 'es')
    """
    words = [word for argument in arguments for word in argument.split("=", 1)]
    asked = [after for before, after in pairwise(words) if before == "--lang"]
    known = [*asked, *(env.get(name, "")[:2] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if env.get(name))]
    return next((language for language in known if language in SPOKEN), SPOKEN[0])


# Commands that speak the reader's language


class Said(click.Command):
    """A command whose help is said in the reader's language."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        say = _edge(ctx).say
        pieces = [say(piece) if piece in {OPTIONS, COMMAND} else piece for piece in self.collect_usage_pieces(ctx)]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=say("Usage: %(nothing)s", nothing=""))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(_help_of(self, _edge(ctx).say))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        say = _edge(ctx).say
        rows = [_said_record(parameter, ctx, say) for parameter in self.get_params(ctx) if isinstance(parameter, click.Option)]
        with formatter.section(say("Options")):
            formatter.write_dl(rows)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = mark("Show this help.")
        return option


OPTIONS, COMMAND = mark("[OPTIONS]"), mark("COMMAND [ARGS]...")


def _help_of(thing: click.Command | click.Option, say: Say) -> str:
    """Its help, which is marked where it is written."""
    return say(thing.help) if thing.help else ""


def _said_record(option: click.Option, ctx: click.Context, say: Say) -> tuple[str, str]:
    """The option's names and its help; click's own remarks in brackets speak English only."""
    plain = copy.copy(option)
    plain.required, plain.show_default = False, False
    names, _help = plain.get_help_record(ctx) or ("", "")
    words = _help_of(option, say)
    return names, say("%(words)s (needed)", words=words) if option.required else words


class Rooms(Said, click.Group):
    """A group of commands that are said in the reader's language."""

    subcommand_metavar = COMMAND

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        say = _edge(ctx).say
        with formatter.section(say("Commands")):
            formatter.write_dl([(name, _help_of(command, say)) for name, command in sorted(self.commands.items())])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            raise Misunderstood(
                f"{ctx.command_path} {args[0]}",
                Message(mark("There is no such command.")),
                Message(mark("The commands are: %(names)s."), {"names": ", ".join(sorted(self.commands))}),
            )
        return super().resolve_command(ctx, args)


class Tupuy(Rooms):
    """The root: chooses the language and turns every error into words and an exit code."""

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, *unnamed: Any, **extra: Any) -> Any:
        arguments = list(sys.argv[1:] if args is None else args)
        edge = extra.setdefault("obj", None) or Edge()
        extra["obj"] = edge
        edge.language = language_of(arguments, os.environ)
        if not extra.pop("standalone_mode", True):
            return super().main(arguments, prog_name, standalone_mode=False, **extra)
        sys.exit(self._run(arguments, prog_name or "tupuy", edge, extra))

    def _run(self, arguments: list[str], prog_name: str, edge: Edge, extra: dict[str, Any]) -> int:
        try:
            done = super().main(arguments, prog_name, standalone_mode=False, **extra)
            return done if isinstance(done, int) else 0
        except click.UsageError as fault:
            return _tell(misunderstood(fault), edge, 2)
        except Misunderstood as fault:
            return _tell(fault, edge, 2)
        except TupuyError as fault:
            return _tell(fault, edge, 1)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1
        except (click.Abort, KeyboardInterrupt):
            return 130


class Misunderstood(TupuyError):
    """The command line itself cannot be understood."""


def misunderstood(fault: click.UsageError) -> Misunderstood:
    """Click's complaint as place, fault and remedy."""
    path = fault.ctx.command_path if fault.ctx else "tupuy"
    remedy = Message(mark("See: %(command)s --help"), {"command": path})
    parameter = getattr(fault, "param", None)
    name = parameter.get_error_hint(fault.ctx).strip("'") if parameter is not None and fault.ctx is not None else path
    match fault:
        case click.MissingParameter():
            return Misunderstood(name, Message(mark("This is needed and was not given.")), remedy)
        case click.NoSuchOption():
            return Misunderstood(f"{path} {fault.option_name}", Message(mark("There is no such option.")), remedy)
        case click.BadParameter():
            return Misunderstood(name, Message(mark("The value given is not one that this takes.")), remedy)
        case click.BadOptionUsage():
            return Misunderstood(
                f"{path} {fault.option_name}", Message(mark("The option was given without its value, or with one too many.")), remedy
            )
        case _:
            return Misunderstood(
                path, Message(mark("Something was given that this command does not take, or something is missing.")), remedy
            )


def _tell(fault: TupuyError, edge: Edge, code: int) -> int:
    click.echo(fault.said(edge.say), err=True)
    return code


def _edge(ctx: click.Context) -> Edge:
    return ctx.find_root().obj or Edge()


def _take_data(ctx: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        _edge(ctx).data = value


def everywhere(command: Any) -> Any:
    """The options that stand before or after every command: ``--data`` and ``--lang``."""
    said = mark("Language of the messages (by default the system's, else Spanish).")
    data = mark("The data folder (by default TUPUY_DATA, else the user's own).")
    command = click.option("--lang", type=click.Choice(SPOKEN), expose_value=False, help=said)(command)
    return click.option("--data", metavar="DIR", expose_value=False, callback=_take_data, help=data)(command)


def _room(name: str) -> Any:
    """A room, loaded when a command needs it."""
    return import_module(f"surveys.{name}")


def _today() -> date:
    return datetime.now(UTC).date()


def _print_json(document: Any) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))


def _print_records(records: Sequence[Mapping[str, Any]]) -> None:
    """A JSON list with one record on each line, so that it can be read and compared line by line."""
    lines = (json.dumps(record, ensure_ascii=False, allow_nan=False) for record in records)
    click.echo("[\n" + ",\n".join(lines) + "\n]")


# The commands


@click.group(cls=Tupuy, help=mark("Tupuy: bilingual surveys, and an honest reading of whether trust, capacity and satisfaction move."))
@everywhere
def tupuy() -> None:
    pass


@tupuy.command(cls=Said, help=mark("Build the example programmes (once) and serve them."))
@everywhere
@click.option("--port", type=click.IntRange(0, 65535), help=mark("Port to serve on (0: any that is free)."))
@click.option("--no-serve", is_flag=True, help=mark("Build only."))
@click.option("--json", "as_json", is_flag=True, help=mark("Print one JSON document on standard output."))
@click.pass_obj
def demo(edge: Edge, port: int | None, no_serve: bool, as_json: bool) -> None:
    settings = edge.settings(port)
    server = None if no_serve else _Server(settings)
    database = open_database(settings, create=True)
    _build_examples(database, settings, edge.say)
    base = server.address if server else f"http://{settings.host}:{settings.port}"
    with database.session() as session:
        found = _addresses(session, base, _sign_in(session, EXAMPLE_STAFF, base), settings)
    _print_json(found) if as_json else _print_addresses(found, edge.say)
    if server:
        server.serve(edge)


@tupuy.command(cls=Said, help=mark("Serve the programmes of the data folder."))
@everywhere
@click.option("--port", type=click.IntRange(0, 65535), help=mark("Port to serve on (0: any that is free)."))
@click.option("--room", is_flag=True, help=mark("Serve a room without internet: phones on a Wi-Fi of yours answer one round."))
@click.option("--round", "name", metavar="SURVEY/KEY", help=mark("With --room: the round, where several are open or the clock is wrong."))
@click.option("--address", metavar="IP", help=mark("With --room: the address of this machine on that Wi-Fi."))
@click.option("--network", metavar="NAME", help=mark("With --room: who runs that Wi-Fi (by default the programme)."))
@click.pass_obj
def serve(edge: Edge, port: int | None, room: bool, name: str | None, address: str | None, network: str | None) -> None:
    settings = edge.settings(port)
    open_database(settings)
    if room:
        _serve_room(edge, settings, name, address, network)
        return
    if name or address or network:
        fault = Message(mark("--round, --address and --network belong to a room."))
        raise Misunderstood("tupuy serve", fault, Message(mark("Add --room, or leave them out.")))
    server = _Server(settings)
    click.echo(edge.say("Tupuy is served at %(address)s (stop it with Ctrl+C).", address=server.address))
    server.serve(edge)


@tupuy.group(cls=Rooms, help=mark("Programmes."))
@everywhere
def programme() -> None:
    pass


@programme.command("import", cls=Said, help=mark("Make or update a programme from its file."))
@everywhere
@click.argument("file", metavar="FILE.yaml")
@click.pass_obj
def import_programme(edge: Edge, file: str) -> None:
    plan = _load_programme(edge, file)
    with edge.session(create=True) as session:
        taken = _room("planning").import_programme(session, plan, _today())
        slug, surveys = taken.slug, [survey.slug for survey in taken.surveys]
    click.echo(edge.say("The programme %(programme)s is in. Its surveys: %(surveys)s.", programme=slug, surveys=", ".join(surveys) or "—"))


@programme.command("lend", cls=Said, help=mark("Write a programme with its open rounds to a sealed file, for a laptop without internet."))
@everywhere
@click.argument("slug", metavar="PROGRAMME")
@click.argument("file", metavar="FILE")
@click.pass_obj
def lend_programme(edge: Edge, slug: str, file: str) -> None:
    with edge.session() as session:
        document = _room("carrying").lend(session, _find_programme(session, slug), edge.settings().keys)
    _write_sealed(edge, file, document)
    said = mark("The programme %(programme)s is in %(file)s. On the laptop: tupuy programme borrow %(file)s")
    click.echo(edge.say(said, programme=slug, file=file))


@programme.command("borrow", cls=Said, help=mark("Take a lent programme in, on the laptop that will collect."))
@everywhere
@click.argument("file", metavar="FILE")
@click.pass_obj
def borrow_programme(edge: Edge, file: str) -> None:
    document = _read_sealed(edge, file)
    with edge.session(create=True) as session:
        slug = _room("carrying").borrow(session, document, edge.settings().keys, file).slug
    click.echo(edge.say("The programme %(programme)s is here. Collect with: tupuy serve --room", programme=slug))


@tupuy.group(cls=Rooms, help=mark("Forms."))
@everywhere
def form() -> None:
    pass


@form.command("check", cls=Said, help=mark("Tell every problem of a form's file."))
@everywhere
@click.argument("file", metavar="FILE")
@click.option("--second-opinion", is_flag=True, help=mark("Tell as well what pyxform, the converter of ODK and Kobo, says of a workbook."))
@click.pass_obj
def check_form(edge: Edge, file: str, second_opinion: bool) -> int:
    imported = _read_form(file)
    for finding in imported.findings:
        click.echo(finding.said(edge.say))
    for finding in _exchange().second_opinion(read_bytes(Path(file)), Path(file).name) if second_opinion else ():
        click.echo(finding.said(edge.say))
    problems = _problems_of(file, imported.form)
    for problem in problems:
        click.echo(problem.said(edge.say), err=problem.blocks)
    if any(problem.blocks for problem in problems):
        return 1
    click.echo(edge.say("%(file)s: the form can be used.", file=file))
    return 0


@form.command("import", cls=Said, help=mark("Take a form into a programme: a new form with its survey, or a new version of one."))
@everywhere
@click.argument("file", metavar="FILE")
@click.option("--programme", "slug", required=True, metavar="P", help=mark("The programme's short name."))
@click.option("--survey", "wanted", metavar="S", help=mark("Short name of the survey of a new form (by default the form's name)."))
@click.option("--accept", is_flag=True, help=mark("Take the form although parts of the file are changed or left out, as told."))
@click.option(
    "--comparable",
    "reasons",
    multiple=True,
    metavar="QUESTION=WHY",
    help=mark("The series of a question goes on though its words changed, and why. Repeat it for each question."),
)
@click.pass_obj
def import_form(edge: Edge, file: str, slug: str, wanted: str | None, accept: bool, reasons: tuple[str, ...]) -> None:
    definition, authoring = _accepted(edge, file, accept), _room("authoring")
    decisions = {name: authoring.Decided("comparable", reason) for name, _, reason in (said.partition("=") for said in reasons)}
    with edge.session() as session:
        programme = _find_programme(session, slug)
        known = find_form(session, programme.id, definition.name)
        before = len(known.versions) if known else 0
        try:
            version = authoring.import_form(session, programme, definition, _today(), decisions)
        except ProblemsFound as fault:
            raise ProblemsFound(_placed(file, fault.problems)) from fault
        survey = authoring.survey_of(session, version.form, wanted).slug
        name, number = version.form.slug, version.number
        undecided = authoring.review_of_version(version.form, version).undecided if number > before else ()
    said = mark("The form %(form)s is in the programme %(programme)s, version %(number)s. Its survey is %(survey)s.")
    click.echo(edge.say(said, form=name, programme=slug, number=number, survey=survey))
    for question in undecided:
        if question not in decisions:
            words = mark("The words of “%(question)s” changed: a new series begins. If they mean the same, say why with --comparable.")
            click.echo(edge.say(words, question=question))


@form.command("export", cls=Said, help=mark("Write a form to a file: .xlsx (XLSForm, for ODK and Kobo) or .yaml."))
@everywhere
@click.argument("slug", metavar="PROGRAMME")
@click.argument("name", metavar="FORM")
@click.option("--to", "file", required=True, metavar="FILE", help=mark("The file to write; its ending says how."))
@click.option("--draft", is_flag=True, help=mark("The draft instead of the latest published version."))
@click.pass_obj
def export_form(edge: Edge, slug: str, name: str, file: str, draft: bool) -> None:
    with edge.session() as session:
        known = _find_form(session, _find_programme(session, slug), name)
        version = known.versions[-1] if known.versions and not draft else None
        document, number = (version.definition, version.number) if version else (known.draft, 0)
    _write(Path(file), _written(import_module("forms.codec").from_document(document), file))
    which = edge.say("version %(number)s", number=number) if number else edge.say("the draft")
    click.echo(edge.say("%(file)s: the form %(form)s is written, %(which)s.", file=file, form=name, which=which))


@tupuy.command("promise", cls=Said, help=mark("Tell how anonymous a survey is, or choose it: after the first answer only more anonymous."))
@everywhere
@click.argument("slug", metavar="SURVEY")
@click.argument("level", required=False, metavar="[anonymous|card|own_code|confidential]")
@click.pass_obj
def promise_level(edge: Edge, slug: str, level: str | None) -> None:
    promising = _room("promising")
    with edge.session() as session:
        survey = _find_survey(session, slug)
        if level:
            promising.choose_level(session, survey, level, _today())
        chosen, name = survey.promise.level, edge.say(promising.NAMES[survey.promise.level])
    click.echo(edge.say("%(survey)s: %(name)s (%(level)s).", survey=slug, name=name, level=chosen))


@tupuy.command("cards", cls=Said, help=mark("Print a new stack of cards with random codes (PDF); the codes are kept nowhere else."))
@everywhere
@click.argument("slug", metavar="SURVEY")
@click.option("--count", type=click.IntRange(1, 1000), required=True, metavar="N", help=mark("How many cards."))
@click.option("--to", "file", required=True, metavar="FILE.pdf", help=mark("The file to write."))
@click.pass_obj
def print_cards(edge: Edge, slug: str, count: int, file: str) -> None:
    with edge.session() as session:
        survey = _find_survey(session, slug)
        _write(Path(file), _room("cards").print_stack(survey.programme, survey.promise, count, edge.language))
        is_asked = _room("promising").asks_card(survey)
    click.echo(edge.say.many(*CARDS_PRINTED, count, file=file))
    if not is_asked:
        click.echo(edge.say("The survey does not ask for cards yet. To choose that: tupuy promise %(survey)s card", survey=slug))


CARDS_PRINTED = mark_many("%(file)s: %(count)s card is written.", "%(file)s: %(count)s cards are written.")


@tupuy.group("keys", cls=Rooms, help=mark("The keys of codes and personal links."))
@everywhere
def keys() -> None:
    pass


@keys.command("list", cls=Said, help=mark("Tell which programmes have a key."))
@everywhere
@click.pass_obj
def list_keys(edge: Edge) -> None:
    linking, folder = _room("linking"), edge.settings().keys
    with edge.session() as session:
        for known in all_programmes(session):
            click.echo(f"{known.slug}: {_state_of_key(known, linking.has_key(folder, known.id), edge.say)}")


def _state_of_key(programme: Programme, is_there: bool, say: Say) -> str:
    if is_there:
        return say("it has a key.")
    if programme.key_destroyed_on:
        return say("its key was destroyed on %(day)s.", day=programme.key_destroyed_on.isoformat())
    return say("no key has been needed yet.")


@keys.command("destroy", cls=Said, help=mark("Destroy a programme's key for good; asks to write its short name."))
@everywhere
@click.option("--programme", "slug", required=True, metavar="P", help=mark("The programme's short name."))
@click.pass_obj
def destroy_key(edge: Edge, slug: str) -> None:
    linking = _room("linking")
    with edge.session() as session:
        found = _find_programme(session, slug)
        unclosed = [f"{survey.slug} {one.key}" for survey in found.surveys for one in survey.rounds if one.closed_at is None]
        programme_id = found.id
    for words in (KEY_LOST, KEY_STAYS):
        click.echo(edge.say(words))
    if unclosed:
        click.echo(edge.say(KEY_UNCLOSED, rounds=", ".join(unclosed)))
    if click.prompt(edge.say("To destroy it, write the short name of the programme"), default="", show_default=False) != slug:
        fault = Message(mark("This is not the short name of the programme."))
        raise TupuyError(slug, fault, Message(mark("Nothing was destroyed.")))
    with edge.session() as session:
        linking.forget_codes(session, _find_programme(session, slug), _today())
    linking.erase_key(edge.settings().keys, programme_id)
    click.echo(edge.say("%(programme)s: the key is destroyed.", programme=slug))


KEY_LOST = mark(
    "What is lost: later answers cannot be joined with earlier ones; the scrambled codes and the personal links are erased. "
    "It cannot be undone."
)
KEY_STAYS = mark("What stays: all answers, all results, and which answers of closed rounds belong to the same unknown person.")
KEY_UNCLOSED = mark("These rounds are not closed, and their answers cannot be joined any more: %(rounds)s. Close them first.")


@tupuy.group("round", cls=Rooms, help=mark("Rounds."))
@everywhere
def rounds() -> None:
    pass


@rounds.command("close", cls=Said, help=mark("Close a round for good: its figures may be shown from then on."))
@everywhere
@click.argument("slug", metavar="SURVEY")
@click.argument("key", metavar="ROUND")
@click.pass_obj
def close_round(edge: Edge, slug: str, key: str) -> None:
    with edge.session() as session:
        _room("reporting").close(session, _find_round(_find_survey(session, slug), key), datetime.now(UTC))
    click.echo(edge.say("%(survey)s, %(round)s: the round is closed.", survey=slug, round=key))


@rounds.command("prepare", cls=Said, help=mark("Prepare the meetings that are near, each with its event and its round. Run it every day."))
@everywhere
@click.pass_obj
def prepare_rounds(edge: Edge) -> int:
    with edge.session() as session:
        scheduling = _room("scheduling")
        made = [(event.programme.slug, event.key) for event in scheduling.prepare_due(session, datetime.now(UTC))]
        faults = [
            fault for known in all_programmes(session) for one in schedules_of(session, known.id) for fault in scheduling.round_faults(one)
        ]
    for fault in faults:
        click.echo(fault.said(edge.say), err=True)
    for programme, key in made:
        click.echo(edge.say("%(programme)s: %(event)s is prepared.", programme=programme, event=key))
    click.echo(edge.say.many("%(count)s meeting was prepared.", "%(count)s meetings were prepared.", len(made)))
    return 1 if faults else 0


@tupuy.group(cls=Rooms, help=mark("Answers."))
@everywhere
def answers() -> None:
    pass


@answers.command("import", cls=Said, help=mark("Take past answers from a file (CSV or XLSX) into a survey; every invalid cell is told."))
@everywhere
@click.argument("file", metavar="FILE")
@click.option("--survey", "slug", required=True, metavar="S", help=mark("The survey's short name."))
@click.option("--strict", is_flag=True, help=mark("Store nothing when anything is invalid."))
@click.option("--keep-open", is_flag=True, help=mark("Leave the imported rounds open."))
@click.option("--json", "as_json", is_flag=True, help=mark("Print one JSON document on standard output."))
@click.option(
    "--match",
    type=click.Choice(["show", "accept"]),
    help=mark("The file is from Google Forms or Microsoft Forms: show which column is which question, or accept that and store."),
)
@click.option("--round", "round_key", default="", metavar="R", help=mark("With --match: the round that the answers belong to."))
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="N=KEY",
    help=mark("With --match: column N of the file is KEY; with no KEY it is not used."),
)
@click.option(
    "--first", "order", type=click.Choice(["day", "month"]), default=None, help=mark("With --match: what comes first in its dates.")
)
@click.pass_obj
def import_answers(
    edge: Edge,
    file: str,
    slug: str,
    strict: bool,
    keep_open: bool,
    as_json: bool,
    match: str | None,
    round_key: str,
    columns: tuple[str, ...],
    order: str | None,
) -> int:
    importing, content = _room("importing"), read_bytes(Path(file))
    store = open_database(edge.settings())
    with store.session(reads_only=True) as session:  # reading takes long and must not keep participants waiting
        survey = _find_survey(session, slug)
        if match:
            found = _room("matching").preview(survey, content, edge.settings().keys, round_key, file, _chosen(columns), order or "")
            if match == "show" or found.prepared is None:
                return _show_matching(edge, found, as_json)
            prepared = found.prepared
        else:
            prepared = importing.prepare(survey, content, edge.settings().keys, file)
    with store.session() as session:
        survey = _find_survey(session, slug)
        done = importing.store(session, survey, prepared, datetime.now(UTC), strict, keep_open)
    if as_json:
        _print_json(done.document(edge.say))
    else:
        for problem in done.problems:
            click.echo(problem.said(edge.say), err=True)
        click.echo(done.said(edge.say) or edge.say("There was nothing to store."))
    return 1 if done.problems else 0


@answers.command("send", cls=Said, help=mark("Write what was collected here to a sealed file, to be received by the server."))
@everywhere
@click.argument("file", metavar="FILE")
@click.option("--survey", "slug", required=True, metavar="S", help=mark("The survey's short name."))
@click.pass_obj
def send_answers(edge: Edge, file: str, slug: str) -> None:
    with edge.session() as session:
        document = _room("carrying").pack(session, _find_survey(session, slug).rounds, edge.settings().secret)
    _write_sealed(edge, file, document)
    count = sum(len(one["answers"]) for one in document["rounds"])
    click.echo(edge.say.many("%(count)s answer is in %(file)s.", "%(count)s answers are in %(file)s.", count, file=file))
    click.echo(edge.say("They stay here too, until you delete the data folder. Receive the file on the server first."))


@answers.command("receive", cls=Said, help=mark("Store what a laptop collected; received twice, nothing is stored twice."))
@everywhere
@click.argument("file", metavar="FILE")
@click.pass_obj
def receive_answers(edge: Edge, file: str) -> int:
    document = _read_sealed(edge, file)
    with edge.session() as session:
        done = _room("carrying").receive(session, document, datetime.now(UTC), edge.settings().secret, file)
    for problem in done.problems:
        click.echo(problem.said(edge.say), err=True)
    click.echo(done.said(edge.say))
    return 1 if done.problems else 0


def _write_sealed(edge: Edge, file: str, document: Any) -> None:
    asked = edge.say("Passphrase (whoever opens the file types it too)")
    passphrase = os.environ.get("TUPUY_PASSPHRASE") or click.prompt(asked, hide_input=True, confirmation_prompt=True, err=True)
    content = import_module("surveys.sealed_files").sealed(document, passphrase)
    try:
        Path(file).write_bytes(content)
    except OSError as fault:
        words = Message(mark("The file cannot be written: %(fault)s."), {"fault": fault.strerror or str(fault)})
        raise TupuyError(file, words, Message(mark("Choose another place."))) from fault


def _read_sealed(edge: Edge, file: str) -> Any:
    content = read_bytes(Path(file))
    passphrase = os.environ.get("TUPUY_PASSPHRASE") or click.prompt(edge.say("Passphrase"), hide_input=True, err=True)
    return import_module("surveys.sealed_files").opened(content, passphrase, file)


def _chosen(columns: Iterable[str]) -> dict[int, str]:
    """What ``--column 3=useful`` says, with columns counted from 0."""
    chosen = {}
    for said in columns:
        number, sign, key = said.partition("=")
        if not sign or not number.isascii() or not number.isdigit() or int(number) < 1:
            fault = Message(mark("This does not say which column is what."))
            raise _unknown(f"--column {said}", fault, Message(mark("Write the number of the column and the key: 3=useful.")))
        chosen[int(number) - 1] = key.strip()
    return chosen


def _show_matching(edge: Edge, found: Any, as_json: bool) -> int:
    if as_json:
        _print_json(found.document(edge.say))
    else:
        click.echo(found.said(edge.say))
    return 1 if found.problems or found.values else 0


@tupuy.command(cls=Said, help=mark("Print every figure of a programme's report."))
@everywhere
@click.argument("slug", metavar="PROGRAMME")
@click.option("--format", "kind", type=click.Choice(["json"]), default="json", help=mark("How the figures are written."))
@click.option("--language", metavar="LL", help=mark("Language of the labels (by default the programme's first)."))
@click.option(
    "--for",
    "audience",
    type=click.Choice(["public", "coordinator", "analyst"]),
    default="coordinator",
    help=mark("Who reads it: decides what is protected (by default coordinator)."),
)
@click.option("--person", default="", metavar="EMAIL", help=mark("The analyst who reads; needed for --for analyst and logged."))
@click.pass_obj
def report(edge: Edge, slug: str, kind: str, language: str | None, audience: str, person: str) -> None:
    reporting = _room("reporting")
    with edge.session() as session:
        reporting.close_due(session, datetime.now(UTC))
        found = _find_programme(session, slug)
        spoken = _language(found, language)
        if audience == "analyst":
            reports = reporting.analyst_reports(session, found, person, datetime.now(UTC))
        else:
            reports = reporting.programme_reports(session, found, audience, _today())
    _print_records(reporting.records(reports, spoken, Speaker(spoken)))


@tupuy.group(cls=Rooms, help=mark("The database."))
@everywhere
def database() -> None:
    pass


@database.command("upgrade", cls=Said, help=mark("Bring the database to the version of this Tupuy; makes it if it is not there."))
@everywhere
@click.pass_obj
def upgrade(edge: Edge) -> None:
    settings = edge.settings()
    store = Database(settings.database_url)
    store.upgrade()
    store.check()
    click.echo(edge.say("%(place)s: the database is up to date.", place=store.place))


@tupuy.command("sign-in", cls=Said, help=mark("Print a one-time link with which this person signs in."))
@everywhere
@click.argument("email")
@click.option("--port", type=click.IntRange(1, 65535), help=mark("Port on which Tupuy is served."))
@click.pass_obj
def sign_in(edge: Edge, email: str, port: int | None) -> None:
    settings = edge.settings(port)
    with edge.session() as session:
        link = _sign_in(session, email, f"http://{settings.host}:{settings.port}")
    click.echo(link)


# What the commands are made of


def read_bytes(path: Path) -> bytes:
    """The content of a file that a person named; TupuyError when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as fault:
        raise TupuyError(
            str(path),
            Message(mark("The file cannot be read: %(fault)s."), {"fault": fault.strerror or str(fault)}),
            Message(mark("Check its name and that you may read it.")),
        ) from fault


def read_text(path: Path) -> str:
    """The words of a UTF-8 file; TupuyError naming the line that is not UTF-8."""
    content = read_bytes(path)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise TupuyError(
            str(path),
            Message(
                mark("The file is not written in UTF-8: line %(line)s cannot be read."), {"line": content[: fault.start].count(b"\n") + 1}
            ),
            Message(mark("Save it again as UTF-8 and repeat the command.")),
        ) from fault


def _load_programme(edge: Edge, file: str) -> Any:
    """What a programme file says; ProblemsFound with everything that is wrong with it. Warnings are told and do not block."""
    programme_file = _room("programme_file")
    try:
        plan = programme_file.read_programme(read_text(Path(file)), Path(file).parent)
    except programme_file.ProgrammeFileError as fault:
        raise ProblemsFound([_in_file(file, problem) for problem in fault.problems]) from fault
    for warning in plan.warnings:
        click.echo(_in_file(file, warning).said(edge.say), err=True)
    return plan


def _exchange() -> Any:
    return import_module("forms.exchange")


def _read_form(file: str) -> Any:
    """What a file holds, a form in any case; ProblemsFound with everything that is wrong with the file."""
    imported = _exchange().read_form(read_bytes(Path(file)), Path(file).name)
    if imported.form is None:
        raise ProblemsFound([_in_file(file, problem) for problem in imported.problems])
    return imported


def _problems_of(file: str, definition: Any) -> list[Problem]:
    return _placed(file, [*import_module("forms.check").check(definition), *import_module("forms.advice").advise(definition)])


def _accepted(edge: Edge, file: str, accept: bool) -> Any:
    """The definition of a file, when nothing of it is changed or left out, or when that was accepted; else all of it is told."""
    imported = _read_form(file)
    for finding in imported.findings:
        click.echo(finding.said(edge.say), err=not accept)
    if imported.findings and not accept:
        for problem in _problems_of(file, imported.form):
            click.echo(problem.said(edge.say), err=True)
        fault = mark_many(
            "%(count)s part of the file would be changed or left out, as told above: nothing was taken in.",
            "%(count)s parts of the file would be changed or left out, as told above: nothing was taken in.",
        )
        count = len(imported.findings)
        raise TupuyError(
            file, Message(fault[0], {}, fault[1], count), Message(mark("Change the file, or repeat the command with --accept."))
        )
    return imported.form


def _placed(file: str, problems: Iterable[Problem]) -> list[Problem]:
    """The problems of the form of a file, with the file and, where it has lines, the line before their places."""
    content = read_bytes(Path(file))
    placed = import_module("forms.codec").placed(read_text(Path(file)), problems) if not _exchange().is_workbook(content) else problems
    return [_in_file(file, problem) for problem in placed]


def _written(definition: Any, file: str) -> bytes:
    """A definition as the file's ending says; TupuyError when that is none."""
    match Path(file).suffix.casefold():
        case ".xlsx":
            return bytes(import_module("forms.exchange.xlsform_write").write_xlsform(definition))
        case ".yaml" | ".yml":
            return str(import_module("forms.codec").dump(definition)).encode()
    raise TupuyError(file, Message(mark("This is not a way in which a form is written.")), Message(mark("Name a file .xlsx or .yaml.")))


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as fault:
        raise TupuyError(
            str(path),
            Message(mark("The file cannot be written: %(fault)s."), {"fault": fault.strerror or str(fault)}),
            Message(mark("Check its name and that you may write there.")),
        ) from fault


def _find_form(session: Any, programme: Programme, name: str) -> Form:
    found = find_form(session, programme.id, name)
    if found is None:
        names = ", ".join(dict.fromkeys(survey.form.slug for survey in programme.surveys))
        raise _unknown(name, Message(mark("There is no such form.")), Message(mark("The forms are: %(names)s."), {"names": names or "—"}))
    return found


def _in_file(file: str, problem: Problem) -> Problem:
    """The problem with its file before its place: ``form.yaml:12: questions.name``."""
    return replace(problem, place=f"{file}:{problem.place}")


def _find_programme(session: Any, slug: str) -> Programme:
    found = find_programme(session, slug)
    if found is None:
        names = ", ".join(known.slug for known in all_programmes(session))
        raise _unknown(
            slug, Message(mark("There is no such programme.")), Message(mark("The programmes are: %(names)s."), {"names": names or "—"})
        )
    return found


def _find_survey(session: Any, slug: str) -> Survey:
    found = find_survey(session, slug)
    if found is None:
        names = ", ".join(sorted(survey.slug for known in all_programmes(session) for survey in known.surveys))
        raise _unknown(
            slug, Message(mark("There is no such survey.")), Message(mark("The surveys are: %(names)s."), {"names": names or "—"})
        )
    return found


def _find_round(survey: Survey, key: str) -> Round:
    found = next((round_ for round_ in survey.rounds if round_.key == key), None)
    if found is None:
        names = ", ".join(round_.key for round_ in survey.rounds)
        raise _unknown(
            key, Message(mark("The survey has no such round.")), Message(mark("Its rounds are: %(names)s."), {"names": names or "—"})
        )
    return found


def _unknown(place: str, fault: Message, remedy: Message) -> TupuyError:
    return TupuyError(place, fault, remedy)


def _language(programme: Programme, asked: str | None) -> str:
    """The language of the labels, one that the programme has words in."""
    language = asked or programme.languages[0]
    if language not in programme.languages:
        raise TupuyError(
            f"--language {language}",
            Message(mark("The programme has no words in this language.")),
            Message(mark("Its languages are: %(names)s."), {"names": ", ".join(programme.languages)}),
        )
    return language


def _sign_in(session: Any, email: str, base: str) -> str:
    """The address of a one-time sign-in for this person, who is made if not there yet."""
    accounts = _room("accounts")
    if not all(email.strip().partition("@")):
        raise TupuyError(email, Message(mark("This is not an e-mail address.")), Message(mark("Write it like name@example.org.")))
    secret = accounts.make_sign_in_link(session, accounts.ensure_person(session, email), datetime.now(UTC))
    return f"{base}/sign-in/{secret}"


def _build_examples(database: Database, settings: Settings, say: Say) -> None:
    """The two example programmes, unless they are there; each with a round that is open today."""
    with database.session() as session:
        if not any(known.is_synthetic for known in all_programmes(session)):
            click.echo(say("Building the example programmes ..."), err=True)
        _room("demo").build(session, _today(), settings.keys)


def _addresses(session: Any, base: str, sign_in_address: str, settings: Settings) -> dict[str, Any]:
    """Everything that can be opened, as the document that ``demo --json`` prints."""
    programmes = all_programmes(session)
    return {
        "address": base,
        "data": str(settings.data),
        "sign_in": sign_in_address,
        "programmes": [
            {
                "slug": known.slug,
                "name": dict(known.name),
                "languages": list(known.languages),
                "is_synthetic": known.is_synthetic,
                "address": f"{base}/p/{known.slug}",
                "trends": f"{base}/p/{known.slug}/trends",
                "surveys": [survey.slug for survey in known.surveys],
            }
            for known in programmes
        ],
        "rounds": [_round(round_, base) for known in programmes for survey in known.surveys for round_ in survey.rounds],
    }


def _round(round_: Round, base: str) -> dict[str, Any]:
    survey = round_.survey
    return {
        "programme": survey.programme.slug,
        "survey": survey.slug,
        "round": round_.key,
        "label": dict(round_.label),
        "on": round_.on.isoformat(),
        "is_closed": round_.closed_at is not None,
        "address": f"{base}/r/{round_.link}",
    }


def _print_addresses(found: Mapping[str, Any], say: Say) -> None:
    click.echo(say("Staff sign-in (good once): %(address)s", address=found["sign_in"]))
    for known in found["programmes"]:
        name = known["name"].get(say.language) or next(iter(known["name"].values()), known["slug"])
        click.echo(say("Programme: %(name)s", name=name) + f"\n  {known['address']}\n  {known['trends']}")
    opened = [round_ for round_ in found["rounds"] if not round_["is_closed"]]
    closed = len(found["rounds"]) - len(opened)
    for round_ in opened:
        click.echo(
            say("To answer (%(survey)s, %(round)s): %(address)s", survey=round_["survey"], round=round_["round"], address=round_["address"])
        )
    if closed:
        click.echo(say.many(*CLOSED, closed))


CLOSED = mark_many(
    "%(count)s closed round has an address as well; --json prints it.",
    "%(count)s closed rounds have addresses as well; --json prints them.",
)


def _serve_room(edge: Edge, settings: Settings, name: str | None, address: str | None, network: str | None) -> None:
    """Serve phones of a room on addresses of its Wi-Fi, and staff on this machine alone."""
    hosting, inviting = _room("hosting"), _room("inviting")
    hosts = hosting.addresses_to_serve(address)
    with open_database(settings).session() as session:
        round_ = hosting.choose_round(session, name, datetime.now(UTC))
        server = _Server(replace(settings, host=hosts[0]), (*hosts[1:], hosting.LOOPBACK))
        _print_room(edge.say, session, round_, server, hosts)
        code = inviting.code_of(session, round_)
    click.echo(edge.say("Phones on this Wi-Fi open: %(address)s", address=f"{server.address}/s/{code}"))
    if sys.stdout.isatty():
        click.echo(inviting.qr_text(f"{server.address}/s/{code}"))
    server.settings = replace(server.settings, room=server.address, network=network or "", proxies=0)
    server.serve(edge)


def _print_room(say: Say, session: Any, round_: Round, server: _Server, hosts: Sequence[str]) -> None:
    """What the facilitator must know before the first phone comes."""
    hosting = _room("hosting")
    click.echo(say("Room without internet: %(name)s (stop it with Ctrl+C).", name=hosting.name_of(round_)))
    if hosting.open_by_hand(session, round_, now := datetime.now(UTC)):
        click.echo(say("Its times no longer count: it is open until you close it on its page."))
    if hosting.is_another_day(round_, now):
        click.echo(say("The clock of this machine says %(day)s, and the round is held another day.", day=f"{now:%Y-%m-%d}"))
        click.echo(say("If the clock is wrong, set it now: each answer carries its day."))
    if hosting.is_public(hosts[0]):
        click.echo(say("%(address)s is open to the whole internet. Use a Wi-Fi of your own instead.", address=hosts[0]))
    click.echo(say("Use a Wi-Fi of your own, such as the hotspot of a phone; never that of a company, a station or an office."))
    for host in hosts[1:]:
        click.echo(say("Another address of this machine: %(address)s (choose one with --address).", address=host))
    projector = f"http://{hosting.LOOPBACK}:{server.port}/rounds/{round_.id}/projector"
    click.echo(say("For you, on this machine only: %(address)s", address=projector))
    click.echo(say("Sign in here with: %(command)s", command=f"tupuy sign-in EMAIL --port {server.port}"))


class _Server:
    """A port, taken at once so that one in use is told before any work is done, and served later.

    ``others``: more addresses of this machine that are served on the same port.
    """

    def __init__(self, settings: Settings, others: Sequence[str] = ()) -> None:
        self.settings = settings
        self.sockets = [_listen(settings)]
        self.port = self.sockets[0].getsockname()[1]
        self.sockets += [_listen(replace(settings, host=host, port=self.port)) for host in dict.fromkeys(others) if host != settings.host]
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        self.address = f"http://{host}:{self.port}"

    def serve(self, edge: Edge) -> None:
        """Answer until the process is stopped."""
        if edge.create_app is None:
            raise ValueError("tupuy was started without an app to serve")
        app = edge.create_app(self.settings)
        sys.stdout.flush()
        import_module("waitress").serve(app, sockets=self.sockets, threads=THREADS, ident=None, _quiet=True)


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if os.name == "posix":  # elsewhere the option lets two programs share a port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(128)
    except OSError as fault:
        listener.close()
        raise _port_taken(settings, fault) from fault
    return listener


def _port_taken(settings: Settings, fault: OSError) -> TupuyError:
    place = f"{settings.host}:{settings.port}"
    if fault.errno == errno.EADDRINUSE:
        words = Message(mark("The port %(port)s is in use: another program is served there."), {"port": settings.port})
        return TupuyError(place, words, Message(mark("Stop that program, or choose another port with --port (0 takes any that is free).")))
    words = Message(mark("Tupuy cannot be served at this address: %(fault)s."), {"fault": fault.strerror or str(fault)})
    return TupuyError(place, words, Message(mark("Choose another port with --port, or another address with TUPUY_HOST.")))
