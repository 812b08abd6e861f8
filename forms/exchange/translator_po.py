"""The PO file of a translator: the place is the context of each message, the base text its id; what is to be looked at again is fuzzy.

Where a text stands, its note and its fingerprints are comments that editors keep (``#.``).
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

from babel.messages import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po

from forms.definition import FormDefinition
from forms.exchange.translators import MOST_BYTES, Returned, Sent, TranslationRefused, check_of, instructions, lines, refused, tidy
from forms.messages import Say, mark
from forms.translating import Memory, fingerprint

CHECK = "check: "
_CHARSET = re.compile(rb"charset=([A-Za-z0-9_.:-]{1,40})")
CHARSETS = frozenset({"utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252"})
#: A line of words that does not end: the file was cut, and its last letters would be lost in silence.
_OPEN = re.compile(r"[ \t]*(?:msg[a-z_]+(?:\[\d+\])?[ \t]+)?\"(?!.*\"[ \t\r]*$).*", re.ASCII)


def write_translation(form: FormDefinition, memory: Memory, language: str, names: Mapping[str, str], says: Sequence[Say]) -> bytes:
    """One language of a form for its translator, with the instructions on top in the words of each of ``says``."""
    told = ["\n".join(f"# {line}" for line in instructions(form, names, language, say, False)) for say in says]
    catalogue = Catalog(
        locale=language.replace("-", "_"), project=form.name, charset="utf-8", fuzzy=False, header_comment="\n#\n".join(told)
    )
    for line in lines(form, memory, language, says[0]):
        comments = [part for part in (line.where, line.note, CHECK + line.check) if part]
        message = catalogue.add(line.base, line.said, auto_comments=comments, context=line.place)
        message.flags.discard("python-format")  # a text may say “100 % de”
        if line.state in ("stale", "identical"):
            message.flags.add("fuzzy")
    out = io.BytesIO()
    write_po(out, catalogue, width=100, sort_output=False, omit_header=False)
    return out.getvalue()


def read_translation(data: bytes) -> Returned:
    """The lines of a PO file. Raises TranslationRefused when it is none, or too large."""
    if len(data) > MOST_BYTES:
        raise refused("PO", mark("The file is too large."), mark("A PO file may have %(most)s MB."), most=MOST_BYTES // 1024 // 1024)
    text = _decoded(data)
    cut = next((number for number, line in enumerate(text.split("\n"), start=1) if _OPEN.fullmatch(line)), None)
    if cut is not None:
        raise _unreadable(cut)
    try:
        catalogue = read_po(io.StringIO(text, newline="\n"), abort_invalid=True)
        return Returned(str(catalogue.locale_identifier or ""), tuple(_sent(message) for message in catalogue if message.id))
    except PoFileError as fault:
        raise _unreadable(fault.lineno + 1) from None
    except (ValueError, LookupError, TypeError, AttributeError):
        raise _unreadable(None) from None


def _decoded(data: bytes) -> str:
    """The text of a file in the charset that its header says, which may come after comments in that charset."""
    said = _CHARSET.search(data[:65_536])
    try:
        charset = codecs.lookup(said[1].decode() if said else "utf-8").name
        return data.removeprefix(codecs.BOM_UTF8).decode(charset if charset in CHARSETS else "utf-8")
    except (LookupError, ValueError):
        raise _unreadable(None) from None


def _unreadable(line: int | None) -> TranslationRefused:
    place = "PO" if line is None else f"PO, {line}"
    return refused(place, mark("The file is not a PO file that can be read."), mark("Save it again as PO, in UTF-8."))


def _sent(message: Any) -> Sent:
    base, said = (part if isinstance(part, str) else next(iter(part), "") for part in (message.id, message.string))
    base_then, said_then = _check(message.auto_comments)
    is_finished = not message.fuzzy
    return Sent(message.context or "", tidy(said or ""), base_then or fingerprint(base), said_then, is_finished, not is_finished)


def _check(comments: Sequence[str]) -> tuple[str, str]:
    found = (check_of(comment.rpartition(CHECK)[2]) for comment in comments if CHECK in comment)
    return next((check for check in found if check[0]), ("", ""))
