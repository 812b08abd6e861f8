"""Tiny files of LimeSurvey, written as its exports are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

from forms.definition import FormDefinition, Question
from forms.exchange.limesurvey_read import read_limesurvey
from forms.exchange.report import Imported

Row = Mapping[str, object]

#: A question's words in Spanish and English.
LANGUAGES = ("es", "en")


def table(name: str, rows: Iterable[Row]) -> str:
    cells = ("".join(f"<{key}><![CDATA[{value}]]></{key}>" for key, value in row.items() if value != "") for row in rows)
    return f"<{name}><rows>{''.join(f'<row>{row}</row>' for row in cells)}</rows></{name}>"


def a_question(code: str = "Q1", type_: str = "L", qid: int = 1, **more: object) -> Row:
    usual = {"parent_qid": 0, "gid": 1, "mandatory": "N", "other": "N", "question_order": qid, "scale_id": 0, "relevance": "1"}
    return {"qid": qid, "type": type_, "title": code, **usual, **more}


def parts(*codes: str, qid: int = 1, scale: int = 0, first: int = 100, **more: object) -> list[Row]:
    """Sub-questions of the question ``qid``."""
    return [a_question(code, "T", first + number, parent_qid=qid, scale_id=scale, **more) for number, code in enumerate(codes)]


def options(*codes: str, qid: int = 1, scale: int = 0, first: int = 500, values: Sequence[int] = ()) -> list[Row]:
    """Answer options of the question ``qid``."""
    given = [*values, *[0] * len(codes)]
    return [
        {"aid": first + place, "qid": qid, "code": code, "sortorder": place, "assessment_value": given[place], "scale_id": scale}
        for place, code in enumerate(codes)
    ]


def words_of(rows: Iterable[Row], id_: str, column: str, said: Mapping[str, str]) -> list[Row]:
    """A row of words for each row and language: those of ``said`` by code, else "es Q1"."""
    return [
        {
            id_: row[id_],
            column: said.get(str(row.get("title", row.get("code"))), f"{language} {row.get('title', row.get('code'))}"),
            "language": language,
        }
        for row in rows
        for language in LANGUAGES
    ]


def an_lss(
    questions: Sequence[Row],
    subquestions: Sequence[Row] = (),
    answers: Sequence[Row] = (),
    attributes: Mapping[str, str] | None = None,
    said: Mapping[str, str] | None = None,
    kind: str = "Survey",
    survey: Row | None = None,
    rest: str = "",
    qid: int = 1,
) -> bytes:
    """A survey as LimeSurvey 5 and 6 export it: words in tables of their own. ``attributes`` are those of question ``qid``."""
    words = said or {}
    said_by_question = words_of([*questions, *subquestions], "qid", "question", words)
    named = [{"qid": qid, "attribute": name, "value": value} for name, value in (attributes or {}).items()]
    titles = [{"surveyls_language": language, "surveyls_title": words.get("title", f"{language} Encuesta")} for language in LANGUAGES]
    sheet = (
        table("surveys", [{"sid": 77, "language": "es", "additional_languages": "en", **(survey or {})}]) if kind == "Survey" else "",
        table("surveys_languagesettings", titles) if kind == "Survey" else "",
        table("groups", [{"gid": 1, "group_order": 1}]) if kind != "Question" else "",
        table("group_l10ns", [{"gid": 1, "group_name": f"{language} Grupo", "language": language} for language in LANGUAGES]),
        table("questions", questions),
        table("subquestions", subquestions),
        table("question_l10ns", said_by_question),
        table("question_attributes", named),
        table("answers", answers),
        table("answer_l10ns", words_of(answers, "aid", "answer", words)),
    )
    spoken = "".join(f"<language>{escape(language)}</language>" for language in LANGUAGES)
    head = f"<LimeSurveyDocType>{kind}</LimeSurveyDocType><DBVersion>648</DBVersion><languages>{spoken}</languages>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<document>{head}{"".join(sheet)}{rest}</document>'.encode()


def an_old_lss(type_: str = "L", code: str = "Q1", said: Mapping[str, str] | None = None, **more: object) -> bytes:
    """A survey as LimeSurvey 2 exported it: a row per language."""
    words = said or {"es": "¿Le sirvió?", "en": "Was it useful?"}
    asked = [a_question(code, type_, question=words[language], language=language, **more) for language in LANGUAGES]
    answers = [
        {"qid": 1, "code": code, "answer": f"{language} {code}", "language": language, "sortorder": place, "scale_id": 0}
        for place, code in enumerate(("A1", "A2"))
        for language in LANGUAGES
    ]
    groups = [{"gid": 1, "group_name": f"{language} Grupo", "language": language, "group_order": 3} for language in LANGUAGES]
    titles = [{"surveyls_language": language, "surveyls_title": f"{language} Encuesta"} for language in LANGUAGES]
    survey = [{"sid": 77, "language": "es", "additional_languages": "en "}]
    tables = {"answers": answers, "groups": groups, "questions": asked, "surveys": survey, "surveys_languagesettings": titles}
    head = "<LimeSurveyDocType>Survey</LimeSurveyDocType><DBVersion>164</DBVersion>"
    return f"<document>{head}{''.join(table(name, rows) for name, rows in tables.items())}</document>".encode()


def a_table(*rows: Row) -> bytes:
    """The tab-separated structure."""
    columns = list(dict.fromkeys(["class", "type/scale", "name", "relevance", "text", "language", *(name for row in rows for name in row)]))
    lines = ["\t".join(columns), *("\t".join(str(row.get(column, "")) for column in columns) for row in rows)]
    return ("\ufeff" + "\n".join(lines) + "\n").encode()


def read(data: bytes) -> Imported:
    return read_limesurvey(data, "survey.lss")


def form_of(data: bytes) -> FormDefinition:
    found = read(data).form
    assert found is not None
    return found


def asked(data: bytes) -> list[Question]:
    return list(form_of(data).questions())


def told(data: bytes) -> list[str]:
    """Every finding in English."""
    return [f"{finding.place} | {finding.found} | {finding.fate} | {finding.what}" for finding in read(data).findings]
