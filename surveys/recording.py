"""Recordings: the words of a form spoken in a language, for people who do not read it.

A recording belongs to one place of a form's draft and one language, which need not be a language of the form. Publishing
freezes the list with the version. What the bytes are is read from the bytes, whatever a file is called.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from forms.codec import LANGUAGE
from forms.definition import FormDefinition
from forms.markup import plain
from forms.messages import Message, Problem, mark
from forms.wording import Text
from surveys.errors import ProblemsFound
from surveys.storage import (
    Form,
    FormVersion,
    FrozenRecording,
    Recording,
    Sound,
    find_recording,
    forget_unheard,
    frozen_of,
    recordings_of,
)

MOST_BYTES, MOST_SECONDS = 100 * 1024, 60
#: How the file of a sound ends.
ENDINGS = {"audio/ogg": "ogg", "audio/mp4": "m4a", "audio/aac": "aac", "audio/mpeg": "mp3", "audio/webm": "webm"}


@dataclass(frozen=True)
class Spoken:
    """What a file turned out to be. ``seconds`` is None where the file does not say it."""

    mime: str
    seconds: float | None


# What the bytes are ----------------------------------------------------------------------------------------------------


def heard(content: bytes) -> Spoken | None:
    """What kind of sound these bytes are, and how long it is; None when they are no sound that browsers play.

    >>> heard(b"<html>") is None, heard(b"") is None
    (True, True)
    """
    if content.startswith(b"OggS"):
        return _ogg(content)
    if content.startswith(b"\x1a\x45\xdf\xa3"):
        return Spoken("audio/webm", None) if b"webm" in content[:200] and b"A_" in content[:4000] and b"V_" not in content[:4000] else None
    if content[4:8] == b"ftyp":
        return _mp4(content)
    if content[:1] == b"\xff" and len(content) > 7 and content[1] & 0xF6 == 0xF0:
        return _aac(content)
    if content.startswith(b"ID3") or (content[:1] == b"\xff" and len(content) > 3 and content[1] & 0xE6 == 0xE2):
        return _mp3(content)
    return None


def _ogg(content: bytes) -> Spoken | None:
    """Opus or Vorbis; the last page says how many samples there are."""
    last = content.rfind(b"OggS")
    samples = int.from_bytes(content[last + 6 : last + 14], "little", signed=True)
    if b"OpusHead" in content[:200]:
        return Spoken("audio/ogg", max(0, samples) / 48_000)
    at = content.find(b"\x01vorbis", 0, 200)
    rate = int.from_bytes(content[at + 12 : at + 16], "little") if at >= 0 else 0
    return Spoken("audio/ogg", max(0, samples) / rate) if rate else None


def _mp4(content: bytes) -> Spoken | None:
    """AAC in MP4; its header says the time. A film is no recording."""
    if b"vide" in content or b"soun" not in content:
        return None
    at = content.find(b"mvhd")
    if at < 0:
        return None
    is_long = content[at + 4] == 1 if len(content) > at + 4 else False
    first, size = (at + 24, 8) if is_long else (at + 16, 4)
    scale = int.from_bytes(content[first : first + 4], "big")
    length = int.from_bytes(content[first + 4 : first + 4 + size], "big")
    return Spoken("audio/mp4", length / scale if scale and length else None)


_AAC_RATES = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350)


def _aac(content: bytes) -> Spoken | None:
    """AAC in frames of 1,024 samples, each of which says its length."""
    at = frames = 0
    rate = content[2] >> 2 & 15
    while at + 7 <= len(content) and content[at] == 0xFF and content[at + 1] & 0xF6 == 0xF0:
        size = (content[at + 3] & 3) << 11 | content[at + 4] << 3 | content[at + 5] >> 5
        if size < 7:
            break
        at, frames = at + size, frames + 1
    return Spoken("audio/aac", frames * 1_024 / _AAC_RATES[rate]) if frames and rate < len(_AAC_RATES) else None


_MP3_KILOBITS = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


def _mp3(content: bytes) -> Spoken | None:
    """MP3; how long it is follows from the rate of its first frame."""
    start = _after_tag(content)
    head = content[start : start + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return None
    number = head[2] >> 4
    kilobits = _MP3_KILOBITS[1 if head[1] & 0x18 == 0x18 else 2][number] if number < 15 else 0
    return Spoken("audio/mpeg", (len(content) - start) / (kilobits * 125) if kilobits else None)


def _after_tag(content: bytes) -> int:
    if not content.startswith(b"ID3") or len(content) < 10:
        return 0
    sizes = content[6:10]
    return 10 + (sizes[0] << 21 | sizes[1] << 14 | sizes[2] << 7 | sizes[3])


def sound_problems(content: bytes) -> list[Problem]:
    """Why these bytes cannot be a recording."""
    if not content:
        return [_problem(mark("No recording was sent."), mark("Choose a file, or record one."))]
    if len(content) > MOST_BYTES:
        return [_problem(mark("The recording is larger than 100 KB."), mark("Speak shorter, or save it as Opus or AAC at a low rate."))]
    spoken = heard(content)
    if spoken is None:
        return [_problem(mark("This is not a recording that phones play."), mark("Send Ogg Opus, M4A, AAC, MP3 or WebM."))]
    if spoken.seconds is not None and spoken.seconds > MOST_SECONDS:
        return [_problem(mark("The recording is longer than a minute."), mark("Speak shorter: nobody listens that long."))]
    return []


def _problem(fault: str, remedy: str) -> Problem:
    return Problem("sound", Message(fault), Message(remedy))


# Beside the draft ------------------------------------------------------------------------------------------------------


def places_of(definition: FormDefinition) -> Iterator[tuple[str, Text]]:
    """(place, words) of what can be heard: questions, their options and their rows."""
    for question in definition.questions():
        place = f"questions.{question.name}"
        yield f"{place}.label", question.label
        yield from ((f"{place}.choices.{choice.value}", choice.label) for choice in question.choices)
        yield from ((f"{place}.rows.{row.value}", row.label) for row in question.rows)


def words_at(definition: FormDefinition, place: str, language: str) -> str | None:
    """What stands at a place in a language, or in the base language where it is not written; None when there is no such place."""
    text = dict(places_of(definition)).get(place)
    base = definition.languages[0] if definition.languages else "es"
    return None if text is None else plain(text.in_language(language, base))


def attach(session: Session, form: Form, definition: FormDefinition, place: str, language: str, content: bytes) -> Recording:
    """Put a recording beside a place of the draft, instead of the one that was there. Raises ProblemsFound.

    ``definition``: the draft with the programme's groups, whose names can be heard too.
    """
    words = words_at(definition, place, language)
    problems = sound_problems(content)
    if words is None:
        problems.append(_problem(mark("The form has no such place any more."), mark("Load the page again.")))
    if not LANGUAGE.fullmatch(language):
        problems.append(_problem(mark("This is not a language."), mark("Choose one of the list, or write its code, such as “qu”.")))
    if problems:
        raise ProblemsFound(problems)
    kept = find_recording(session, form.id, place, language) or Recording(form_id=form.id, place=place, language=language)
    kept.digest, kept.words = _keep(session, content), words or ""
    session.add(kept)
    forget_unheard(session)
    return kept


def _keep(session: Session, content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    spoken = heard(content)
    if spoken is not None and session.get(Sound, digest) is None:
        seconds = None if spoken.seconds is None else round(spoken.seconds)
        session.add(Sound(digest=digest, mime=spoken.mime, seconds=seconds, content=content))
        session.flush()
    return digest


def remove(session: Session, form: Form, place: str, language: str) -> None:
    """Take a recording away; versions that were published with it keep it."""
    if found := find_recording(session, form.id, place, language):
        session.delete(found)
    forget_unheard(session)


def is_stale(recording: Recording, definition: FormDefinition) -> bool:
    """Whether the words have changed since they were spoken."""
    return words_at(definition, recording.place, recording.language) != recording.words


def file_name(place: str, language: str, mime: str) -> str:
    """What the file of a recording is called where others name it.

    >>> file_name("questions.age.label", "qu", "audio/ogg")
    'age_qu.ogg'
    """
    parts = [part for part in place.split(".")[1:] if part not in ("label", "choices", "rows")]
    return f"{'_'.join([*parts, language])}.{ENDINGS.get(mime, 'bin')}"


def named_files(found: Mapping[tuple[str, str], str]) -> dict[str, Text]:
    """{place: file name in each language} of {(place, language): mime}."""
    names: dict[str, dict[str, str]] = {}
    for (place, language), mime in found.items():
        names.setdefault(place, {})[language] = file_name(place, language, mime)
    return {place: Text.of(said) for place, said in names.items()}


# With a version --------------------------------------------------------------------------------------------------------


def freeze(session: Session, form: Form, version: FormVersion, definition: FormDefinition) -> None:
    """The recordings of the draft, as they are, for the places that the version has."""
    session.flush()
    rows = [
        FrozenRecording(version_id=version.id, place=place, language=language, digest=digest)
        for (place, language), digest in _heard_in(session, form, definition).items()
    ]
    session.add_all(rows)
    session.flush()


def is_frozen(session: Session, form: Form, version: FormVersion, definition: FormDefinition) -> bool:
    """Whether a version has the very recordings of the draft."""
    kept = {(one.place, one.language): one.digest for one in frozen_of(session, version.id)}
    return kept == _heard_in(session, form, definition)


def _heard_in(session: Session, form: Form, definition: FormDefinition) -> dict[tuple[str, str], str]:
    places = dict(places_of(definition))
    return {(one.place, one.language): one.digest for one in recordings_of(session, form.id) if one.place in places}
